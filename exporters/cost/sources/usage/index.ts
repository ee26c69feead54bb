/** Usage metrics: quantities by day, team, service and environment, which splits weigh by and unit costs divide by. */
import type { Ownership } from '../../../catalog/ownership.ts';
import { type FileStat, isSettled } from '../../../core/files.ts';
import type { Batch, PullSource, ReadSource, SourceContext } from '../../../core/source.ts';
import { type DayCursor, type DayStep, daySteps } from '../../day-window.ts';
import { replaceRejects } from '../../rejects.ts';
import { postQuantities } from '../../usage.ts';
import type { UsageConfig, UsageFileConfig, UsageQueryConfig } from './config.ts';
import { readUsageFile, vetUsageFile } from './file.ts';
import { askUsage, type UsageAnswer } from './query.ts';
import { nameOwners } from './rows.ts';

/** Days of one request in the past. */
const stepDays = 31;
const settleSeconds = 10;

/** The source of a usage metric, `usage-NAME`: a pull of a server's query, or a read of a file. */
export function usageSource(config: UsageConfig, ownership: Ownership): PullSource | ReadSource {
  const name = `usage-${config.name}`;
  return 'query' in config ? querySource(name, config, ownership) : fileSource(name, config, ownership);
}

function querySource(name: string, config: UsageQueryConfig, ownership: Ownership): PullSource {
  const stepsOf = (cursor: unknown, now: Date): DayStep[] =>
    daySteps((cursor ?? {}) as DayCursor, {
      now,
      shape: JSON.stringify([config.query, config.labels]),
      againDays: config.days,
      historyDays: config.history_days,
      stepDays,
    });
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger, now }) => {
      const cursor = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $source', { source: name }),
      );
      const steps = stepsOf(typeof cursor === 'string' ? JSON.parse(cursor) : undefined, now());
      const days = steps.reduce((sum, step) => sum + step.days.length, 0);
      return { requests: steps.length, text: `${days} days of the usage metric ${config.name}, ${stepDays} a request` };
    },
    batches: async function* (context, cursor) {
      const steps = stepsOf(cursor, context.now());
      for (const [index, step] of steps.entries()) {
        context.progress(index, steps.length, 'requests');
        const answer = await askUsage(config, context, step.days);
        const exhausted = step.isHistory && answer.rows.length + answer.rejects.length === 0;
        yield queryBatch({ name, config, ownership, context }, step, answer, exhausted);
        if (exhausted) break;
      }
    },
  };
}

interface Query {
  readonly name: string;
  readonly config: UsageQueryConfig;
  readonly ownership: Ownership;
  readonly context: SourceContext;
}

const queryBatch = (
  { name, config, ownership, context }: Query,
  { days, after }: DayStep,
  { rows, rejects }: UsageAnswer,
  exhausted: boolean,
): Batch => ({
  cursor: exhausted ? { ...after, exhausted } : after,
  write: async tx => {
    await tx.run(
      `CREATE OR REPLACE TEMP TABLE usage_rows AS
       SELECT day::DATE AS charge_day, team, service, environment, quantity::DECIMAL(38,10) AS quantity
       FROM (SELECT unnest(from_json($rows, '[{"day":"VARCHAR","team":"VARCHAR","service":"VARCHAR",
         "environment":"VARCHAR","quantity":"VARCHAR"}]'), recursive := true))`,
      { rows: JSON.stringify(rows) },
    );
    await nameOwners(tx, ownership.names);
    const changed = await postQuantities(tx, config.name, context.now());
    const rejected = await replaceRejects(tx, name, days, rejects, context.now());
    return { records: rows.length, changed, rejected };
  },
});

interface FileCursor extends Partial<FileStat> {
  /** Other names of teams and services give other quantities. */
  readonly ownership?: string;
}

function fileSource(name: string, config: UsageFileConfig, ownership: Ownership): ReadSource {
  let before: FileStat | undefined;
  return {
    kind: 'read',
    name,
    everySeconds: config.every,
    batches: async function* (context, cursor) {
      const file = await vetUsageFile(config);
      const last = (cursor ?? {}) as FileCursor;
      if (!file || !isSettled(file.stat, before, settleSeconds)) {
        before = file?.stat;
        yield { cursor, write: async () => ({ records: 0, changed: 0, rejected: {}, waiting: 1 }) };
        return;
      }
      before = file.stat;
      const next: FileCursor = { ...file.stat, ownership: ownership.digest };
      if (JSON.stringify(next) === JSON.stringify(last)) return;
      yield {
        cursor: next,
        write: async tx => {
          const counts = await readUsageFile(tx, file, { source: name, now: context.now() });
          await nameOwners(tx, ownership.names);
          return { ...counts, changed: await postQuantities(tx, config.name, context.now()) };
        },
      };
    },
  };
}
