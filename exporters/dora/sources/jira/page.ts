/** A page of issues: what is needed to read them, what can be read of them, and how that is stored. */
import { z } from 'zod';
import type { Transaction } from '../../../core/ledger.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { BatchCounts } from '../../../core/source.ts';
import { changesOf } from '../../../vendors/jira/changelog.ts';
import type { JiraClient } from '../../../vendors/jira/client.ts';
import { fieldIds, type WantedField, wordsIn } from '../../../vendors/jira/fields.ts';
import { type Issue, readIssue } from '../../../vendors/jira/search.ts';
import { type IncidentReport, storeReports } from '../../reports.ts';
import { type JiraIncidentsConfig, usualServiceFields } from './config.ts';
import { placeOf, type Reading, reportOf } from './issue.ts';
import { resolvedByChanges } from './resolved.ts';
import { isServiceId, serviceNames } from './services.ts';

export interface IssuesPage {
  readonly keys: readonly string[];
  readonly reports: readonly IncidentReport[];
  readonly rejections: readonly Rejection[];
  readonly records: number;
  /** When the last of them was changed; ms since the epoch, 0 where there is none. */
  readonly through: number;
}

/** Resolves the fields that the configuration names. Errors: JIRA_FIELD, and those of the client. */
export async function prepareReading(client: JiraClient, config: JiraIncidentsConfig): Promise<ReadingOfPages> {
  const wanted: WantedField[] = [];
  for (const what of ['severity_field', 'started_field', 'resolved_field', 'deployment_field'] as const)
    if (config[what] !== undefined) wanted.push({ what, field: config[what] });
  for (const what of ['commit_field', 'environment_field', 'team_field'] as const)
    if (config[what] !== undefined) wanted.push({ what, field: config[what] });
  for (const field of config.service_fields ?? usualServiceFields)
    wanted.push({ what: 'service_fields', field, optional: config.service_fields === undefined });
  const ids = await fieldIds(client, wanted);
  const statuses = lazily(() => statusesOf(client, config));
  const names = lazily(() => serviceNames(client, config));
  return {
    ...{ config, ids, names },
    doneAt: async issue =>
      resolvedByChanges(await changesOf(client, issue.key), await statuses(), config.resolved_statuses.length > 0),
  };
}

export interface ReadingOfPages extends Omit<Reading, 'services'> {
  /** Asked for where an issue has a service's id alone. */
  readonly names: () => Promise<ReadonlyMap<string, string>>;
}

/** Reads issues one by one: one that can't be read holds no other back. */
export async function readIssues(records: readonly unknown[], reading: ReadingOfPages): Promise<IssuesPage> {
  const issues: Issue[] = [];
  const reports: IncidentReport[] = [];
  const rejections: Rejection[] = [];
  for (const record of records) {
    const issue = readIssue(record);
    if (issue) issues.push(issue);
    else {
      const value = JSON.stringify(record)?.slice(0, 200) ?? 'nothing';
      rejections.push({ file: placeOf('without a key'), reason: 'unreadable_issue', field: 'key', value });
    }
  }
  const hasIds = issues.some(({ fields }) =>
    [...reading.ids.values()].some(id => wordsIn(fields[id]).some(isServiceId)),
  );
  const services = hasIds ? await reading.names() : new Map<string, string>();
  let through = 0;
  for (const issue of issues) {
    const read = await reportOf(issue, { ...reading, services });
    if ('reason' in read) rejections.push(read);
    else {
      reports.push(read);
      through = Math.max(through, Date.parse(read.incident.updatedAt));
    }
  }
  return { keys: issues.map(({ key }) => key), reports, rejections, records: records.length, through };
}

export async function storeIssues(
  tx: Transaction,
  source: string,
  { keys, reports, rejections, records }: IssuesPage,
  now: Date,
): Promise<BatchCounts> {
  const changed = await storeReports(tx, source, reports, now, { present: true });
  const read = [...keys.map(placeOf), ...rejections.map(({ file }) => file)];
  return { records, changed, rejected: await keepRejections(tx, source, { read, rejections }, now) };
}

/** Whether an incident is resolved in a status, by its id; statuses that were deleted since are absent. */
async function statusesOf(
  client: JiraClient,
  config: Pick<JiraIncidentsConfig, 'resolved_statuses'>,
): Promise<ReadonlyMap<string, boolean>> {
  const said = statusesSchema.safeParse(await client.ask({ path: 'status' }));
  const named = new Set(config.resolved_statuses.map(name => name.toLowerCase()));
  return new Map(
    (said.data ?? []).map(({ id, name, statusCategory }) => [
      id,
      statusCategory?.key === 'done' || named.has(name.toLowerCase()),
    ]),
  );
}

const statusesSchema = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    statusCategory: z.looseObject({ key: z.string() }).nullish(),
  }),
);

/** Asks once, where it is needed at all. */
function lazily<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}
