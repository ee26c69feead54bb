/**
 * Azure's forecast of the running month: what was spent on its days so far and what is expected on the others. Source:
 * Microsoft.CostManagement/forecast, API version 2023-11-01.
 */
import type { ArmClient } from '../../../vendors/azure/arm.ts';
import { decimalOf, scaled } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import { daysOf } from './months.ts';
import { apiVersion, costOf, tables, timePeriod } from './query.ts';
import { cell, dayOf } from './table.ts';

export interface Forecast {
  /** The first UTC day of the month. */
  readonly month: string;
  readonly currency: string;
  /** Decimal text: the whole month, what is spent included. */
  readonly mean: string;
}

/**
 * One for each currency; none where Azure has too little history to forecast (400, 404 or 424). Errors: those of the
 * ARM client otherwise, AZURE_ANSWER, AZURE_DATES.
 */
export async function readForecast(
  arm: ArmClient,
  scope: string,
  month: string,
  onNone: (reason: string) => void,
): Promise<Forecast[]> {
  const period = daysOf(month);
  const body = {
    type: 'ActualCost',
    timeframe: 'Custom',
    timePeriod: timePeriod(period),
    dataset: { granularity: 'Daily', aggregation: { totalCost: { name: 'Cost', function: 'Sum' } } },
    includeActualCost: true,
    includeFreshPartialCost: false,
  };
  const sums = new Map<string, bigint>();
  let isForecast = false;
  try {
    for await (const { url, rows } of tables(
      arm,
      `${scope}/providers/Microsoft.CostManagement/forecast?api-version=${apiVersion}`,
      body,
    ))
      for (const row of rows) {
        const day = dayOf(row, url);
        if (day < period.from || day > period.to)
          throw new PlumblineError('AZURE_DATES', { got: day, from: period.from, to: period.to, url });
        const status = cell(row, url, 'CostStatus');
        if (status !== 'Actual' && status !== 'Forecast')
          throw new PlumblineError('AZURE_ANSWER', { url, reason: `"${status}" is no CostStatus` });
        isForecast ||= status === 'Forecast';
        const currency = cell(row, url, 'Currency').trim().toUpperCase();
        sums.set(currency, (sums.get(currency) ?? 0n) + (scaled(costOf(row, url)) ?? 0n));
      }
  } catch (error) {
    const status = error instanceof PlumblineError && error.code === 'HTTP_STATUS' ? error.details.status : undefined;
    if (status !== 400 && status !== 404 && status !== 424) throw error;
    onNone((error as Error).message);
    return [];
  }
  // On a month's last day all may be actual; without a day of its own it is no forecast.
  if (!isForecast) return [];
  return [...sums].map(([currency, sum]) => ({ month: period.from, currency, mean: decimalOf(sum) }));
}
