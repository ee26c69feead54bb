/** What the page's variables choose, and what its rows have in common. */
import { checkInfo, checks, services } from '../../exporters/scorecard/metrics.ts';
import {
  andOn,
  countBy,
  current,
  type LabelValue,
  latest,
  type Matchers,
  maxBy,
  or,
  plus,
  type Query,
  sum,
  times,
  unlessOn,
} from '../lib/promql.ts';
import { askedChecks, scoredServices, scoredTeams } from '../variables.ts';

export const ofTeams = { team: scoredTeams };
export const ofChecks = { check: askedChecks };
export const ofTeamsChecks = { ...ofTeams, ...ofChecks };
/** Everything that the page's variables choose. */
export const chosen = { ...ofTeamsChecks, service: scoredServices };
export const month = { window: '30d' } as const;

export const wholeOrganisation = 'Of the whole organisation, whatever is chosen.';
export const notMeasuredMeans = 'What is not measured is neither: nothing says, or nothing has said for too long.';
export const noServices = 'no services in the catalog';

/** 0 where nothing is counted, as long as there are services. */
export const orNone = (query: Query<never, true>, team: LabelValue = scoredTeams): Query<never, true> =>
  or(query, times(sum(latest(services, { team })), 0));

/** The checks as they are asked for now, with names. */
export const info = maxBy(['check', 'title', 'level', 'required', 'exporter'], current(checkInfo));

/** What is shown of each check of each service, in place of the numbers. */
const codes = { pass: 3, exempt: 2, not_measured: 1, fail: 0 } as const;
export const cellTexts = {
  [codes.pass]: { text: 'pass', is: 'good' },
  [codes.exempt]: { text: 'exempt', is: 'neutral' },
  [codes.not_measured]: { text: '?', is: 'unknown' },
  [codes.fail]: { text: 'fail', is: 'bad' },
} as const;

const cell = ['service', 'check'] as const;

/** How each check of each service stands. Those beyond top_services have one name, and stand in several ways at once. */
export function cells(of: Matchers<'team' | 'service' | 'check'>): Query<(typeof cell)[number], true> {
  const state = (word: keyof typeof codes) =>
    plus(times(countBy(cell, latest(checks, { ...of, state: word })), 0), codes[word]);
  const all = or(or(or(state('fail'), state('not_measured')), state('exempt')), state('pass'));
  return unlessOn(['service'], all, countBy(['service'], latest(checks, { service: 'other' })));
}

/** The same of the checks that a level asks for. */
export const cellsOfLevel = (of: Matchers<'team' | 'service' | 'check'>, level: string) =>
  andOn(['check'], cells(of), countBy(['check'], current(checkInfo, { level })));
