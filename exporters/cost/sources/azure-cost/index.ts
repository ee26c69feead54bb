/**
 * Azure Cost Management by its APIs: what a scope cost, day by day, a calendar month at a time; Azure's forecast of the
 * running month and the scope's budgets. The first refresh reads the newest month first and goes on where it was stopped;
 * later ones read the running month, and the last one until it has closed.
 */
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { type ArmClient, type ArmOptions, armClient } from '../../../vendors/azure/arm.ts';
import { azureProvider } from '../../azure-terms.ts';
import type { ReadsOf } from '../../bills/reads.ts';
import { deliverRecords, recordsShape } from '../../bills/records.ts';
import { PlumblineError } from '../../errors.ts';
import { noteBudgets, noteForecasts } from '../../vendor-facts.ts';
import { readBudgets } from './budgets.ts';
import { type AzureCostConfig, billingAccountOf, groupingOf, minimumMs } from './config.ts';
import { readForecast } from './forecast.ts';
import { compareWithKnown } from './known.ts';
import { readMonth } from './month.ts';
import { isDue, monthsToRead, type ReadAt } from './months.ts';
import { planOf } from './plan.ts';
import { recordsOf } from './records.ts';

export type AzureClientOptions = Pick<ArmOptions, 'sleep' | 'random' | 'environment' | 'retries'>;

interface Cursor {
  readonly readAt: ReadAt;
  /** Of what was asked for and how it was posted; months of another are asked for again. */
  readonly shape: string;
}

/** Errors that one month has and another may not have: the others are read all the same. */
const monthly = new Set(['AZURE_TOTALS', 'AZURE_DATES', 'AZURE_CURRENCY', 'AZURE_EMPTY']);

export function azureCostSource(
  config: AzureCostConfig,
  readsOf: ReadsOf,
  client: AzureClientOptions = {},
): PullSource {
  const { name, scope, role } = config;
  const billingAccount = billingAccountOf(config);
  const grouping = groupingOf(config);
  const word = { source: name, provider: azureProvider, billingAccount };
  // Without the scope: one that takes the place of another takes that of its months too.
  const originOf = (month: string) => `${name}:${month}`;

  const shapeIn = async (context: Pick<SourceContext, 'ledger'>) =>
    [
      await recordsShape(context, readsOf, role),
      scope,
      billingAccount,
      ...grouping.map(group => `${group.type} ${group.name}`),
    ].join('; ');
  const scheduleAt = (now: Date) => ({ now, historyMonths: config.history_months, minimumMs });

  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async context => {
      const cursor = await context.ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $source', { source: name }),
      );
      const readAt = readAtOf(typeof cursor === 'string' ? JSON.parse(cursor) : undefined, await shapeIn(context));
      return planOf(config, readAt, scheduleAt(context.now()));
    },
    batches: async function* (context, before) {
      const arm = armOf(config, context, client);
      const shape = await shapeIn(context);
      let readAt = readAtOf(before, shape);
      const cursorWith = (...read: readonly string[]): Cursor => {
        const now = context.now().toISOString();
        readAt = { ...readAt, ...Object.fromEntries(read.map(what => [what, now])) };
        return { readAt, shape };
      };
      const schedule = scheduleAt(context.now());
      const today = schedule.now.toISOString().slice(0, 10);
      const months = monthsToRead(readAt, schedule);
      let failed: unknown;
      for (const [index, month] of months.entries()) {
        context.progress(index, months.length, 'months');
        try {
          const charges = await readMonth({ arm, scope, grouping, currency: config.currency, today }, month);
          await compareWithKnown(context.ledger, charges, {
            scope,
            month,
            origin: originOf(month),
            currency: config.currency,
          });
          const records = recordsOf(charges, { scope, billingAccount, grouping });
          yield records.length === 0
            ? nothingToDo(cursorWith(month))
            : await deliverRecords(context, readsOf, {
                source: name,
                role,
                origin: originOf(month),
                records,
                tagless: !grouping.some(({ type }) => type === 'TagKey'),
                cursor: cursorWith(month),
              });
        } catch (error) {
          if (!(error instanceof PlumblineError && monthly.has(error.code))) throw error;
          context.log.warn({ month, reason: error.message }, 'month is left as it was');
          failed ??= error;
        }
      }
      if (config.budgets && isDue(readAt, 'budgets', schedule)) yield await budgetsBatch(arm, today);
      if (config.forecast && isDue(readAt, 'forecast', schedule)) yield await forecastBatch(arm, today);
      if (failed !== undefined) throw failed;

      async function budgetsBatch(from: ArmClient, day: string): Promise<Batch> {
        const { budgets, unreadable } = await readBudgets(from, scope, day);
        const withCurrency = budgets.flatMap(budget => {
          const currency = budget.currency ?? config.currency;
          return currency === undefined ? [] : [{ ...budget, currency }];
        });
        for (const { budget, reason } of unreadable) context.log.warn({ budget, reason }, 'budget could not be read');
        const without = budgets.length - withCurrency.length;
        const rejected = {
          ...(unreadable.length > 0 && { bad_budget: unreadable.length }),
          ...(without > 0 && { missing_currency: without }),
        };
        return {
          cursor: cursorWith('budgets'),
          write: async tx => {
            const changed = await noteBudgets(tx, word, withCurrency, context.now());
            return { records: withCurrency.length, changed, rejected };
          },
        };
      }

      async function forecastBatch(from: ArmClient, day: string): Promise<Batch> {
        const onNone = (reason: string) => context.log.info({ reason }, 'Azure has no forecast');
        const forecasts = await readForecast(from, scope, day.slice(0, 7), onNone);
        return {
          cursor: cursorWith('forecast'),
          write: async tx => {
            const changed = await noteForecasts(tx, word, forecasts, context.now());
            return { records: forecasts.length, changed, rejected: {} };
          },
        };
      }
    },
  };
}

/** What is known to have been read. Under another shape nothing counts but budgets and forecast, which have none. */
function readAtOf(cursor: unknown, shape: string): ReadAt {
  const { readAt = {}, shape: before } = (cursor ?? {}) as Partial<Cursor>;
  if (before === shape) return readAt;
  return Object.fromEntries(Object.entries(readAt).filter(([what]) => what === 'budgets' || what === 'forecast'));
}

const armOf = (config: AzureCostConfig, context: SourceContext, client: AzureClientOptions) =>
  armClient({
    credentials: config.credentials,
    clientType: config.client_type,
    timeoutMs: config.timeout * 1000,
    log: context.log,
    signal: context.signal,
    now: () => context.now().getTime(),
    ...client,
  });

const nothingToDo = (cursor: Cursor): Batch => ({
  cursor,
  write: async () => ({ records: 0, changed: 0, rejected: {} }),
});
