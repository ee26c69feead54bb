/**
 * The forecast of the running month (GetCostForecast). With MONTHLY granularity Cost Explorer answers for the calendar
 * month, as its console's "forecasted month end costs" does; the start must be today, the end is exclusive.
 */
import { roundDecimal, unitsText } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import type { VendorForecast } from '../../vendor-facts.ts';
import type { AwsClient } from './client.ts';

export const intervalLevel = 80;

/** Undefined where AWS has too little history to forecast (DataUnavailableException). */
export async function readForecast(client: AwsClient, now: Date): Promise<VendorForecast | undefined> {
  const today = now.toISOString().slice(0, 10);
  const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
  const answer = await client
    .forecast({
      TimePeriod: { Start: today, End: end },
      Metric: 'UNBLENDED_COST',
      Granularity: 'MONTHLY',
      PredictionIntervalLevel: intervalLevel,
    })
    .catch((error: unknown) => {
      if (isUnavailable(error)) return undefined;
      throw error;
    });
  if (answer === undefined) return undefined;
  const [month] = answer.ForecastResultsByTime ?? [];
  const mean = decimal(month?.MeanValue);
  const currency = answer.Total?.Unit;
  if (month?.TimePeriod?.Start?.slice(0, 7) !== today.slice(0, 7) || mean === undefined || !currency)
    throw new PlumblineError('AWS_ANSWER_UNREADABLE', {
      action: 'ce:GetCostForecast',
      reason: `it does not tell the mean of ${today.slice(0, 7)}`,
    });
  return {
    month: `${today.slice(0, 7)}-01`,
    mean,
    lower: decimal(month.PredictionIntervalLowerBound),
    upper: decimal(month.PredictionIntervalUpperBound),
    intervalLevel,
    currency,
  };
}

/** True for the exceptions that say there is nothing for the period, now or ever. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof PlumblineError &&
  /^(DataUnavailable|BillExpiration)Exception/.test(String(error.details.exception ?? ''));

const decimal = (text: string | undefined): string | undefined => {
  const value = roundDecimal(text ?? '');
  return value && unitsText(value.units);
};
