import { accept, refuse } from "./problem";
import type { Reading } from "./problem";
import { show } from "./show";

/** RFC 3339, section 5.6: a date, a time and a zone, all of them written out. */
const instantForm =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * Reads an instant with its zone and gives it in UTC and whole seconds, `2026-12-31T23:59:59Z`. A fraction of
 * a second is cut off, so that what ends never ends later than it was written.
 */
export function readInstant(text: string): Reading<string> {
  const fix = "Write an instant with its zone, such as 2026-12-31T23:59:59Z or 2026-12-31T23:59:59+01:00.";
  if (dateForm.test(text)) {
    return refuse(
      `${show(text)} is a date without a time, which could mean its start or its end in any zone.`,
      fix,
    );
  }
  if (/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)) {
    return refuse(
      `${show(text)} has no zone, and the servers and the readers of this file may be in different ones.`,
      fix,
    );
  }
  const match = instantForm.exec(text);
  if (match === null) return refuse(`${show(text)} is not an instant of RFC 3339.`, fix);
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [zoneHour, zoneMinute] = [Number(match[8] ?? 0), Number(match[9] ?? 0)];
  if (!isDate(year, month, day))
    return refuse(`${show(text)} names a day that the calendar does not have.`, fix);
  if (second === 60) return refuse(`${show(text)} is a leap second, which sudo and sshd do not know.`, fix);
  if (hour > 23 || minute > 59 || second > 59) {
    return refuse(`${show(text)} names a time that the day does not have.`, fix);
  }
  if (zoneHour > 14 || zoneMinute > 59) return refuse(`${show(text)} has a zone that does not exist.`, fix);
  const offset = (match[7] === "-" ? -1 : 1) * (zoneHour * 60 + zoneMinute) * 60_000;
  return accept(formatInstant(Date.UTC(year, month - 1, day, hour, minute, second) - offset));
}

/** Reads a day, `2026-11-01`. */
export function readDate(text: string): Reading<string> {
  const fix = "Write the day as YYYY-MM-DD, such as 2026-11-01.";
  const match = dateForm.exec(text);
  if (match === null) return refuse(`${show(text)} is not a day.`, fix);
  if (!isDate(Number(match[1]), Number(match[2]), Number(match[3]))) {
    return refuse(`${show(text)} is a day that the calendar does not have.`, fix);
  }
  return accept(text);
}

/** Milliseconds since 1970 as `2026-12-31T23:59:59Z`. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/**
 * `2026-12-31T23:59:59Z` → `20261231235959Z`, the form of sudo's `NOTAFTER` (sudoers(5)) and of `expiry-time`
 * (sshd(8)). Throws on any other form: a zone that is dropped would move the end.
 */
export function sudoTime(instant: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})Z$/.exec(instant);
  if (match === null)
    throw new Error(`${JSON.stringify(instant)} is not an instant in UTC and whole seconds.`);
  return `${match.slice(1).join("")}Z`;
}

/** Years before 1970 and after 9998 are no dates of a team, and not all programs agree on them. */
function isDate(year: number, month: number, day: number): boolean {
  if (year < 1970 || year > 9998) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
