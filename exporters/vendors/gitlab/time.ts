/**
 * Times as GitLab spells them: ISO 8601 from its API (`2019-03-13T14:14:24.109Z`), and from webhooks also
 * `2021-04-28 21:50:00 +0200`, `2016-08-12 15:23:28 UTC` and `2022-01-18 05:35:35.320020`, which is UTC.
 */

const form = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(UTC|GMT|Z|[+-]\d\d:?\d\d)?$/i;

/** ISO 8601 in UTC with milliseconds, cut as GitLab cuts; undefined where the text is no time. */
export function gitlabTime(said: string | null | undefined): string | undefined {
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = form.exec(said?.trim() ?? '') ?? [];
  if (year === undefined) return undefined;
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z';
  const date = `${year}-${month}-${day}`;
  // A 30th of February would be read as a day of March.
  if (Number.isNaN(Date.parse(date)) || !new Date(date).toISOString().startsWith(date)) return undefined;
  const at = new Date(`${date}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
