import { describe, expect, test } from "vitest";
import { readInstant, sudoTime } from "../../config/instants";

describe("an instant is shown in UTC and whole seconds", () => {
  test.each([
    ["2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z"],
    ["2026-12-31t23:59:59z", "2026-12-31T23:59:59Z"],
    ["2026-12-31T23:59:59+02:00", "2026-12-31T21:59:59Z"],
    ["2026-12-31T23:59:59-05:30", "2027-01-01T05:29:59Z"],
    ["2026-12-31T23:59:59.999Z", "2026-12-31T23:59:59Z"],
    ["2028-02-29T00:00:00-00:00", "2028-02-29T00:00:00Z"],
    ["2027-03-28T02:30:00+01:00", "2027-03-28T01:30:00Z"],
  ])("%s", (text, instant) => {
    expect(readInstant(text)).toEqual({ ok: true, value: instant });
  });
});

describe("not an instant", () => {
  test.each([
    ["2026-12-31", "is a date without a time"],
    ["2026-12-31T23:59:59", "has no zone"],
    ["2026-12-31 23:59", "has no zone"],
    ["2026-12-31 23:59:59Z", "is not an instant of RFC 3339"],
    ["31/12/2026", "is not an instant of RFC 3339"],
    ["1798761599", "is not an instant of RFC 3339"],
    ["tomorrow", "is not an instant of RFC 3339"],
    ["2026-12-31T23:59Z", "is not an instant of RFC 3339"],
    ["2026-12-31T23:59:59 Europe/Berlin", "is not an instant of RFC 3339"],
    ["2026-02-30T00:00:00Z", "a day that the calendar does not have"],
    ["2027-02-29T00:00:00Z", "a day that the calendar does not have"],
    ["2026-13-01T00:00:00Z", "a day that the calendar does not have"],
    ["0000-01-01T00:00:00Z", "a day that the calendar does not have"],
    ["2026-12-31T24:00:00Z", "a time that the day does not have"],
    ["2026-12-31T23:60:00Z", "a time that the day does not have"],
    ["2026-12-31T23:59:60Z", "is a leap second"],
    ["2026-12-31T23:59:59+25:00", "a zone that does not exist"],
    ["2026-12-31T23:59:59+01:60", "a zone that does not exist"],
    ["2026-12-31T23:59:59Z\n", "is not an instant of RFC 3339"],
    ["٢٠٢٦-12-31T23:59:59Z", "is not an instant of RFC 3339"],
    ["", "is not an instant of RFC 3339"],
  ])("%j", (text, sentence) => {
    expect(readInstant(text)).toMatchObject({
      ok: false,
      finding: { sentence: expect.stringContaining(sentence) as unknown },
    });
  });
});

test("the form that sudo and sshd read", () => {
  expect(sudoTime("2026-12-31T23:59:59Z")).toBe("20261231235959Z");
  expect(() => sudoTime("2026-12-31T23:59:59+01:00")).toThrow("is not an instant in UTC");
});
