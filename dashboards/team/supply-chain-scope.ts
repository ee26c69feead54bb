/** What the rows about a team's supply chain have in common. */
import { imagesByScan, runningImages } from '../../exporters/supply-chain/metrics.ts';
import { linksToSupplyFindings, linksToSupplyImages } from '../lib/links.ts';
import { latest, oneOf, or, type Query, sum, times } from '../lib/promql.ts';
import { team } from '../variables.ts';

export const mine = { team };
export const found = { team, class: 'vulnerability', state: 'open' } as const;
export const limited = { team, state: oneOf('open', 'unknown') } as const;
export const quarter = { team, window: '90d' } as const;
export const list = (title: string, of: Readonly<Record<string, string>>) => linksToSupplyFindings(title, of, ['team']);
export const images = (title: string, of: Readonly<Record<string, string>>) => linksToSupplyImages(title, of, ['team']);
export const notScanned = 'nothing of this team was scanned';
export const nothingRuns = 'nothing says what it runs';

const scanned = { team, status: oneOf('fresh', 'partial', 'stale') } as const;
/** 0 where nothing is found, as long as any of its images was scanned. */
export const orNone = (query: Query<never, true>): Query<never, true> =>
  or(query, times(sum(latest(imagesByScan, scanned)), 0));

/** 0 as long as it runs anything. */
export const ofRunning = (query: Query<never, true>): Query<never, true> =>
  or(query, times(sum(latest(runningImages, mine)), 0));
