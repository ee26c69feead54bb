import {
  dimensionScore,
  nps,
  surveyClosed,
  surveyDue,
  surveyResponses,
  surveySuppressed,
  surveyWave,
  surveyWaves,
  teamActiveUsers,
  teamFeatureUsed,
} from '../../exporters/experience/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { age, countBy, joinOn, latest, maxBy, type Query, sumBy, times, unless, until } from '../lib/promql.ts';
import { survey } from '../variables.ts';
import { fourWeeks, ofTeams } from './scope.ts';

const wave = ['survey', 'wave', 'minimum_group'] as const;
const newest = times(maxBy(wave, latest(surveyWave)), 0);
/** What is told of a survey, beside its newest wave and its k. */
const ofNewest = (told: Query<'survey'>) => joinOn(['survey'], newest, '+', told);
const surveys = ['survey'] as const;

const team = ['team'] as const;
const used = maxBy(team, latest(teamFeatureUsed, { ...fourWeeks, ...ofTeams }));
const told = maxBy(team, latest(surveyResponses.team, { survey, ...ofTeams }));

/** What is absent here, and that it is so on purpose. */
export const hidden = row(
  'What is not told, and why?',
  table({
    title: 'Surveys, their newest wave and what is hidden',
    description:
      'What do we not see? A group is not told of where fewer than k answered (the column k, privacy.minimum_group), where all gave the same answer, and where a smaller group would follow by subtracting those that are told from the organisation: then a team is hidden that is large enough. A later release of a wave comes only where it changes no group or at least k people of each. Teams told is of how many something is. Numbers are absent two cadences after their wave; that is not 0.',
    columns: [
      { label: 'survey', title: 'Survey' },
      { label: 'wave', title: 'Newest wave' },
      { label: 'minimum_group', title: 'k' },
    ],
    values: [
      { title: 'Closed ago', query: ofNewest(age(maxBy(surveys, latest(surveyClosed)))), unit: 'seconds' },
      { title: 'Next due in', query: ofNewest(until(maxBy(surveys, latest(surveyDue)))), unit: 'seconds' },
      { title: 'Waves', query: ofNewest(sumBy(surveys, latest(surveyWaves))) },
      { title: 'Teams partly hidden', query: ofNewest(maxBy(surveys, latest(surveySuppressed))), unit: 'count' },
      {
        title: 'Teams told',
        query: ofNewest(countBy(surveys, maxBy(['survey', 'team'], latest(surveyResponses.team, ofTeams)))),
        unit: 'count',
      },
      {
        title: 'With NPS',
        query: ofNewest(
          countBy(surveys, maxBy(['survey', 'team'], latest(nps.team, { about: 'platform', ...ofTeams }))),
        ),
        unit: 'count',
      },
      {
        title: 'With SPACE',
        query: ofNewest(countBy(surveys, maxBy(['survey', 'team'], latest(dimensionScore.team, ofTeams)))),
        unit: 'count',
      },
    ],
    sortedBy: 'Survey',
    whenEmpty: 'no wave of any survey was released yet',
    compact: true,
    width: 24,
    height: 5,
  }),
  table({
    title: 'Teams of which less is told',
    description:
      'Whose answers or people are not told, of the teams of k people or more? 1 is hidden. Answers to the chosen survey: fewer than k took part, or none, or the team is hidden to protect another. People: fewer than k used the portal, all did, or another team would follow. Teams of fewer than k people are in no list.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      {
        title: 'Answers',
        query: countBy(team, unless(used, told)),
        texts: { 1: { text: 'not told', is: 'neutral' } },
      },
      {
        title: 'People',
        query: countBy(team, unless(used, maxBy(team, latest(teamActiveUsers, { ...fourWeeks, ...ofTeams })))),
        texts: { 1: { text: 'not told', is: 'neutral' } },
      },
    ],
    sortedBy: 'Team',
    whenEmpty: 'none, or no portal tells of teams',
    compact: true,
    width: 24,
    height: 5,
  }),
);
