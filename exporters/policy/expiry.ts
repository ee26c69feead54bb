/** When an exception ends, where only its words say it: `until 2026-12-31`, `expires: 2026-12-31`. */

const said =
  /\b(?:until|till|expir(?:y|es|ation)?(?:[ _-]?(?:date|on|at|by))?|valid (?:until|to)|review by|not after)\b\s*[:=]?\s*(\d{4}-\d{2}-\d{2})(T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?/i;

/** ISO 8601; the end of a day where no time is given. Undefined where the words say none, or no day that there is. */
export function expiryOf(words: string | undefined): string | undefined {
  const [, day, time] = said.exec(words ?? '') ?? [];
  if (day === undefined) return undefined;
  const instant = new Date(time === undefined ? `${day}T23:59:59Z` : `${day}${time}`);
  return Number.isNaN(instant.getTime()) || (time === undefined && instant.toISOString().slice(0, 10) !== day)
    ? undefined
    : instant.toISOString();
}
