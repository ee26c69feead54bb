import {
  compared,
  type Exactly,
  eventsWithin,
  type Matchers,
  or,
  plus,
  type Query,
  type Readable,
} from '../lib/promql.ts';
import { engines, policedEnvironments, policedServices, policedTeams, requirements } from '../variables.ts';

/** What the page's variables choose, by the labels that a family has. */
export const ofTeams = { team: policedTeams };
export const ofEngines = { engine: engines };
export const ofPolicies = { engine: engines, requirement: requirements };
export const ofTeamsPolicies = { ...ofTeams, ...ofPolicies };
export const chosen = { ...ofTeamsPolicies, service: policedServices, environment: policedEnvironments };
/** The same as parameters of the list of findings. */
export const chosenNames = ['team', 'service', 'environment', 'engine', 'requirement'] as const;

/** What has been found and is not known to be resolved. */
export const open = { state: 'open' } as const;

export const wholeOrganisation = 'Of the whole organisation, whatever is chosen.';

/** What a violation leads to, from the gravest on. */
export const modes = ['enforce', 'warn', 'dryrun', 'audit'] as const;

/** The sum of two queries of which either may find nothing. */
export const both = <Label extends string>(one: Query<Label, true>, other: Query<Label, true>): Query<Label, true> =>
  or(or(plus(one, other), one), other);

/** Of what was found for the first time, and of what came back: all that was opened within a window. */
export const openedWithin = <Label extends string, M extends Matchers<Label>>(
  [opened, reopened]: readonly [Readable<string, 'count', Label>, Readable<string, 'count', Label>],
  window: '1d' | '7d' | '30d',
  matchers: Exactly<M, Label>,
): Query<Label, true> =>
  both(eventsWithin(opened, window, compared(matchers)), eventsWithin(reopened, window, compared(matchers)));
