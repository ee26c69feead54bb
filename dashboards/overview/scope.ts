/** What the lines of the page have in common: each domain is told of as a whole, so that all have the same question. */
import { results } from '../../exporters/policy/metrics.ts';
import { services } from '../../exporters/scorecard/metrics.ts';
import { findings, imagesByScan } from '../../exporters/supply-chain/metrics.ts';
import { earlier, latest, oneOf, or, type Query, sum, times } from '../lib/promql.ts';
import { costBasis, currency } from '../variables.ts';

export const money = { currency, cost_basis: costBasis };
export const month = { window: '30d' } as const;
export const open = { state: 'open' } as const;
/** Lead times start at the author date and end where all regions have the change, as on the page about delivery. */
export const median = { ...month, percentile: 'p50', clock: 'authored', reach: 'all' } as const;

type Before = '30d' | undefined;

/** 0 as long as any policy is looked at. */
export const ofPolicy = (query: Query<never, true>, before?: Before) =>
  or(query, times(sum(before === undefined ? latest(results) : earlier(results, before)), 0));

/** 0 as long as anything was ever scanned: what nobody looks at is not without findings. */
export const ofSupplyChain = (query: Query<never, true>, before?: Before) => {
  const scanned = { status: oneOf('fresh', 'partial', 'stale') } as const;
  const looked =
    before === undefined
      ? or(sum(latest(findings)), sum(latest(imagesByScan, scanned)))
      : or(sum(earlier(findings, before)), sum(earlier(imagesByScan, before, scanned)));
  return or(query, times(looked, 0));
};

/** 0 as long as there are services. */
export const ofServices = (query: Query<never, true>) => or(query, times(sum(latest(services)), 0));

/** The places of a line: how it stands, how it moved, and what of it needs someone; as wide as their titles at 1280 pixels. */
export const first = { width: 6, height: 3 } as const;
export const moved = { width: 5, height: 3 } as const;
export const needs = { width: 5, height: 3 } as const;
export const needsToo = { width: 4, height: 3 } as const;

export const needsPast = 'needs 30 days of history';
