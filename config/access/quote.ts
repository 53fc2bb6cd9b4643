/**
 * Puts free text of the team file (a reason, a display name) in quotes, in the way of the output that it goes to. All
 * else in a sentence is checked by form: logins, fingerprints, times.
 */
export type Quote = (text: string) => string;

/** `"onboarding"`, for plain text. */
export function plainQuote(text: string): string {
  return `"${text}"`;
}
