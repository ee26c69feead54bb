/** What the page's variables choose, and what its rows have in common. */
import { npsQuestion, survey, toldTeams } from '../variables.ts';

export const ofSurvey = { survey };
/** The NPS of the platform that is shown; eNPS is about the employer. */
export const npsOf = { survey, question: npsQuestion, about: 'platform' } as const;
export const enpsOf = { survey, about: 'employer' } as const;
export const ofTeams = { team: toldTeams };

/** People and teams are counted over a week and over four weeks that are over. */
export const fourWeeks = { window: '28d' } as const;
export const week = { window: '7d' } as const;

export const wholeOrganisation = 'Of the whole organisation, whatever is chosen.';
