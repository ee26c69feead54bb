/**
 * Cost anomalies (GetAnomalies). AWS names no currency and gives the impact as a JSON number: its shortest decimal text
 * is kept, in the currency of the account's costs.
 */
import type { Anomaly, GetAnomaliesCommandOutput } from '@aws-sdk/client-cost-explorer';
import { roundDecimal, unitsText } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import type { VendorAnomaly } from '../../vendor-facts.ts';
import type { AwsClient } from './client.ts';

/** Anomalies end later than so many days ago. */
export const anomalyDays = 90;

export interface AnomaliesAnswer {
  readonly anomalies: readonly VendorAnomaly[];
  /** The first day asked for. */
  readonly since: string;
  readonly rejected: number;
}

/** What people marked as no anomaly, or as planned, is left out. */
export async function readAnomalies(client: AwsClient, now: Date, currency: string): Promise<AnomaliesAnswer> {
  const since = new Date(now.getTime() - anomalyDays * 86_400_000).toISOString().slice(0, 10);
  const parameters = { DateInterval: { StartDate: since, EndDate: now.toISOString().slice(0, 10) }, MaxResults: 100 };
  const anomalies = new Map<string, VendorAnomaly>();
  let rejected = 0;
  const tokens = new Set<string>();
  let token: string | undefined;
  do {
    const page: GetAnomaliesCommandOutput = await client.anomalies(
      token === undefined ? parameters : { ...parameters, NextPageToken: token },
    );
    if (page.Anomalies === undefined)
      throw new PlumblineError('AWS_ANSWER_UNREADABLE', { action: 'ce:GetAnomalies', reason: 'it has no Anomalies' });
    for (const anomaly of page.Anomalies) {
      if (anomaly.Feedback === 'NO' || anomaly.Feedback === 'PLANNED_ACTIVITY') continue;
      const read = vendorAnomaly(anomaly, currency);
      if (read) anomalies.set(read.anomaly, read);
      else rejected += 1;
    }
    token = page.NextPageToken || undefined;
    if (token !== undefined && tokens.has(token))
      throw new PlumblineError('AWS_ANSWER_UNREADABLE', {
        action: 'ce:GetAnomalies',
        reason: 'a page leads back to one already read',
      });
    if (token !== undefined) tokens.add(token);
  } while (token !== undefined);
  return { anomalies: [...anomalies.values()], since, rejected };
}

function vendorAnomaly(anomaly: Anomaly, currency: string): VendorAnomaly | undefined {
  const impact = roundDecimal(String(anomaly.Impact?.TotalImpact ?? anomaly.Impact?.MaxImpact ?? ''));
  const started = dayOf(anomaly.AnomalyStartDate);
  if (!anomaly.AnomalyId || !impact || started === undefined) return undefined;
  const service = anomaly.RootCauses?.find(cause => cause.Service)?.Service ?? anomaly.DimensionValue ?? '';
  return {
    anomaly: anomaly.AnomalyId,
    serviceName: service,
    started,
    ended: dayOf(anomaly.AnomalyEndDate),
    impact: unitsText(impact.units),
    currency,
  };
}

/** Dates come as days and as instants. */
const dayOf = (text: string | undefined) => /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0];
