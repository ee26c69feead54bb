/** What a refresh will ask of Azure: requests cost nothing there, but each takes from a quota that the tenant shares. */
import type { RequestPlan } from '../../../core/source.ts';
import type { AzureCostConfig } from './config.ts';
import { isDue, monthsToRead, type ReadAt, type Schedule } from './months.ts';

/** A month's actual and amortized cost: each one request for the totals, and one for each charge type; two are usual. */
const requestsPerMonth = 6;

/** Azure answers about so many a minute for one scope. */
const perMinute = 4;

export function planOf(
  config: Pick<AzureCostConfig, 'scope' | 'every' | 'budgets' | 'forecast'>,
  readAt: ReadAt,
  schedule: Schedule,
): RequestPlan {
  const months = monthsToRead(readAt, schedule).length;
  const others = (['budgets', 'forecast'] as const).filter(
    what => config[what] && isDue(readAt, what, schedule),
  ).length;
  const requests = months * requestsPerMonth + others;
  const minutes = Math.ceil(requests / perMinute);
  return {
    requests,
    text: `${config.scope}: about ${requests} requests for ${months} months${
      others > 0 ? ', budgets and forecast' : ''
    }, some ${minutes} minutes, then about ${requestsPerMonth + others} every ${config.every / 3600} hours; pages of large answers are requests too`,
  };
}
