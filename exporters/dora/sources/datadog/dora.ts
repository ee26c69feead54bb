/**
 * Reads DORA events by windows of 30 days, and at each refresh the last days anew, since Datadog judges deployments
 * later. Deployments are kept as Datadog judges them, for what it computes; and as ours, where that is asked for.
 */
import type { Transaction } from '../../../core/ledger.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch } from '../../../core/source.ts';
import { sqlTime } from '../../../core/time.ts';
import { type DoraKind, type DoraWindow, doraEvents, oneEvent } from '../../../vendors/datadog/dora.ts';
import { noteBackfill } from '../../marks.ts';
import { knownIncidents, storeGone, storeReports } from '../../reports.ts';
import { storeFacts } from '../../store-facts.ts';
import type { DatadogDora } from './config.ts';
import type { DatadogCursor, DatadogRead, DoraCursor } from './cursor.ts';
import { deploymentSchema, factOf, type Judgement, judgementOf } from './deployment.ts';
import { failurePrefix, failureSchema, reportOf } from './failures.ts';
import { storeMetrics } from './metrics.ts';
import { readRecords } from './page.ts';

const dayMs = 86_400_000;
const windowMs = 30 * dayMs;

export async function* doraBatches(
  read: DatadogRead,
  options: DatadogDora,
  before: DatadogCursor,
): AsyncGenerator<Batch> {
  const { config, context } = read;
  const start = context.now().getTime();
  let dora: DoraCursor = before.dora ?? {
    ...{ through: start - config.history_days * dayMs, isWhole: false, metricsThrough: '' },
  };
  const from = dora.isWhole ? Math.min(dora.through, start - options.look_back_days * dayMs) : dora.through;
  const kinds: DoraKind[] = [
    ...(options.deployments || options.metrics ? (['deployments'] as const) : []),
    ...(options.failures ? (['failures'] as const) : []),
  ];
  const seen = new Set<string>();
  for (let at = from; at < start; at += windowMs) {
    const window = { from: at, to: Math.min(at + windowMs, start) };
    for (const kind of kinds)
      for await (const records of doraEvents(read.client, kind, { window, query: options.query }))
        yield {
          cursor: { ...before, dora },
          write: writer(read, options, { kind, records, seen, isWhole: dora.isWhole }),
        };
    context.progress(window.to - from, start - from, 'ms of events');
    dora = { ...dora, through: window.to };
    yield { cursor: { ...before, dora }, write: tx => forget(tx, read, { kinds, window, seen }) };
  }
  if (options.failures) yield { ...(await openFailures(read, seen)), cursor: { ...before, dora } };
  const wasWhole = dora.isWhole;
  const today = new Date(start).toISOString().slice(0, 10);
  const metricsFrom = dora.metricsThrough === '' ? options.metrics_days : options.look_back_days;
  dora = { ...dora, isWhole: true, metricsThrough: today };
  yield {
    cursor: { ...before, dora },
    write: async tx => {
      if (!wasWhole) await noteBackfill(tx, config.name, '*', 'done');
      const days = { first: new Date(Date.parse(today) - metricsFrom * dayMs).toISOString().slice(0, 10), last: today };
      const changed = options.metrics ? await storeMetrics(tx, read, days) : 0;
      return { records: 0, changed, rejected: {} };
    },
  };
}

interface Part {
  readonly kind: DoraKind;
  readonly records: readonly unknown[];
  readonly seen: Set<string>;
  readonly isWhole: boolean;
}

function writer({ config, context }: DatadogRead, options: DatadogDora, part: Part): Batch['write'] {
  const { kind, records, seen, isWhole } = part;
  const rejections: Rejection[] = [];
  if (kind === 'failures') {
    const read = readRecords(records, failureSchema, 'failure');
    for (const { id } of read.values) seen.add(`${failurePrefix}${id}`);
    const reports = read.values.map(failure => reportOf(failure, config));
    return async tx => {
      const now = context.now();
      if (!isWhole) await noteBackfill(tx, config.name, '*', 'running');
      const changed = await storeReports(tx, config.name, reports, now, { present: true });
      const rejected = await keepRejections(tx, config.name, { read: read.places, rejections: read.rejections }, now);
      return { records: records.length, changed, rejected };
    };
  }
  const read = readRecords(records, deploymentSchema, 'deployment');
  for (const { id } of read.values) seen.add(id);
  const facts = options.deployments
    ? read.values.flatMap(deployment => {
        const fact = factOf(deployment, config);
        if (fact === undefined)
          rejections.push({
            file: `deployment ${deployment.id}`,
            reason: 'deployment_without_repository',
            field: 'git',
          });
        return fact ?? [];
      })
    : [];
  const judgements = read.values.flatMap(deployment => judgementOf(deployment) ?? []);
  return async tx => {
    const now = context.now();
    if (!isWhole) await noteBackfill(tx, config.name, '*', 'running');
    const told = await storeFacts(tx, config.name, { deployments: facts }, now);
    const judged = options.metrics ? await storeJudgements(tx, config.name, judgements, now) : 0;
    const all = [...read.rejections, ...rejections];
    const rejected = await keepRejections(tx, config.name, { read: read.places, rejections: all }, now);
    return { records: records.length, changed: told + judged, rejected };
  };
}

const judgementShape =
  '[{"deployment":"VARCHAR","service":"VARCHAR","team":"VARCHAR","environment":"VARCHAR","started_at":"TIMESTAMP","finished_at":"TIMESTAMP","change_failure":"BOOLEAN","recovery":"DOUBLE","lead_time":"DOUBLE","commits":"BIGINT"}]';

/** The newest judgement takes the place of the one before; returns how many have changed. */
async function storeJudgements(
  tx: Transaction,
  source: string,
  judgements: readonly Judgement[],
  now: Date,
): Promise<number> {
  if (judgements.length === 0) return 0;
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE datadog_told AS
     SELECT DISTINCT ON (deployment) $source AS source, *
     FROM (SELECT unnest(j) FROM (SELECT unnest(from_json($judgements::JSON, '${judgementShape}')) AS j))`,
    { source, judgements: JSON.stringify(judgements.map(plain)) },
  );
  const news = `SELECT * FROM datadog_told
    EXCEPT SELECT * EXCLUDE (learned_at) FROM datadog_deployments WHERE source = $source`;
  const changed = Number(await tx.scalar(`SELECT count(*) FROM (${news})`, { source }));
  if (changed > 0) {
    await tx.run(`CREATE OR REPLACE TEMP TABLE datadog_told AS ${news}`, { source });
    await tx.run(
      `DELETE FROM datadog_deployments WHERE source = $source AND deployment IN (SELECT deployment FROM datadog_told)`,
      { source },
    );
    await tx.run('INSERT INTO datadog_deployments SELECT *, $now::TIMESTAMP FROM datadog_told', { now: sqlTime(now) });
    tx.touch('datadog_deployments');
  }
  await tx.run('DROP TABLE datadog_told');
  return changed;
}

const plain = ({ started_at, finished_at, ...judgement }: Judgement) => ({
  ...judgement,
  ...{ started_at: sqlTime(new Date(started_at)), finished_at: sqlTime(new Date(finished_at)) },
});

/** Takes back what lies well inside a window that was read whole and isn't there any more. */
async function forget(
  tx: Transaction,
  { config, context }: DatadogRead,
  {
    kinds,
    window,
    seen,
  }: { readonly kinds: readonly DoraKind[]; readonly window: DoraWindow; readonly seen: ReadonlySet<string> },
) {
  // It isn't said which of its times an event is listed by.
  const inside = {
    from: sqlTime(new Date(window.from + dayMs)),
    to: sqlTime(new Date(window.to - dayMs / 24)),
    source: config.name,
  };
  const missingOf = async (sql: string) =>
    (await tx.all(sql, inside)).map(({ id }) => String(id)).filter(id => !seen.has(id));
  let changed = 0;
  if (kinds.includes('deployments')) {
    const missing = await missingOf(
      `SELECT deployment AS id FROM datadog_deployments
       WHERE source = $source AND started_at >= $from::TIMESTAMP AND finished_at < $to::TIMESTAMP`,
    );
    changed += missing.length;
    if (missing.length > 0) {
      await tx.run(
        `DELETE FROM datadog_deployments
         WHERE source = $source AND list_contains(from_json($missing::JSON, '["VARCHAR"]'), deployment)`,
        { source: config.name, missing: JSON.stringify(missing) },
      );
      tx.touch('datadog_deployments');
    }
  }
  if (kinds.includes('failures')) {
    const missing = await missingOf(
      `SELECT DISTINCT incident AS id FROM incidents
       WHERE source = $source AND starts_with(incident, '${failurePrefix}') AND NOT contains(incident, '#')
         AND started_at >= $from::TIMESTAMP AND coalesce(resolved_at, started_at) < $to::TIMESTAMP`,
    );
    changed += await storeGone(tx, config.name, missing, context.now());
  }
  return { records: 0, changed, rejected: {} };
}

/** Failures that are open are older than the days that are read again: each is asked for by its id. */
async function openFailures(read: DatadogRead, seen: ReadonlySet<string>): Promise<Pick<Batch, 'write'>> {
  const { client, config, context } = read;
  const known = await context.ledger.read(reader => knownIncidents(reader, config.name));
  const open = known.filter(
    ({ incident, status }) => status === 'open' && incident.startsWith(failurePrefix) && !seen.has(incident),
  );
  const found: unknown[] = [];
  const gone: string[] = [];
  for (const { incident } of open) {
    const record = await oneEvent(client, 'failures', incident.slice(failurePrefix.length));
    if (record === undefined) gone.push(incident);
    else found.push(record);
  }
  const { values } = readRecords(found, failureSchema, 'failure');
  const reports = values.map(failure => reportOf(failure, config));
  return {
    write: async tx => {
      const now = context.now();
      const changed =
        (await storeReports(tx, config.name, reports, now, { present: true })) +
        (await storeGone(tx, config.name, gone, now));
      return { records: values.length, changed, rejected: {} };
    },
  };
}
