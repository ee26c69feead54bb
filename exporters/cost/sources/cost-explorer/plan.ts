/** Which months a refresh reads, and what that costs: stated before it is asked, refused above the cap. */
import { z } from 'zod';
import { PlumblineError } from '../../errors.ts';
import { type CostExplorerConfig, cubeName } from './config.ts';
import { requestsUsd, requestsWithin } from './meter.ts';
import { asksCategories } from './month.ts';
import type { Days } from './query.ts';
import { recordGroups } from './record-types.ts';

const stateSchema = z.object({
  /** `shape` is of what was asked and what the rules read: in another one, a month is read again. */
  months: z.record(z.string(), z.object({ final: z.boolean(), requests: z.int(), shape: z.string() })),
  currency: z.string(),
});

/** Where the source goes on from: the months it has, by `2026-11`. */
export type State = z.infer<typeof stateSchema>;

export const stateOf = (cursor: unknown): State => {
  const parsed = stateSchema.safeParse(cursor);
  return parsed.success ? parsed.data : { months: {}, currency: 'USD' };
};

export interface RefreshPlan {
  /** Months, `2026-11`: the running one and the last until it is final. */
  readonly current: readonly string[];
  /** Months that are missing, or were read in another shape, newest first. */
  readonly backfill: readonly string[];
  /** Requests of the forecast and the anomalies. */
  readonly extras: number;
  /** Paid requests of the refresh at most. */
  readonly requests: number;
  /** Paid requests at most of a day in which there is no backfill. */
  readonly daily: number;
}

/** Paid requests of one month: as many as the last time, or one a question where it was never read. */
export function monthRequests(config: CostExplorerConfig, state: State): number {
  const questions = (asksCategories(config) ? 1 + recordGroups.length : 1) + otherCubes(config).length;
  return Math.max(questions, ...Object.values(state.months).map(month => month.requests));
}

/** Cubes besides the first; the control totals are one already. */
const otherCubes = (config: CostExplorerConfig) =>
  config.cubes.slice(1).filter(cube => !(asksCategories(config) && cubeName(cube) === 'RECORD_TYPE'));

export function planRefresh(config: CostExplorerConfig, state: State, shape: string, now: Date): RefreshPlan {
  const running = monthOf(now);
  const last = monthBefore(running, 1);
  const isRead = (month: string) => state.months[month]?.shape === shape;
  const current = [running, last].filter(month => {
    // On its first day a month has no complete day.
    if (month === running) return now.getUTCDate() > 1;
    return isRead(month) && state.months[month]?.final !== true;
  });
  const backfill = Array.from({ length: config.history_months }, (_, index) => monthBefore(running, index + 1)).filter(
    // An older one that was still open when it was read is read once more.
    month => !current.includes(month) && (!isRead(month) || state.months[month]?.final !== true),
  );
  const extras = (config.forecast ? 1 : 0) + (config.anomalies ? 1 : 0);
  const each = monthRequests(config, state);
  return {
    current,
    backfill,
    extras,
    requests: (current.length + backfill.length) * each + extras,
    daily: Math.ceil(86_400 / config.every) * (2 * each + extras),
  };
}

/** Throws COST_EXPLORER_PLAN_OVER_CAP where an ordinary day would cost more than the cap. */
export function refuseAboveCap(config: CostExplorerConfig, plan: RefreshPlan): void {
  if (plan.daily > requestsWithin(config.max_daily_cost))
    throw new PlumblineError('COST_EXPLORER_PLAN_OVER_CAP', {
      source: config.name,
      requests: plan.daily,
      usd: requestsUsd(plan.daily),
      cap: config.max_daily_cost,
    });
}

/** A sentence or two for `check`, and before the first backfill. */
export function planText(config: CostExplorerConfig, state: State, plan: RefreshPlan): string {
  const each = monthRequests(config, state);
  const months = (count: number) => `${count} ${count === 1 ? 'month' : 'months'}`;
  const cost = (requests: number) => `${requests} paid requests, ${requestsUsd(requests)} USD`;
  const parts = asksCategories(config)
    ? ' (charge categories apart; charge_categories: false takes 1 instead of 7)'
    : '';
  const categories = `at most ${each} requests a month of costs${parts}`;
  const days = Math.ceil(plan.requests / Math.max(1, requestsWithin(config.max_daily_cost) - plan.daily));
  const backfill =
    plan.backfill.length === 0
      ? ''
      : ` with a backfill of ${months(plan.backfill.length)} (${cost(plan.backfill.length * each)}${days > 1 ? `, spread over ${days} days` : ''})`;
  return (
    `the next refresh sends at most ${cost(plan.requests)}${backfill}; an ordinary day at most ${cost(plan.daily)}; ` +
    `${categories}; a page more is a request more; max_daily_cost is ${config.max_daily_cost} USD`
  );
}

/** Complete days of a month by now. */
export function daysOfMonth(month: string, now: Date): Days {
  const next = `${monthBefore(month, -1)}-01`;
  const today = now.toISOString().slice(0, 10);
  return { start: `${month}-01`, end: next < today ? next : today };
}

/**
 * Whether a month that was read now may be left alone: nothing of it is estimated and its bill had five days to settle,
 * or it is so old that no one will say so any more.
 */
export function isFinal(month: string, isEstimated: boolean, now: Date): boolean {
  const end = Date.parse(`${monthBefore(month, -1)}-01T00:00:00Z`);
  const age = (now.getTime() - end) / 86_400_000;
  return age >= 45 || (age >= 5 && !isEstimated);
}

const monthOf = (date: Date) => date.toISOString().slice(0, 7);

function monthBefore(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 - count, 1)).toISOString().slice(0, 7);
}
