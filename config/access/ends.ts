/** Days before its end from which access is marked as ending soon. */
export const soonDays = 14;

const day = 86_400_000;

/** Whether what ends then, if at all, still holds. `now` in milliseconds since 1970. */
export function isInForce({ until }: { readonly until?: string }, now: number): boolean {
  return until === undefined || Date.parse(until) > now;
}

/** Whole days until the end when it is near, 0 on the last day; nothing when it is far or there is none. */
export function daysLeft({ until }: { readonly until?: string }, now: number): number | undefined {
  if (until === undefined) return undefined;
  const left = Date.parse(until) - now;
  return left <= soonDays * day ? Math.max(0, Math.floor(left / day)) : undefined;
}

/** `ends in 3 days`, for access that ends soon. */
export function formatDaysLeft(days: number): string {
  if (days === 0) return "ends within a day";
  return `ends in ${days} ${days === 1 ? "day" : "days"}`;
}
