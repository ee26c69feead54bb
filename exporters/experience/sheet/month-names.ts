/**
 * Dates that name their month, as the exports of trackers do: `12/Jan/26 3:04 PM`, `12/janv./26`, `Jan 12, 2026`,
 * `Tue Jan 06 2026 10:00:00 GMT+0000 (GMT+00:00)`.
 */

/** Where two languages give a name to different months, the first of them counts. */
const languages = [
  ...['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'da', 'nb', 'fi', 'pl', 'cs', 'hu', 'ro', 'tr', 'ru', 'uk'],
] as const;

const plainName = (name: string) => name.normalize('NFKC').toLowerCase().replaceAll('.', '').trim();

let known: ReadonlyMap<string, number> | undefined;

/** The month, from 1, by its name, short or long, alone or within a date. */
function months(): ReadonlyMap<string, number> {
  if (known !== undefined) return known;
  const found = new Map<string, number>();
  for (const language of languages)
    for (const month of ['short', 'long'] as const)
      for (const options of [{ month }, { month, day: 'numeric' }] as const) {
        const format = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
        for (let at = 0; at < 12; at += 1) {
          const part = format.formatToParts(Date.UTC(2026, at, 15)).find(({ type }) => type === 'month');
          const name = plainName(part?.value ?? '');
          if (/^\p{L}{3,}$/u.test(name) && !found.has(name)) found.set(name, at + 1);
        }
      }
  // As Java writes it, which Jira is written in.
  found.set('sept', 9);
  known = found;
  return found;
}

const forms: readonly (readonly [RegExp, (parts: readonly string[]) => readonly [string, string, string]])[] = [
  [/^(\d{1,2})[\s./-]+(\p{L}+)\.?[\s./,-]+(\d{4}|\d{2})(?!\d)(.*)$/u, ([a = '', b = '', c = '']) => [c, b, a]],
  [/^(?:\p{L}{2,}\.?,? )?(\p{L}+)\.? (\d{1,2}),? (\d{4})(?!\d)(.*)$/u, ([a = '', b = '', c = '']) => [c, a, b]],
  [/^(\d{4})[\s./-]+(\p{L}+)\.?[\s./-]+(\d{1,2})(?!\d)(.*)$/u, ([a = '', b = '', c = '']) => [a, b, c]],
];

/** The same with the month as a number, `2026-01-12 3:04 PM`; as it is where it names none that is known. */
export function withoutMonthName(text: string): string {
  if (!/\p{L}{3}/u.test(text)) return text;
  for (const [pattern, order] of forms) {
    const match = pattern.exec(text);
    if (!match) continue;
    const [year, name, day] = order(match.slice(1));
    const month = months().get(plainName(name));
    if (month === undefined) continue;
    const whole = year.length === 2 ? `20${year}` : year;
    const rest = (match[4] ?? '').replace(/\s*\([^()]*\)$/, '');
    return `${whole}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}${rest}`;
  }
  return text;
}
