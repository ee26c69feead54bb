/**
 * CloudHealth: the cost history cube by day and by month, by account, service and the groups of a perspective. Read by
 * two reports, which are kept as they were told last; each month is then posted from both, see months.ts.
 */
import { createHash } from 'node:crypto';
import type { Transaction } from '../../../core/ledger.ts';
import type { BatchCounts, PullSource, SourceContext } from '../../../core/source.ts';
import { sqlTime, utcDay } from '../../../core/time.ts';
import type { ReadsOf } from '../../bills/reads.ts';
import { deliverRecords, recordsShape } from '../../bills/records.ts';
import { PlumblineError } from '../../errors.ts';
import { type ClientOptions, cloudHealthClient } from './client.ts';
import type { CloudHealthConfig } from './config.ts';
import { type History, readHistory } from './history.ts';
import { monthRecords } from './months.ts';
import { perspectiveDimension } from './perspectives.ts';

interface Cursor {
  /** By month, of what was posted of it. */
  readonly delivered: Readonly<Record<string, string>>;
}

/** Where a reject of a report stands. */
const places = { day: 'cost history by day', month: 'cost history by month' } as const;
type Per = keyof typeof places;

export function cloudHealthSource(config: CloudHealthConfig, readsOf: ReadsOf, client: ClientOptions = {}): PullSource {
  const { name, role } = config;
  const asksPerspective = config.perspective !== undefined && config.perspective_dimension === undefined;
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async () => ({
      requests: asksPerspective ? 4 : 2,
      text: `cost history of the last 31 days and 12 months${asksPerspective ? ', and the list of perspectives' : ''}, every ${config.every / 3600} hours`,
    }),
    batches: async function* (context, before) {
      const api = cloudHealthClient(config, context, client);
      const today = utcDay(context.now());
      const perspective =
        config.perspective_dimension ??
        (config.perspective === undefined ? undefined : await perspectiveDimension(api, config.perspective));
      const query = { config, perspective, today };
      context.progress(0, 2, 'reports');
      const daily = await readHistory(api, 'daily', query);
      context.progress(1, 2, 'reports');
      const monthly = await readHistory(api, 'monthly', query);
      context.progress(2, 2, 'reports');
      const shape = shapeOf(config);
      await assertNotEmpty(context, daily, { config, shape });

      let cursor = (before ?? { delivered: {} }) as Cursor;
      yield {
        cursor,
        write: async tx => keep(tx, { name, shape, daily, monthly, now: sqlTime(context.now()) }),
      };
      const grain = await recordsShape(context, readsOf, role);
      for (const month of monthsOf(daily, monthly)) {
        const origin = `${name}:${config.billing_account}:${month}`;
        const { records, posted } = await context.ledger.read(async reader => ({
          records: await monthRecords(reader, config, { month, today }),
          posted: await reader.scalar('SELECT shape FROM deliveries WHERE source = $name AND origin = $origin', {
            name,
            origin,
          }),
        }));
        const digest = createHash('sha256').update(JSON.stringify(records)).digest('hex').slice(0, 16);
        if (cursor.delivered[month] === digest && posted === grain) continue;
        cursor = { delivered: { ...cursor.delivered, [month]: digest } };
        yield await deliverRecords(context, readsOf, { source: name, role, origin, records, cursor });
      }
    },
  };
}

/** The months that were answered for, newest first. */
const monthsOf = (...histories: readonly History[]): string[] =>
  [...new Set(histories.flatMap(({ costs }) => costs.map(({ start }) => start.slice(0, 7))))].sort().reverse();

/** What was asked for; what was told of something else is forgotten. */
const shapeOf = ({ billing_account, provider, currency, filters, ...config }: CloudHealthConfig): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        [config.url, billing_account, provider, currency, filters],
        [config.account_dimension, config.service_dimension, config.perspective, config.perspective_dimension],
        [config.measure, config.effective_measure],
      ]),
    )
    .digest('hex')
    .slice(0, 16);

/** Days that have been told don't vanish because a report says nothing of any day. */
async function assertNotEmpty(
  context: SourceContext,
  daily: History,
  { config, shape }: { readonly config: CloudHealthConfig; readonly shape: string },
): Promise<void> {
  if (daily.costs.length > 0) return;
  const known = await context.ledger.read(reader =>
    reader.scalar(
      `SELECT count(DISTINCT start) FROM cloudhealth_costs
       WHERE source = $source AND per = 'day' AND shape = $shape AND start >= $since::DATE`,
      { source: config.name, shape, since: daily.from },
    ),
  );
  if (Number(known ?? 0) > 0)
    throw new PlumblineError('CLOUDHEALTH_EMPTY', {
      days: Number(known),
      since: daily.from,
      account: config.billing_account,
    });
}

interface Keeping {
  readonly name: string;
  readonly shape: string;
  readonly daily: History;
  readonly monthly: History;
  readonly now: string;
}

/** Replaces the days and months that a report has data of; one that it has none of stays as it was told. */
async function keep(tx: Transaction, { name, shape, daily, monthly, now }: Keeping): Promise<BatchCounts> {
  await tx.run('DELETE FROM cloudhealth_costs WHERE source = $name AND shape <> $shape', { name, shape });
  const rejected: Record<string, number> = {};
  for (const [per, { costs, mismatches }] of [
    ['day', daily],
    ['month', monthly],
  ] as const) {
    await keepCosts(tx, per, { name, shape, costs });
    await keepRejects(tx, { name, now, file: places[per] }, mismatches);
    if (mismatches.length > 0) rejected.total_mismatch = (rejected.total_mismatch ?? 0) + mismatches.length;
  }
  return { records: daily.costs.length + monthly.costs.length, changed: 0, rejected };
}

async function keepCosts(
  tx: Transaction,
  per: Per,
  { name, shape, costs }: { readonly name: string; readonly shape: string; readonly costs: History['costs'] },
): Promise<void> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE cloudhealth_told AS
     SELECT c.start::DATE AS start, c.account, c.service, c."group" AS team_group,
       sum(c.billed::DECIMAL(38, 10)) AS billed, sum(c.effective::DECIMAL(38, 10)) AS effective
     FROM (SELECT unnest(from_json($costs, '[{"start":"VARCHAR","account":"VARCHAR","service":"VARCHAR",
       "group":"VARCHAR","billed":"VARCHAR","effective":"VARCHAR"}]')) AS c)
     GROUP BY ALL`,
    { costs: JSON.stringify(costs) },
  );
  await tx.run(
    `DELETE FROM cloudhealth_costs
     WHERE source = $name AND per = $per AND start IN (SELECT start FROM cloudhealth_told)`,
    { name, per },
  );
  await tx.run(
    'INSERT INTO cloudhealth_costs BY NAME SELECT $name AS source, $shape AS shape, $per AS per, * FROM cloudhealth_told',
    { name, shape, per },
  );
  await tx.run('DROP TABLE cloudhealth_told');
}

async function keepRejects(
  tx: Transaction,
  { name, file, now }: { readonly name: string; readonly file: string; readonly now: string },
  mismatches: History['mismatches'],
): Promise<void> {
  await tx.run('DELETE FROM rejects WHERE source = $name AND file = $file', { name, file });
  await tx.run(
    `INSERT INTO rejects
     SELECT $name, $file, NULL, 'total_mismatch', r.field, r.value, $now::TIMESTAMP
     FROM (SELECT unnest(from_json($rows, '[{"field":"VARCHAR","value":"VARCHAR"}]')) AS r)`,
    {
      name,
      file,
      now,
      rows: JSON.stringify(
        mismatches.map(({ time, measure, sum, total }) => ({
          field: `${measure} of ${time}`,
          value: `members sum to ${sum}, the total says ${total}`,
        })),
      ),
    },
  );
  tx.touch('rejects');
}
