import {
  cycleTime,
  cycleTimeItems,
  itemsDone,
  itemsOpened,
  openAge,
  openByAge,
  roadmapItems,
  throughput,
} from '../../exporters/experience/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { days, lines, ordered, table } from '../lib/panels.ts';
import { eventsByDay, latest, maxBy, oneOf, or, sum, sumBy, times } from '../lib/promql.ts';
import { noRoadmap, ofAreas, ofTeams, open, period, tooFewItems, whateverArea, wholeOrganisation } from './scope.ts';
import { ages, statusWords } from './words.ts';

const area = ['area'] as const;
const team = ['team'] as const;
const all = sumBy(area, latest(roadmapItems, ofAreas));
const inStatus = (status: string) => or(sumBy(area, latest(roadmapItems, { ...ofAreas, status })), times(all, 0));

/** How much gets done, and how long it takes. */
export const flow = row(
  'How much gets done, and how fast?',
  days({
    title: 'Opened and done by day',
    description: `Does as much get done as comes in? Items that were opened on each UTC day (up), feedback among them, and done (down). ${whateverArea}`,
    queries: [
      { query: sum(eventsByDay(itemsOpened, ofTeams)), name: 'came in' },
      { query: times(sum(eventsByDay(itemsDone, ofTeams)), -1), name: 'done' },
    ],
    whenEmpty: 'nothing came in or was done',
    width: 12,
  }),
  lines({
    title: 'Open items by status',
    description: 'Does the list grow, and does more get begun than done?',
    queries: [
      {
        query: sumBy(['status'], latest(roadmapItems, { ...ofAreas, status: oneOf(...open) })),
        name: '{{status}}',
      },
    ],
    words: statusWords,
    whenEmpty: noRoadmap,
    width: 12,
  }),
  lines({
    title: 'Throughput by area',
    description: 'Where does the work go? Items done in the chosen period before each moment, by area.',
    queries: [{ query: sumBy(area, latest(throughput, { ...ofAreas, ...period })), name: '{{area}}' }],
    whenEmpty: 'nothing was done',
    width: 12,
  }),
  lines({
    title: 'Cycle time and age of what is in progress',
    description: `Does it get slower? Of items done in the period before each moment, p50 and p85; and the median age of what is in progress, which tells it before. ${wholeOrganisation}`,
    queries: [
      { query: maxBy([], latest(cycleTime.organisation, { ...period, percentile: 'p50' })), name: 'cycle time, p50' },
      { query: maxBy([], latest(cycleTime.organisation, { ...period, percentile: 'p85' })), name: 'cycle time, p85' },
      {
        query: maxBy([], latest(openAge.organisation, { status: 'in_progress', percentile: 'p50' })),
        name: 'in progress for, p50',
      },
    ],
    whenEmpty: tooFewItems,
    width: 12,
  }),
);

/** What there is, by area and status, how old it is, and which team gets what done. */
export const items = row(
  'What is on the list, and who gets it done?',
  table({
    title: 'Areas and their items',
    description:
      'What is worked on? Items of the chosen teams by area and status, and how many were done in the period; areas beyond the greatest of a team are other, items without one none.',
    columns: [{ label: 'area', title: 'Area' }],
    values: [
      { title: 'In progress', query: inStatus('in_progress') },
      { title: 'To do', query: inStatus('todo') },
      { title: 'Backlog', query: inStatus('backlog') },
      { title: 'Done', query: inStatus('done') },
      { title: 'Cancelled', query: inStatus('cancelled') },
      {
        title: 'Done, period',
        query: or(sumBy(area, latest(throughput, { ...ofAreas, ...period })), times(all, 0)),
      },
    ],
    whenEmpty: noRoadmap,
    compact: true,
    width: 16,
    height: 9,
  }),
  ordered({
    title: 'Open items by age',
    description: `What lies there? Since it was started for one in progress, else since it was created. ${whateverArea}`,
    bars: ages.map(age => ({ query: sum(latest(openByAge, { ...ofTeams, age })), name: age })),
    whenEmpty: noRoadmap,
    width: 8,
    height: 9,
  }),
  table({
    title: 'Teams and what they get done',
    description:
      'What does each team get done? Items done in the period, the median and p85 of their cycle time with its n, and of the age of what is in progress. Items of two teams differ in size: compare a team with its own past.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      { title: 'Done', query: sumBy(team, latest(throughput, { ...ofTeams, ...period })) },
      {
        title: 'Cycle time, p50',
        query: maxBy(team, latest(cycleTime.team, { ...ofTeams, ...period, percentile: 'p50' })),
      },
      {
        title: 'Cycle time, p85',
        query: maxBy(team, latest(cycleTime.team, { ...ofTeams, ...period, percentile: 'p85' })),
      },
      { title: 'n', query: sumBy(team, latest(cycleTimeItems, { ...ofTeams, ...period })) },
      {
        title: 'In progress, p50',
        query: maxBy(team, latest(openAge.team, { ...ofTeams, status: 'in_progress', percentile: 'p50' })),
      },
      {
        title: 'In progress, p85',
        query: maxBy(team, latest(openAge.team, { ...ofTeams, status: 'in_progress', percentile: 'p85' })),
      },
    ],
    sortedBy: 'Team',
    whenEmpty: noRoadmap,
    compact: true,
    width: 24,
    height: 6,
  }),
);
