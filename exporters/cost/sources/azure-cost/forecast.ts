/**
 * Azure's forecast of the running month: what was spent on its days so far and what is expected on the others. Source:
 * Microsoft.CostManagement/forecast, API version 2023-11-01.
 */
import type { ArmClient } from '../../../vendors/azure/arm.ts';
import { roundDecimal, unitsText } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import type { VendorForecast } from '../../vendor-facts.ts';
import { daysOf } from './months.ts';
import { apiVersion, costOf, tables, timePeriod } from './query.ts';
import { cell, dayOf } from './table.ts';

/** Azure says how much it expects and not how surely. */
const noInterval = 0;

/**
 * One for each currency; none where Azure has too little history to forecast (400, 404 or 424). Errors: those of the
 * ARM client otherwise, AZURE_ANSWER, AZURE_DATES.
 */
export async function readForecast(
  arm: ArmClient,
  scope: string,
  month: string,
  onNone: (reason: string) => void,
): Promise<VendorForecast[]> {
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
        sums.set(currency, (sums.get(currency) ?? 0n) + (roundDecimal(costOf(row, url))?.units ?? 0n));
      }
  } catch (error) {
    const status = error instanceof PlumblineError && error.code === 'HTTP_STATUS' ? error.details.status : undefined;
    if (status !== 400 && status !== 404 && status !== 424) throw error;
    onNone((error as Error).message);
    return [];
  }
  // On a month's last day all may be actual; without a day of its own it is no forecast.
  if (!isForecast) return [];
  return [...sums].map(([currency, sum]) => ({
    month: period.from,
    currency,
    intervalLevel: noInterval,
    mean: unitsText(sum),
  }));
}
