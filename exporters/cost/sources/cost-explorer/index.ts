/**
 * The source `cost-explorer`: AWS Cost Explorer's daily costs by cubes of one or two keys, its forecast and anomalies,
 * and AWS Budgets. Costs come a month at a time, the newest first, each month one batch and one origin: a month that is
 * read again posts the differences. The running month's complete days are read, and the last month until it is final.
 *
 * BilledCost is UnblendedCost, EffectiveCost is AmortizedCost; Cost Explorer has no list and no contracted cost. Every
 * request is paid for: see plan.ts and meter.ts.
 */
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import type { ReadsOf } from '../../bills/reads.ts';
import { deliverRecords } from '../../bills/records.ts';
import { PlumblineError } from '../../errors.ts';
import { type AwsClient, createAwsClient, type Patience } from './client.ts';
import type { CostExplorerConfig } from './config.ts';
import { noteAccountNames, postCubes } from './cubes.ts';
import { isUnavailable } from './forecast.ts';
import { compareWithKnown, originOf } from './known.ts';
import { createMeter, type Meter, requestsUsd } from './meter.ts';
import { type MonthAnswer, readMonth } from './month.ts';
import {
  daysOfMonth,
  isFinal,
  monthRequests,
  planRefresh,
  planText,
  type RefreshPlan,
  refuseAboveCap,
  type State,
} from './plan.ts';
import { focusRecords, hasTags } from './records.ts';
import { refuseHeldMonth, standing } from './standing.ts';
import { statementsBatch } from './statements.ts';

/** Errors of a refresh: see client.ts, query.ts, month.ts and known.ts; COST_EXPLORER_PLAN_OVER_CAP and AUTHORITY_CONFLICT before it is asked. */
export function costExplorerSource(config: CostExplorerConfig, readsOf: ReadsOf, patience: Patience = {}): PullSource {
  const { name } = config;
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async context => {
      const { state, shape } = await standing(config, readsOf, context);
      const plan = planRefresh(config, state, shape, context.now());
      refuseAboveCap(config, plan);
      return {
        requests: plan.requests,
        money: { amount: requestsUsd(plan.requests), currency: 'USD' },
        text: planText(config, state, plan),
      };
    },
    mayRetry: async context => {
      const { state, shape } = await standing(config, readsOf, context);
      const plan = planRefresh(config, state, shape, context.now());
      const meter = createMeter(context.ledger, { source: name, cap: config.max_daily_cost, now: context.now });
      const requests = plan.current.length * monthRequests(config, state) + plan.extras;
      return hasRoom(config, requests, { state, plan, meter, now: context.now() });
    },
    batches: async function* (context) {
      const standingNow = await standing(config, readsOf, context);
      const { shape } = standingNow;
      let { state } = standingNow;
      const plan = planRefresh(config, state, shape, context.now());
      refuseAboveCap(config, plan);
      if (plan.backfill.length > 0) context.log.info({ requests: plan.requests }, planText(config, state, plan));
      const meter = createMeter(context.ledger, { source: name, cap: config.max_daily_cost, now: context.now });
      const client = createAwsClient({ ...patience, config, meter, signal: context.signal, now: context.now });
      const failures: unknown[] = [];
      // One part's failure keeps no other from being read, unless it would fail too.
      const attempt = async <T>(part: () => Promise<T>): Promise<T | undefined> => {
        try {
          return await part();
        } catch (error) {
          context.signal.throwIfAborted();
          if (isEverywhere(error)) throw error;
          failures.push(error);
          return undefined;
        }
      };
      const total = plan.current.length + plan.backfill.length;
      let done = 0;
      const monthBatch = async (month: string): Promise<Batch | undefined> => {
        const answer = await attempt(() => answerOf(client, config, month, context));
        context.progress(++done, total, 'months');
        if (answer === undefined) return undefined;
        const known = { final: answer.isFinal, requests: answer.month?.requests ?? 0, shape };
        state = {
          ...state,
          months: { ...state.months, [month]: known },
          currency: answer.month?.cubes[0]?.rows[0]?.currency ?? state.currency,
        };
        return answer.month === undefined
          ? { cursor: state, write: async () => ({ records: 0, changed: 0, rejected: {} }) }
          : deliver(config, readsOf, { context, answer: answer.month, isFinal: answer.isFinal, cursor: state });
      };
      try {
        for (const month of plan.current) {
          const batch = await monthBatch(month);
          if (batch) yield batch;
        }
        const statements = await attempt(() => statementsBatch(config, client, { context, state, attempt }));
        if (statements) yield statements;
        for (const month of plan.backfill) {
          if (!(await hasRoom(config, monthRequests(config, state), { state, plan, meter, now: context.now() }))) {
            context.log.info(
              { month, left: plan.backfill.length - (done - plan.current.length) },
              'the backfill goes on when max_daily_cost allows it',
            );
            break;
          }
          const batch = await monthBatch(month);
          if (batch) yield batch;
        }
      } finally {
        client.close();
      }
      for (const err of failures.slice(1)) context.log.error({ err }, 'a part of the refresh failed');
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** What would stop every other request as well. */
const isEverywhere = (error: unknown) =>
  !(error instanceof PlumblineError) ||
  ['AWS_CREDENTIALS', 'AWS_THROTTLED', 'AWS_TIMEOUT', 'COST_EXPLORER_OVER_CAP'].includes(error.code);

/** A month's answer; none where AWS keeps that month no more, which is final. */
async function answerOf(
  client: AwsClient,
  config: CostExplorerConfig,
  month: string,
  context: SourceContext,
): Promise<{ readonly month?: MonthAnswer; readonly isFinal: boolean }> {
  await refuseHeldMonth(config, month, context.ledger);
  const days = daysOfMonth(month, context.now());
  try {
    const answer = await readMonth(client, config, days);
    await compareWithKnown(context.ledger, config, answer);
    const { requests, rounding, unknownRecordTypes, isEstimated } = answer;
    context.log.info({ month, requests, usd: requestsUsd(requests), rounding, isEstimated }, 'read a month of costs');
    if (unknownRecordTypes.length > 0)
      context.log.warn({ month, recordTypes: unknownRecordTypes }, 'unknown record types count as usage');
    return { month: answer, isFinal: isFinal(month, isEstimated, context.now()) };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    context.log.info({ month }, 'AWS has no costs of the month');
    return { isFinal: isFinal(month, false, context.now()) };
  }
}

/** Whether so many requests more leave enough of the cap for the refreshes that the day still has. */
async function hasRoom(
  config: CostExplorerConfig,
  requests: number,
  about: { readonly state: State; readonly plan: RefreshPlan; readonly meter: Meter; readonly now: Date },
): Promise<boolean> {
  const each = monthRequests(config, about.state);
  const secondsLeft = 86_400 - ((about.now.getTime() / 1000) % 86_400);
  const refreshesLeft = Math.floor(secondsLeft / config.every);
  return (await about.meter.left()) >= requests + refreshesLeft * (2 * each + about.plan.extras);
}

interface MonthDelivery {
  readonly context: SourceContext;
  readonly answer: MonthAnswer;
  readonly isFinal: boolean;
  readonly cursor: State;
}

function deliver(config: CostExplorerConfig, readsOf: ReadsOf, delivery: MonthDelivery): Promise<Batch> {
  const { context, answer, cursor } = delivery;
  const { name: source, role } = config;
  return deliverRecords(context, readsOf, {
    source,
    role,
    origin: originOf(config, answer.days.start.slice(0, 7)),
    records: focusRecords(config, answer),
    tagless: !hasTags(config.cubes[0] ?? []),
    cursor,
    status: delivery.isFinal && !answer.isEstimated ? 'Closed' : 'Open',
    also: async tx => {
      await postCubes(tx, answer, { source, now: context.now() });
      await noteAccountNames(tx, answer.accountNames, context.now());
    },
  });
}
