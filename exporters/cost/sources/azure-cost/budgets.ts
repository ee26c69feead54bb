/**
 * The budgets of a scope. Source: Microsoft.Consumption/budgets, API version 2023-05-01. What they notify, and what they
 * filter by, is not read: Microsoft's own examples hold a bare text among the objects of `notifications`.
 */
import { z } from 'zod';
import type { HttpResponse } from '../../../core/http-answer.ts';
import { redactUrl } from '../../../core/secrets.ts';
import type { ArmClient } from '../../../vendors/azure/arm.ts';
import { roundDecimal, unitsText } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import { parseJsonKeepingNumbers } from '../../money.ts';
import type { VendorBudget } from '../../vendor-facts.ts';
import { daysOf, nextMonth } from './months.ts';

const budgetsVersion = '2023-05-01';

// Numbers have become text on the way.
const amount = z.string().transform((written, ctx) => {
  const value = roundDecimal(written)?.units;
  if (value !== undefined) return unitsText(value);
  ctx.issues.push({ code: 'custom', input: written, message: 'expected a number' });
  return z.NEVER;
});
const spend = z.object({ amount, unit: z.string().nullish() }).nullish();

const budgetSchema = z.object({
  id: z.string().nullish(),
  name: z.string(),
  properties: z.object({
    category: z.string().nullish(),
    amount,
    timeGrain: z.string(),
    timePeriod: z.object({ startDate: z.string(), endDate: z.string().nullish() }),
    currentSpend: spend,
    forecastSpend: spend,
  }),
});

const pageSchema = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

/** Azure names the currency with what was spent, and none where nothing was. */
export type AzureBudget = Omit<VendorBudget, 'currency'> & { readonly currency: string | undefined };

export interface Budgets {
  /** Those of a resource group have its name in front of theirs. */
  readonly budgets: readonly AzureBudget[];
  /** Entries that could not be read: their name or place, and why. */
  readonly unreadable: readonly { readonly budget: string; readonly reason: string }[];
}

/** The budgets in force on a UTC day. Errors: those of the ARM client, HTTP_NOT_JSON, AZURE_ANSWER. */
export async function readBudgets(arm: ArmClient, scope: string, today: string): Promise<Budgets> {
  const budgets: AzureBudget[] = [];
  const unreadable: { budget: string; reason: string }[] = [];
  const url = `${scope}/providers/Microsoft.Consumption/budgets?api-version=${budgetsVersion}`;
  for await (const response of arm.pages({ url }, page => pageOf(page).nextLink ?? undefined))
    for (const [index, entry] of pageOf(response).value.entries()) {
      const parsed = budgetSchema.safeParse(entry);
      if (parsed.success) {
        const read = budgetOf(parsed.data, today);
        if (read !== undefined) budgets.push(read);
        continue;
      }
      const name = z.object({ name: z.string() }).safeParse(entry).data?.name ?? `number ${index + 1}`;
      unreadable.push({ budget: name, reason: z.prettifyError(parsed.error).replace(/\s+/g, ' ').slice(0, 200) });
    }
  return { budgets, unreadable };
}

function pageOf(response: HttpResponse): z.infer<typeof pageSchema> {
  if (response.status === 204) return { value: [] };
  // For its error: it tells HTML, a cut body and nothing apart.
  response.json();
  const page = pageSchema.safeParse(parseJsonKeepingNumbers(response.text()));
  if (page.success) return page.data;
  throw new PlumblineError('AZURE_ANSWER', { url: redactUrl(response.url), reason: 'it is no list of budgets' });
}

function budgetOf({ id, name, properties }: z.infer<typeof budgetSchema>, today: string): AzureBudget | undefined {
  const { timeGrain, timePeriod, currentSpend, forecastSpend } = properties;
  const start = timePeriod.startDate.slice(0, 10);
  const end = timePeriod.endDate?.slice(0, 10);
  if (today < start || (end !== undefined && today > end)) return undefined;
  // A budget of usage counts units and not money; the API has not made any for years.
  if (properties.category?.toLowerCase() === 'usage') return undefined;
  const group = /\/resourceGroups\/([^/]+)\//i.exec(id ?? '')?.[1];
  return {
    budget: group === undefined ? name : `${group}/${name}`,
    ...periodOf(timeGrain, start, today),
    amount: properties.amount,
    actual: currentSpend?.amount,
    forecast: forecastSpend?.amount,
    currency: (currentSpend?.unit ?? forecastSpend?.unit)?.trim().toUpperCase(),
  };
}

const monthsOf: Readonly<Record<string, number>> = { monthly: 1, billingmonth: 1, quarterly: 3, billingquarter: 3 };

/** The period of the grain that holds today: months counted from the budget's start, which is the first of one. */
function periodOf(timeGrain: string, start: string, today: string) {
  const length = monthsOf[timeGrain.toLowerCase()] ?? 12;
  let first = start.slice(0, 7);
  for (let next = after(first, length); next <= today.slice(0, 7); next = after(next, length)) first = next;
  return { periodStart: `${first}-01`, periodEnd: daysOf(after(first, length - 1)).to };
}

const after = (month: string, count: number): string => (count === 0 ? month : after(nextMonth(month), count - 1));
