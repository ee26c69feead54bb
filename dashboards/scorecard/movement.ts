import {
  checkChanges,
  checks,
  requiredLost,
  services,
  servicesByLevel,
  shadowSubjects,
  teamConformance,
  teamMeasured,
} from '../../exporters/scorecard/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToServicesOfCheck, linksToTeam } from '../lib/links.ts';
import { lines, table } from '../lib/panels.ts';
import {
  compare,
  earlier,
  joinOn,
  labelledBy,
  latest,
  maxBy,
  minus,
  or,
  type Query,
  sum,
  sumBy,
  times,
} from '../lib/promql.ts';
import { anyToActOn, conformanceMoves, coveredShares, noneAllowed } from '../thresholds.ts';
import { info, month, noServices, ofTeams, ofTeamsChecks } from './scope.ts';
import { changeWords, kindWords, levelWords } from './words.ts';

const team = ['team'] as const;
const teamCheck = ['team', 'check'] as const;
const conformance = maxBy(team, latest(teamConformance, ofTeams));
const all = sumBy(team, latest(services, ofTeams));
/** 0 for a team that has services: of each it is known what changed. */
const ofTeamsWith = (query: Query<'team', true>) => or(query, times(all, 0));
const changed = (direction: 'failing' | 'recovered') => latest(checkChanges, { ...ofTeamsChecks, ...month, direction });
/** 0 as long as there are services, so that a line does not end at what it was. */
const there = times(sum(latest(services, ofTeams)), 0);

/** Whether services come nearer. */
export const movement = row(
  'How did it move?',
  lines({
    title: 'Conformance by team',
    description:
      'Which teams come nearer, and which drift? The share of the checks of their services that passes, of what is measured, as it was known on each day.',
    queries: [{ query: conformance, name: '{{team}}' }],
    tellsZeros: true,
    most: 1,
    links: linksToTeam(undefined, { currency: false }),
    whenEmpty: 'nothing is measured yet',
    width: 24,
    height: 9,
  }),
  lines({
    title: 'Services by level',
    description:
      'Do more services reach the levels? A service has a level where no check of it, and of those below, fails or is not measured.',
    queries: Object.keys(levelWords).map(level => ({
      query: or(sum(latest(servicesByLevel, { ...ofTeams, level })), there),
      name: level,
    })),
    words: levelWords,
    tellsZeros: true,
    whenEmpty: noServices,
    width: 8,
    height: 11,
  }),
  lines({
    title: 'Checks that changed within 30 days',
    description:
      'Is more broken than mended? Checks of services that fail and passed 30 days before, and that pass and failed then.',
    queries: Object.keys(changeWords).map(direction => ({
      query: or(sum(latest(checkChanges, { ...ofTeamsChecks, ...month, direction })), there),
      name: direction,
    })),
    words: changeWords,
    tellsZeros: true,
    whenEmpty: noServices,
    width: 8,
    height: 11,
  }),
  lines({
    title: 'In the shadow, by kind',
    description: 'Does what nobody owns grow? Of the whole organisation: what no one owns is of no team.',
    queries: [{ query: sumBy(['kind'], latest(shadowSubjects)), name: '{{kind}}' }],
    words: kindWords,
    tellsZeros: true,
    whenEmpty: 'nothing, or no domain tells',
    width: 8,
    height: 11,
  }),
);

/** Whose services moved, and by which checks. */
export const drift = row(
  'Who drifts, and why?',
  table({
    title: 'Teams',
    description:
      'Where do teams stand, against 30 days before? Conformance of what is measured, how it moved in points, how much is measured, services of the catalog, the checks of services that newly fail and that recovered within 30 days, and the required ones that were lost within 7. A team of which nothing is measured has no conformance.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      { title: 'Conformance', query: conformance },
      {
        title: 'Since 30 d',
        query: minus(conformance, maxBy(team, earlier(teamConformance, '30d', ofTeams))),
        thresholds: conformanceMoves,
      },
      { title: 'Measured', query: maxBy(team, latest(teamMeasured, ofTeams)), thresholds: coveredShares },
      { title: 'Services', query: all },
      { title: 'Newly failing', query: ofTeamsWith(sumBy(team, changed('failing'))), thresholds: anyToActOn },
      { title: 'Recovered', query: ofTeamsWith(sumBy(team, changed('recovered'))) },
      {
        title: 'Lost',
        query: ofTeamsWith(sumBy(team, latest(requiredLost, ofTeamsChecks))),
        thresholds: noneAllowed,
      },
    ],
    first: 'least',
    whenEmpty: noServices,
    compact: true,
    width: 24,
    height: 11,
  }),
  table({
    title: 'What newly fails, 30 days',
    description:
      'By which checks do teams drift? Services that fail a check which they passed 30 days before, beside those that recovered, and those that fail it at all. The check leads to the list with the place where each is mended.',
    columns: [
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
      { label: 'check', title: 'Check', links: linksToServicesOfCheck },
      { label: 'title', title: 'Asks for' },
    ],
    values: [
      {
        title: 'Newly failing',
        query: labelledBy(['check'], compare(sumBy(teamCheck, changed('failing')), '>', 0), info, ['title']),
      },
      {
        title: 'Recovered',
        query: labelledBy(
          ['check'],
          joinOn(
            teamCheck,
            times(compare(sumBy(teamCheck, changed('failing')), '>', 0), 0),
            '+',
            sumBy(teamCheck, changed('recovered')),
          ),
          info,
          ['title'],
        ),
      },
      {
        title: 'Failing',
        query: labelledBy(
          ['check'],
          joinOn(
            teamCheck,
            times(compare(sumBy(teamCheck, changed('failing')), '>', 0), 0),
            '+',
            sumBy(teamCheck, latest(checks, { ...ofTeamsChecks, state: 'fail' })),
          ),
          info,
          ['title'],
        ),
      },
    ],
    whenEmpty: 'nothing newly fails',
    width: 24,
    height: 9,
  }),
);
