/**
 * Asks the Query API for one period, all pages. Source: Microsoft.CostManagement/query, API version 2023-11-01: two
 * groupings at most (more is a 400), daily rows of 31 days at most, nextLink is posted to with the same body.
 */
import type { ArmClient } from '../../../vendors/azure/arm.ts';
import { roundDecimal } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import type { Grouping } from './config.ts';
import { cell, dayOf, type Table, tableOf } from './table.ts';

export const apiVersion = '2023-11-01';

/** Actual costs are billed ones; amortized costs spread what commitments cost over what they cover: effective ones. */
export type Metric = 'ActualCost' | 'AmortizedCost';

/** UTC days, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export interface Question extends Period {
  readonly metric: Metric;
  readonly scope: string;
  readonly granularity: 'Daily' | 'None';
  readonly grouping: readonly (Grouping | { readonly type: 'Dimension'; readonly name: 'ChargeType' })[];
  /** Only charges of this type. */
  readonly chargeType?: string;
}

export interface CostRow {
  /** A UTC day; empty where the answer is for the whole period. */
  readonly day: string;
  /** The values of the groupings, in their order; empty where there is none. */
  readonly groups: readonly string[];
  readonly currency: string;
  /** Decimal text as Azure wrote it, perhaps with an exponent. */
  readonly cost: string;
}

/** Errors: those of the ARM client, HTTP_NOT_JSON, AZURE_ANSWER, AZURE_DATES where a day is not one that was asked for. */
export async function query(arm: ArmClient, question: Question): Promise<CostRow[]> {
  const { metric, scope, granularity, grouping, chargeType } = question;
  const filter = chargeType && { dimensions: { name: 'ChargeType', operator: 'In', values: [chargeType] } };
  const body = {
    type: metric,
    timeframe: 'Custom',
    timePeriod: timePeriod(question),
    dataset: {
      granularity,
      aggregation: { totalCost: { name: 'Cost', function: 'Sum' } },
      grouping,
      ...(filter ? { filter } : {}),
    },
  };
  const url = `${scope}/providers/Microsoft.CostManagement/query?api-version=${apiVersion}`;
  const rows: CostRow[] = [];
  for await (const table of tables(arm, url, body))
    for (const row of table.rows) {
      const day = granularity === 'None' ? '' : dayOf(row, table.url);
      if (day !== '' && (day < question.from || day > question.to))
        throw new PlumblineError('AZURE_DATES', { got: day, from: question.from, to: question.to, url: table.url });
      rows.push({
        day,
        groups: grouping.map(group => groupValue(row, group, table.url)),
        currency: cell(row, table.url, 'Currency', 'BillingCurrency').trim().toUpperCase(),
        cost: costOf(row, table.url),
      });
    }
  return rows;
}

export async function* tables(arm: ArmClient, url: string, body: unknown): AsyncGenerator<Table> {
  for await (const page of arm.pages({ url, method: 'POST', body }, response => tableOf(response).nextLink))
    yield tableOf(page);
}

export const timePeriod = ({ from, to }: Period) => ({ from: `${from}T00:00:00+00:00`, to: `${to}T23:59:59+00:00` });

export function costOf(row: Table['rows'][number], url: string): string {
  const cost = cell(row, url, 'Cost', 'PreTaxCost', 'totalCost');
  if (roundDecimal(cost)?.units === undefined)
    throw new PlumblineError('AZURE_ANSWER', { url, reason: `"${cost}" is no cost` });
  return cost;
}

/** A tag comes in two columns, its key and its value; in some versions in one that has its name. */
function groupValue(row: Table['rows'][number], group: Question['grouping'][number], url: string): string {
  if (group.type === 'TagKey') return cell(row, url, 'TagValue', group.name);
  return group.name === 'ResourceGroupName' ? cell(row, url, group.name, 'ResourceGroup') : cell(row, url, group.name);
}
