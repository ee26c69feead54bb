/** What AWS says besides costs, in one batch: budgets, forecast and anomalies; what could not be read stays as it was. */
import type { Batch, SourceContext } from '../../../core/source.ts';
import { noteAnomalies, noteBudgets, noteForecasts } from '../../vendor-facts.ts';
import { readAnomalies } from './anomalies.ts';
import { readBudgets } from './budgets.ts';
import type { AwsClient } from './client.ts';
import type { CostExplorerConfig } from './config.ts';
import { readForecast } from './forecast.ts';
import type { State } from './plan.ts';

interface Statements {
  readonly context: SourceContext;
  readonly state: State;
  readonly attempt: <T>(part: () => Promise<T>) => Promise<T | undefined>;
}

export async function statementsBatch(
  config: CostExplorerConfig,
  client: AwsClient,
  { context, state, attempt }: Statements,
): Promise<Batch> {
  const now = context.now();
  const scope = { source: config.name, provider: 'AWS', billingAccount: config.billing_account };
  const budgets = config.budgets ? await attempt(() => readBudgets(client, now)) : undefined;
  const forecast = config.forecast ? await attempt(() => readForecast(client, now)) : undefined;
  const anomalies = config.anomalies ? await attempt(() => readAnomalies(client, now, state.currency)) : undefined;
  if (budgets && budgets.skipped.length > 0)
    context.log.info({ budgets: budgets.skipped }, 'budgets that are not of cost, or not of now, are left out');
  return {
    cursor: state,
    write: async tx => {
      let changed = 0;
      if (budgets) changed += await noteBudgets(tx, scope, budgets.budgets, now);
      if (forecast) changed += await noteForecasts(tx, scope, [forecast], now);
      if (anomalies) changed += await noteAnomalies(tx, scope, anomalies.anomalies, { now, since: anomalies.since });
      const records = (budgets?.budgets.length ?? 0) + (forecast ? 1 : 0) + (anomalies?.anomalies.length ?? 0);
      const rejected = { bad_budget: budgets?.rejected ?? 0, bad_anomaly: anomalies?.rejected ?? 0 };
      return { records, changed, rejected: Object.fromEntries(Object.entries(rejected).filter(([, n]) => n > 0)) };
    },
  };
}
