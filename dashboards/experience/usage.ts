import {
  activeTeams,
  activeUsers,
  adoption,
  featureActiveTeams,
  featureActiveUsers,
  featureAdoption,
  featureRetention,
  featureUsed,
  newUsers,
  retention,
  teamActiveUsers,
  teamFeatureUsed,
  usagePeriodEnd,
} from '../../exporters/experience/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToFeature, linksToTeam } from '../lib/links.ts';
import { lines, stat, table } from '../lib/panels.ts';
import { age, andOn, compare, countBy, earlier, latest, maxBy } from '../lib/promql.ts';
import { features } from '../variables.ts';
import { fourWeeks, ofTeams, week, wholeOrganisation } from './scope.ts';
import { tooFewUsed, unusedTexts, usedTexts } from './words.ts';

const feature = ['feature'] as const;
const team = ['team'] as const;
const ofFeatures = { ...fourWeeks, feature: features };
const unused = compare(maxBy(feature, latest(featureUsed, ofFeatures)), '==', 0);
const told = { width: 4, height: 4 } as const;
const noPortal = 'no portal, or nothing published';
const whyAbsent =
  'People are absent, and never 0, where fewer than k used it, where everybody did, and where it would give away a smaller group.';

/** Who uses the portal, who comes back, and what nobody uses. */
export const usage = row(
  'Do they use it?',
  stat({
    title: 'Active people, 4 w',
    description: `How many people used the portal in the newest four weeks that are over? ${whyAbsent} ${wholeOrganisation}`,
    query: maxBy([], latest(activeUsers, fourWeeks)),
    whenEmpty: `no portal, or ${tooFewUsed}`,
    ...told,
  }),
  stat({
    title: 'Active teams, 4 w',
    description: `Of how many teams did somebody use it? ${wholeOrganisation}`,
    query: maxBy([], latest(activeTeams, fourWeeks)),
    whenEmpty: noPortal,
    ...told,
  }),
  stat({
    title: 'Adoption',
    description: `How many of the catalog's teams that have people are these? ${wholeOrganisation}`,
    query: maxBy([], latest(adoption, fourWeeks)),
    whenEmpty: noPortal,
    ...told,
  }),
  stat({
    title: 'Retention',
    description: `Do they come back? Of those who used it in the four weeks before, how many did in the next. Absent where fewer than k did. ${wholeOrganisation}`,
    query: maxBy([], latest(retention, fourWeeks)),
    whenEmpty: `no portal, or ${tooFewUsed}`,
    ...told,
  }),
  stat({
    title: 'Features unused',
    description: 'How many of the declared features did nobody at all use in four weeks? The list below names them.',
    query: countBy([], unused),
    whenEmpty: 'none, or none declared',
    ...told,
  }),
  stat({
    title: 'Period ended ago',
    description:
      'How old are these numbers? Periods are whole weeks and four weeks (Monday to Sunday, UTC), published a day after their end; they do not slide.',
    query: age(maxBy([], latest(usagePeriodEnd, fourWeeks))),
    whenEmpty: noPortal,
    ...told,
  }),
  lines({
    title: 'Active people',
    description: `Does use grow? People who used the portal in a week and in four weeks, and those of them who were new. ${whyAbsent} ${wholeOrganisation}`,
    queries: [
      { query: maxBy([], latest(activeUsers, fourWeeks)), name: 'in four weeks' },
      { query: maxBy([], latest(activeUsers, week)), name: 'in a week' },
      { query: maxBy([], latest(newUsers, fourWeeks)), name: 'new in four weeks' },
    ],
    tellsZeros: true,
    whenEmpty: tooFewUsed,
    width: 8,
  }),
  lines({
    title: 'Adoption and retention',
    description: `Does it reach more teams, and do people stay? Adoption is a share of teams, retention one of people. ${wholeOrganisation}`,
    queries: [
      { query: maxBy([], latest(adoption, fourWeeks)), name: 'adoption, four weeks' },
      { query: maxBy([], latest(adoption, week)), name: 'adoption, week' },
      { query: maxBy([], latest(retention, fourWeeks)), name: 'retention, four weeks' },
    ],
    tellsZeros: true,
    whenEmpty: noPortal,
    width: 8,
  }),
  lines({
    title: 'Teams by feature',
    description: 'Which feature spreads, and which is given up? Teams of which somebody used it in four weeks.',
    queries: [{ query: maxBy(feature, latest(featureActiveTeams, ofFeatures)), name: '{{feature}}' }],
    tellsZeros: true,
    whenEmpty: 'no features declared',
    width: 8,
  }),
  table({
    title: 'Features',
    description: `What is used of what the platform offers? Teams and people that used each declared feature in four weeks, its share of the catalog's teams, and how many of its people came back. ${whyAbsent}`,
    columns: [{ label: 'feature', title: 'Feature', links: linksToFeature }],
    values: [
      { title: 'Teams', query: maxBy(feature, latest(featureActiveTeams, ofFeatures)) },
      { title: 'Adoption', query: maxBy(feature, latest(featureAdoption, ofFeatures)) },
      { title: 'People', query: maxBy(feature, latest(featureActiveUsers, ofFeatures)) },
      { title: 'Retention', query: maxBy(feature, latest(featureRetention, ofFeatures)) },
      { title: 'Used', query: maxBy(feature, latest(featureUsed, ofFeatures)), texts: usedTexts },
    ],
    whenEmpty: 'no features declared',
    width: 14,
  }),
  table({
    title: 'Features that nobody used',
    description:
      'What could be given up, or is not found? Declared features that nobody at all used in four weeks, and of how many teams somebody did a quarter before. A click shows the use of one over a year.',
    columns: [{ label: 'feature', title: 'Feature', links: linksToFeature }],
    values: [
      { title: 'Used, 4 weeks', query: unused, texts: unusedTexts },
      {
        title: 'Teams, 90 d before',
        query: andOn(feature, maxBy(feature, earlier(featureActiveTeams, '90d', ofFeatures)), unused),
      },
    ],
    sortedBy: 'Feature',
    whenEmpty: 'all are used, or none is declared',
    width: 10,
  }),
  table({
    title: 'Teams and their use',
    description: `Who uses the platform? Features that somebody of the team used in four weeks, told of teams of k people or more, and how many of its people used the portal. ${whyAbsent}`,
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      {
        title: 'Features used',
        query: countBy(
          team,
          compare(maxBy(['team', 'feature'], latest(teamFeatureUsed, { ...ofFeatures, ...ofTeams })), '==', 1),
        ),
      },
      {
        title: 'Not used',
        query: countBy(
          team,
          compare(maxBy(['team', 'feature'], latest(teamFeatureUsed, { ...ofFeatures, ...ofTeams })), '==', 0),
        ),
      },
      { title: 'People', query: maxBy(team, latest(teamActiveUsers, { ...fourWeeks, ...ofTeams })) },
    ],
    sortedBy: 'Team',
    whenEmpty: noPortal,
    width: 24,
    height: 9,
  }),
);
