/**
 * Jira Cloud and Data Center: issues by JQL. A refresh asks for what has changed since, with an overlap; now and then all
 * of them are listed, so that deleted ones and those that left the query are found.
 */
import { createHash } from 'node:crypto';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { type JiraClient, type JiraOptions, jiraClient } from '../../../vendors/jira/client.ts';
import { readIssue, searchIssues, withoutOrder } from '../../../vendors/jira/search.ts';
import { jiraTime, jqlTime, userTimeZone } from '../../../vendors/jira/time.ts';
import { knownItems, storeRoadmap, storeWhole } from '../../roadmap/store.ts';
import type { RoadmapItem } from '../../roadmap/told.ts';
import type { JiraRoadmapConfig } from './config.ts';
import { placeOf, versionsOfIssue } from './issue.ts';
import { fieldsToAsk, prepareReading, type Reading } from './reading.ts';

interface Cursor {
  /** Of the configuration: what was read with another one is read anew. */
  readonly shape: string;
  /** All changes before have been read; ms since the epoch, 0 before the first. */
  readonly through: number;
  readonly isWhole: boolean;
  /** When all issues were listed last; ms since the epoch. */
  readonly sweptAt: number;
}

const minuteMs = 60_000;
const perBatch = 100;
/** A search may not see an issue yet that was read a while ago by another one. */
const lagMs = 60 * minuteMs;

export function jiraRoadmapSource(config: JiraRoadmapConfig, options: JiraOptions = {}): PullSource {
  const { name } = config;
  const shape = shapeOf(config);
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger, now }) => {
      const text = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const cursor = typeof text === 'string' ? (JSON.parse(text) as Cursor) : undefined;
      const isFirst = cursor?.shape !== shape || !cursor.isWhole;
      const isSweep = isFirst || isSweepDue(config, cursor, now().getTime());
      return {
        requests: 3 + (isSweep ? 1 : 0),
        text: isFirst
          ? `all issues, 100 a request${config.changelog ? ', and the changes of each that has moved' : ''}, then those that have changed, every ${config.every} s`
          : `issues that have changed, every ${config.every} s${isSweep ? '; now all of them, to find what was deleted' : ''}`,
      };
    },
    batches: async function* (context, before) {
      const client = jiraClient(config, context, options);
      const timeZone = await userTimeZone(client);
      const reading = await prepareReading(client, config);
      const known = before as Cursor | undefined;
      let cursor: Cursor = known?.shape === shape ? known : { shape, through: 0, isWhole: false, sweptAt: 0 };
      const since = new Date(cursor.through - (cursor.isWhole ? config.overlap_minutes * minuteMs : 0));
      const changed = cursor.through === 0 ? '' : ` AND updated >= "${jqlTime(since, timeZone)}"`;
      const jql = `${withoutOrder(config.jql)}${changed} ORDER BY updated ASC, key ASC`;
      let count = 0;
      for await (const records of searchIssues(client, { jql, fields: fieldsToAsk(reading) })) {
        const page = await readPage(records, reading);
        count += records.length;
        context.progress(count, undefined, 'issues');
        cursor = { ...cursor, through: Math.max(cursor.through, page.through) };
        yield batchOf(page, cursor, { config, context });
      }
      cursor = { ...cursor, isWhole: true };
      if (isSweepDue(config, cursor, context.now().getTime()))
        for await (const batch of sweep({ client, reading, context }, cursor)) yield batch;
      else yield { cursor, write: async () => ({ records: 0, changed: 0, rejected: {} }) };
    },
  };
}

const isSweepDue = ({ sweep_hours }: JiraRoadmapConfig, { sweptAt }: Cursor, now: number) =>
  now - sweptAt >= sweep_hours * 60 * minuteMs;

/** Everything that an item follows from; not how often and with which token it is asked. */
function shapeOf(config: JiraRoadmapConfig): string {
  const { name: _, every: __, email, api_token, bearer_token, timeout, overlap_minutes, sweep_hours, ...rest } = config;
  const { api_token_file, bearer_token_file, ...read } = rest;
  return createHash('sha256').update(JSON.stringify(read)).digest('hex').slice(0, 16);
}

interface Page {
  readonly items: readonly RoadmapItem[];
  readonly read: readonly string[];
  readonly rejections: readonly Rejection[];
  /** When the last of them was changed; ms since the epoch, 0 where there is none. */
  readonly through: number;
}

/** Issue by issue: one that can't be read holds no other up. */
async function readPage(records: readonly unknown[], reading: Reading): Promise<Page> {
  const items: RoadmapItem[] = [];
  const read: string[] = [];
  const rejections: Rejection[] = [];
  let through = 0;
  for (const record of records) {
    const issue = readIssue(record);
    const place = placeOf(issue?.id ?? 'without an id');
    read.push(place);
    if (issue === undefined) {
      rejections.push({ file: place, reason: 'unreadable_issue', field: 'key', value: 'it has no id or key' });
      continue;
    }
    const updated = Date.parse(jiraTime(issue.fields.updated) ?? '');
    if (!Number.isNaN(updated)) through = Math.max(through, updated);
    const versions = await versionsOfIssue(issue, reading);
    if ('reason' in versions) rejections.push(versions);
    else items.push(...versions);
  }
  return { items, read, rejections, through };
}

const batchOf = (
  { items, read, rejections }: Page,
  cursor: Cursor,
  { config: { name, team }, context }: { readonly config: JiraRoadmapConfig; readonly context: SourceContext },
): Batch => ({
  cursor,
  write: async tx => {
    const now = context.now();
    const changed = await storeRoadmap(tx, name, { items, isWhole: false }, { now, team });
    return { records: read.length, changed, rejected: await keepRejections(tx, name, { read, rejections }, now) };
  },
});

interface Sweeping {
  readonly client: JiraClient;
  readonly reading: Reading;
  readonly context: SourceContext;
}

/** Lists all issues by their ids and times alone; what was changed otherwise than is known is read anew. */
async function* sweep({ client, reading, context }: Sweeping, before: Cursor): AsyncGenerator<Batch> {
  const { config } = reading;
  const { name, team } = config;
  const start = context.now().getTime();
  const listed = new Map<string, number>();
  const jql = `${withoutOrder(config.jql)} ORDER BY key ASC`;
  for await (const records of searchIssues(client, { jql, fields: ['updated'], pageSize: 1000 }))
    for (const issue of records.flatMap(record => readIssue(record) ?? []))
      listed.set(issue.id, Date.parse(jiraTime(issue.fields.updated) ?? '') || 0);
  const known = new Map(
    (await context.ledger.read(reader => knownItems(reader, name))).map(one => [one.item, one] as const),
  );
  const stale = [...listed].flatMap(([id, at]) => (at > (known.get(id)?.changedAt.getTime() ?? -1) ? [id] : []));
  const fields = fieldsToAsk(reading).join(',');
  for (let at = 0; at < stale.length; at += perBatch) {
    const ids = stale.slice(at, at + perBatch);
    const records = await Promise.all(ids.map(id => client.ask({ path: `issue/${id}`, query: { fields } })));
    const page = await readPage(
      records.filter(record => record !== undefined),
      reading,
    );
    yield batchOf(page, before, { config, context });
  }
  const there = new Set(listed.keys());
  // Where nothing at all is listed, that is told, and not hidden by what was read just now.
  if (there.size > 0)
    for (const { item, learnedAt } of known.values()) if (start - learnedAt.getTime() < lagMs) there.add(item);
  yield {
    cursor: { ...before, sweptAt: start } satisfies Cursor,
    write: async tx => ({
      records: listed.size,
      changed: await storeWhole(tx, name, there, { now: context.now(), team }),
      rejected: {},
    }),
  };
}
