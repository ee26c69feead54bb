/**
 * Budgets of AWS Budgets (DescribeBudgets, API version 2016-10-20). Amounts are decimal text of any length. A budget's
 * own TimePeriod says from when to when it exists (2087 is for ever), its TimeUnit which period its amounts are of.
 */
import type { Budget, DescribeBudgetsCommandOutput } from '@aws-sdk/client-budgets';
import { roundDecimal, unitsText } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import type { VendorBudget } from '../../vendor-facts.ts';
import type { AwsClient } from './client.ts';

export interface BudgetsAnswer {
  readonly budgets: readonly VendorBudget[];
  /** Budgets that are not of money, or whose period is not now, by name. */
  readonly skipped: readonly string[];
  readonly rejected: number;
}

/** Every page. Throws COST_EXPLORER_PAGES where a page leads back to one already read. */
export async function readBudgets(client: AwsClient, now: Date): Promise<BudgetsAnswer> {
  const budgets: VendorBudget[] = [];
  const skipped: string[] = [];
  let rejected = 0;
  const tokens = new Set<string>();
  let token: string | undefined;
  do {
    const page: DescribeBudgetsCommandOutput = await client.budgets(token);
    for (const budget of page.Budgets ?? []) {
      const period = periodOf(budget, now);
      if (budget.BudgetType !== 'COST' || period === undefined) {
        skipped.push(budget.BudgetName ?? '');
        continue;
      }
      const read = vendorBudget(budget, period);
      if (read) budgets.push(read);
      else rejected += 1;
    }
    token = page.NextToken || undefined;
    if (token !== undefined && tokens.has(token))
      throw new PlumblineError('AWS_ANSWER_UNREADABLE', {
        action: 'budgets:ViewBudget',
        reason: 'a page leads back to one already read',
      });
    if (token !== undefined) tokens.add(token);
  } while (token !== undefined);
  return { budgets, skipped, rejected };
}

/** Up to `end`, which is out. */
type Period = { readonly start: Date; readonly end: Date };

function vendorBudget(budget: Budget, period: Period): VendorBudget | undefined {
  const limit = plannedLimit(budget, period) ?? budget.BudgetLimit;
  const amount = rounded(limit?.Amount);
  if (!budget.BudgetName || amount === undefined || !limit?.Unit) return undefined;
  // An actual in another unit than the limit could not be compared with it.
  const spend = (value: { readonly Amount?: string | undefined; readonly Unit?: string | undefined } | undefined) =>
    value?.Unit === limit.Unit ? rounded(value?.Amount) : undefined;
  return {
    budget: budget.BudgetName,
    periodStart: dayOf(period.start),
    periodEnd: dayOf(new Date(period.end.getTime() - 1)),
    amount,
    actual: spend(budget.CalculatedSpend?.ActualSpend),
    forecast: spend(budget.CalculatedSpend?.ForecastedSpend),
    currency: limit.Unit,
  };
}

const rounded = (text: string | undefined): string | undefined => {
  const value = roundDecimal(text ?? '');
  return value && unitsText(value.units);
};

const dayOf = (date: Date) => date.toISOString().slice(0, 10);

/** The planned limit of the period: the newest of those whose start (a key in epoch seconds) is not after the period's. */
function plannedLimit(budget: Budget, period: Period) {
  const starts = Object.keys(budget.PlannedBudgetLimits ?? {})
    .map(key => ({ key, ms: Number(key) * 1000 }))
    .filter(({ ms }) => ms < period.end.getTime() && ms >= period.start.getTime() - 86_400_000)
    .sort((a, b) => b.ms - a.ms);
  return starts[0] && budget.PlannedBudgetLimits?.[starts[0].key];
}

/** The UTC period that the budget's amounts are of now; undefined where it has ended or not begun. */
function periodOf(budget: Budget, now: Date): Period | undefined {
  const from = budget.TimePeriod?.Start;
  const until = budget.TimePeriod?.End;
  if ((from && from > now) || (until && until <= now)) return undefined;
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const day = now.getUTCDate();
  const utc = (...parts: [number, number, number]) => new Date(Date.UTC(...parts));
  switch (budget.TimeUnit) {
    case 'DAILY':
      return { start: utc(year, month, day), end: utc(year, month, day + 1) };
    case 'MONTHLY':
      return { start: utc(year, month, 1), end: utc(year, month + 1, 1) };
    case 'QUARTERLY':
      return { start: utc(year, month - (month % 3), 1), end: utc(year, month - (month % 3) + 3, 1) };
    case 'ANNUALLY':
      return { start: utc(year, 0, 1), end: utc(year + 1, 0, 1) };
    default:
      return from && until ? { start: from, end: until } : undefined;
  }
}
