/**
 * Lists all incidents by their keys and times alone, and holds that against what is known: what isn't listed is asked for
 * by its key, since a search may lag behind, and is gone (404) or no longer found by the query; what was changed
 * otherwise than is known is read anew.
 */
import type { Batch } from '../../../core/source.ts';
import { fromSqlTime } from '../../../core/time.ts';
import { readIssue, searchIssues, withoutOrder } from '../../../vendors/jira/search.ts';
import { jiraTime, jqlTime } from '../../../vendors/jira/time.ts';
import { PlumblineError } from '../../errors.ts';
import { type KnownIncident, knownIncidents, storeGone, storeReports } from '../../reports.ts';
import { alertPrefix } from './alerts.ts';
import type { JiraCursor, JiraRead } from './cursor.ts';
import { fieldsToAsk } from './issue.ts';
import { type IssuesPage, prepareReading, readIssues, storeIssues } from './page.ts';

const dayMs = 86_400_000;
const perBatch = 100;

/** Errors: JIRA_EMPTY where nothing at all is listed though incidents are known, and those of the client. */
export async function* sweep(read: JiraRead, before: JiraCursor): AsyncGenerator<Batch> {
  const { client, config, context, timeZone } = read;
  const { name } = config;
  const start = context.now().getTime();
  const from = new Date(start - config.history_days * dayMs);
  const listed = new Map<string, number>();
  const jql = `${withoutOrder(config.jql)} AND created >= "${jqlTime(from, timeZone)}" ORDER BY key ASC`;
  for await (const records of searchIssues(client, { jql, fields: ['updated'], pageSize: 1000 }))
    for (const record of records) {
      const issue = readIssue(record);
      const updated = jiraTime(issue?.fields.updated);
      if (issue) listed.set(issue.key, updated === undefined ? 0 : Date.parse(updated));
    }

  const known = (await context.ledger.read(reader => knownIncidents(reader, name))).filter(
    ({ incident }) => !incident.startsWith(alertPrefix),
  );
  const inSpan = known.filter(({ startedAt }) => fromSqlTime(startedAt) >= new Date(from.getTime() + dayMs));
  if (listed.size === 0 && inSpan.length > 0)
    throw new PlumblineError('JIRA_EMPTY', { jql: config.jql, count: inSpan.length });

  const missing = known.filter(({ incident }) => !listed.has(incident));
  const timeOf = new Map(known.map(({ incident, updatedAt }) => [incident, fromSqlTime(updatedAt).getTime()]));
  const stale = [...listed].flatMap(([key, at]) => (at > (timeOf.get(key) ?? -1) ? [key] : []));
  const reading = await prepareReading(client, config);
  const fields = fieldsToAsk(reading.ids).join(',');
  const ask = (key: string) => client.ask({ path: `issue/${encodeURIComponent(key)}`, query: { fields } });

  for (let at = 0; at < stale.length; at += perBatch) {
    const records = await Promise.all(stale.slice(at, at + perBatch).map(ask));
    const page = await readIssues(
      records.filter(record => record !== undefined),
      reading,
    );
    yield { cursor: before, write: tx => storeIssues(tx, name, page, context.now()) };
  }
  for (let at = 0; at < missing.length; at += perBatch) {
    const { gone, left } = await lookAt(missing.slice(at, at + perBatch), from, async key => {
      const record = await ask(key);
      return record === undefined ? undefined : readIssues([record], reading);
    });
    yield {
      cursor: before,
      write: async tx => {
        const now = context.now();
        const changed = (await storeGone(tx, name, gone, now)) + (await storeReports(tx, name, left, now));
        return { records: gone.length + left.length, changed, rejected: {} };
      },
    };
  }
  yield {
    cursor: { ...before, sweptAt: start } satisfies JiraCursor,
    write: async () => ({ records: listed.size, changed: 0, rejected: {} }),
  };
}

async function lookAt(
  missing: readonly KnownIncident[],
  from: Date,
  ask: (key: string) => Promise<IssuesPage | undefined>,
) {
  const gone: string[] = [];
  const left: IssuesPage['reports'][number][] = [];
  for (const { incident, status, startedAt } of missing) {
    // What lies before the span isn't listed, and stays as it was told; an open one may still be deleted.
    if (fromSqlTime(startedAt) < from && status !== 'open') continue;
    const page = await ask(incident);
    const report = page?.reports[0];
    // An issue that was moved answers to its old key, and is listed by its new one.
    if (page === undefined || (report && report.incident.incident !== incident)) gone.push(incident);
    else if (report && fromSqlTime(startedAt) >= from && status !== 'cancelled') {
      const { resolvedAt: _, ...rest } = report.incident;
      left.push({ ...report, incident: { ...rest, status: 'cancelled' } });
    }
  }
  return { gone, left };
}
