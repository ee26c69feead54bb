/** Times as Jira writes and reads them: answers with an offset, queries in the time zone of their user, by the minute. */
import { z } from 'zod';
import type { JiraClient } from './client.ts';
import { PlumblineError } from './errors.ts';

const hourMs = 3_600_000;

const userSchema = z.looseObject({ timeZone: z.string().min(1) });

/** The time zone of the account's user (IANA), in which JQL is read. Errors: JIRA_REFUSED, JIRA_ANSWER, JIRA_TIME_ZONE. */
export async function userTimeZone(client: JiraClient): Promise<string> {
  const said = userSchema.safeParse(await client.ask({ path: 'myself' }));
  if (!said.success) throw new PlumblineError('JIRA_ANSWER', { what: 'its own user', reason: 'it says no time zone' });
  const { timeZone } = said.data;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (error) {
    throw new PlumblineError('JIRA_TIME_ZONE', { zone: timeZone }, error);
  }
  return timeZone;
}

/**
 * A time as JQL has it, such as `2026-11-10 13:00`, cut to the minute: never later than the instant. Of the two hours
 * that bear one name when clocks are put back, JQL can't tell the first; it is the hour before.
 */
export function jqlTime(instant: Date, timeZone: string): string {
  const local = localTime(instant, timeZone);
  const isTwice = local === localTime(new Date(instant.getTime() + hourMs), timeZone);
  return isTwice ? localTime(new Date(instant.getTime() - hourMs), timeZone) : local;
}

function localTime(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit' },
  }).formatToParts(instant);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find(part => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}`;
}

/**
 * ISO 8601 of what Jira writes: `2020-06-12T08:13:13.360+0800`, or a day, which is its midnight in UTC. Undefined where
 * it is no time.
 */
export function jiraTime(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim().replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(text)) return undefined;
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}
