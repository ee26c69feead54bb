import { findings, imagesByScan, runningImages } from '../../exporters/supply-chain/metrics.ts';
import { earlier, latest, oneOf, or, type Query, type Readable, sum, times } from '../lib/promql.ts';
import { severities, suppliedEnvironments, suppliedServices, supplyingTeams } from '../variables.ts';

/** What the page's variables choose, by the labels that a family has. */
export const ofTeams = { team: supplyingTeams };
export const ofPlaces = { ...ofTeams, environment: suppliedEnvironments };
export const ofServices = { ...ofPlaces, service: suppliedServices };
export const ofSeverities = { severity: severities };
/** The same as parameters of the list of findings. */
export const chosenNames = ['team', 'service', 'environment'] as const;
/** Of what no service is told. */
export const chosenPlaces = ['team', 'environment'] as const;
export const chosenSeverity = [...chosenNames, 'severity'] as const;

export const vulnerability = { class: 'vulnerability' } as const;
export const open = { state: 'open' } as const;
/** Vulnerabilities of what is chosen, whatever their state. */
export const chosen = { ...ofServices, ...ofSeverities, ...vulnerability };
export const found = { ...chosen, ...open };

export const wholeOrganisation = 'Of the whole organisation, whatever is chosen.';
export const notScanned = 'nothing was scanned yet';
export const nothingRuns = 'nothing says what runs';

/** 0 as long as anything at all was ever scanned: what nobody looks at is not without findings. */
export const looked = (before?: '30d') => {
  const scanned = { ...ofServices, status: oneOf('fresh', 'partial', 'stale') } as const;
  const [all, images] =
    before === undefined
      ? [latest(findings, ofServices), latest(imagesByScan, scanned)]
      : [earlier(findings, before, ofServices), earlier(imagesByScan, before, scanned)];
  return times(or(sum(all), sum(images)), 0);
};
export const orNone = (query: Query<never, true>, before?: '30d'): Query<never, true> => or(query, looked(before));

/** 0 as long as anything runs. */
export const ofRunning = (query: Query<never, true>): Query<never, true> =>
  or(query, times(sum(latest(runningImages, ofServices)), 0));

/** Running images by each status there may be: one that none has is at 0, for its line would else end at what it was. */
export const byStatus = (
  metric: Readable<string, 'state', 'team' | 'service' | 'environment' | 'status', true>,
  words: Readonly<Record<string, string>>,
) =>
  Object.keys(words).map(status => ({
    query: ofRunning(sum(latest(metric, { ...ofServices, status }))),
    name: status,
  }));
