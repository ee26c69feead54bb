/**
 * Jira and Jira Service Management: issues that are incidents, by JQL. A refresh asks for what has changed since, with an
 * overlap; now and then a sweep lists all of them, so that deleted ones and those that left the query are found. Alerts
 * of its operations, where they are asked for.
 */
import { createHash } from 'node:crypto';
import type { Batch, PullSource } from '../../../core/source.ts';
import { type JiraOptions, jiraClient } from '../../../vendors/jira/client.ts';
import { searchIssues, withoutOrder } from '../../../vendors/jira/search.ts';
import { jqlTime, userTimeZone } from '../../../vendors/jira/time.ts';
import { noteBackfill } from '../../marks.ts';
import { alertBatches } from './alerts.ts';
import type { JiraIncidentsConfig } from './config.ts';
import type { JiraCursor, JiraRead } from './cursor.ts';
import { fieldsToAsk } from './issue.ts';
import { prepareReading, readIssues, storeIssues } from './page.ts';
import { sweep } from './sweep.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

export function jiraSource(config: JiraIncidentsConfig, options: JiraOptions = {}): PullSource {
  const { name } = config;
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger, now }) => {
      const text = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const cursor = typeof text === 'string' ? (JSON.parse(text) as JiraCursor) : undefined;
      const isFirst = cursor?.shape !== shapeOf(config) || !cursor.isWhole;
      const isSweep = !isFirst && isSweepDue(config, cursor, now().getTime());
      return {
        requests: 2 + (isSweep ? 1 : 0) + (config.alerts ? 1 : 0),
        text: isFirst
          ? `issues of ${config.history_days} days, 100 a request, then those that have changed, every ${config.every} s`
          : `issues that have changed, 100 a request, every ${config.every} s${isSweep ? '; now all of them, to find what was deleted' : ''}`,
      };
    },
    batches: async function* (context, before) {
      const client = jiraClient(config, context, options);
      const timeZone = await userTimeZone(client);
      const read: JiraRead = { client, config, context, timeZone };
      let cursor = beginning(config, before as JiraCursor | undefined, context.now().getTime());
      const follow = async function* (batches: AsyncIterable<Batch>) {
        for await (const batch of batches) {
          cursor = batch.cursor as JiraCursor;
          yield batch;
        }
      };
      yield* follow(changes(read, cursor));
      if (isSweepDue(config, cursor, context.now().getTime())) yield* follow(sweep(read, cursor));
      if (config.alerts) yield* follow(alertBatches(read, cursor));
    },
  };
}

const isSweepDue = ({ sweep_hours }: JiraIncidentsConfig, { sweptAt }: JiraCursor, now: number) =>
  now - sweptAt >= sweep_hours * 60 * minuteMs;

function beginning(config: JiraIncidentsConfig, before: JiraCursor | undefined, now: number): JiraCursor {
  const shape = shapeOf(config);
  if (before?.shape === shape) return before;
  // What was known by another query is swept at once; else there is nothing to sweep yet.
  const sweptAt = before === undefined ? now : 0;
  return { shape, through: now - config.history_days * dayMs, isWhole: false, sweptAt };
}

/** Everything that an issue's facts follow from; not how often and with which token it is asked. */
function shapeOf(config: JiraIncidentsConfig): string {
  const { name: _, every: __, email, api_token, bearer_token, timeout, overlap_minutes, sweep_hours, ...rest } = config;
  const { api_token_file, bearer_token_file, ...read } = rest;
  return createHash('sha256').update(JSON.stringify(read)).digest('hex').slice(0, 16);
}

/** Issues by when they were changed, oldest first: a killed reading goes on with the last that it has. */
async function* changes({ client, config, context, timeZone }: JiraRead, before: JiraCursor): AsyncGenerator<Batch> {
  const { name, overlap_minutes: overlap } = config;
  const since = new Date(before.through - (before.isWhole ? overlap : 0) * minuteMs);
  const jql = `${withoutOrder(config.jql)} AND updated >= "${jqlTime(since, timeZone)}" ORDER BY updated ASC, key ASC`;
  const reading = await prepareReading(client, config);
  let cursor = before;
  let count = 0;
  for await (const records of searchIssues(client, { jql, fields: fieldsToAsk(reading.ids) })) {
    const page = await readIssues(records, reading);
    count += records.length;
    context.progress(count, undefined, 'issues');
    cursor = { ...cursor, through: Math.max(cursor.through, page.through) };
    yield {
      cursor,
      write: async tx => {
        if (!cursor.isWhole) await noteBackfill(tx, name, '*', 'running');
        return storeIssues(tx, name, page, context.now());
      },
    };
  }
  if (before.isWhole) return;
  yield {
    cursor: { ...cursor, isWhole: true } satisfies JiraCursor,
    write: async tx => {
      await noteBackfill(tx, name, '*', 'done');
      return { records: 0, changed: 0, rejected: {} };
    },
  };
}
