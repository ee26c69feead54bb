import {
  documentationViews,
  firstSuccess,
  goldenPathSuccess,
  goldenPathUsers,
  organisationTemplateSuccess,
  searches,
  templateDuration,
  templateSuccess,
  templateTasks,
  templateTasksStarted,
  undeclaredEvents,
  usageEvents,
} from '../../exporters/experience/metrics.ts';
import { details, row } from '../lib/dashboard.ts';
import { linksToFeature } from '../lib/links.ts';
import { days, ranking, table } from '../lib/panels.ts';
import { compare, eventsByDay, eventsWithin, latest, maxBy, oneOf, sum, sumBy } from '../lib/promql.ts';
import { features } from '../variables.ts';
import { ofTeams, wholeOrganisation } from './scope.ts';
import { tooFewUsed } from './words.ts';

const feature = ['feature'] as const;
const template = ['template'] as const;
const month = { window: '30d' } as const;
const tasks = (status: string) => sumBy(template, latest(templateTasks, { ...month, status }));

/** Whether what leads to something that works does. */
export const paths = row(
  'Do golden paths lead there?',
  table({
    title: 'Time to first success',
    description: `How long does it take whoever begins to get something that works? Of those who first used a golden path in four weeks and were watched for four more: the median time to their first success (Kaplan-Meier, those without one are in it), how many had one, and how many they are. Absent where fewer than half had one, and where ${tooFewUsed}.`,
    columns: [{ label: 'feature', title: 'Feature', links: linksToFeature }],
    values: [
      { title: 'Median', query: maxBy(feature, latest(firstSuccess, { feature: features })) },
      { title: 'Succeeded', query: maxBy(feature, latest(goldenPathSuccess, { feature: features })) },
      { title: 'n: people', query: maxBy(feature, latest(goldenPathUsers, { feature: features })) },
    ],
    sortedBy: 'Feature',
    whenEmpty: `no golden path, or ${tooFewUsed}`,
    width: 9,
    height: 6,
  }),
  table({
    title: 'Templates and what came of their tasks',
    description: `Which template fails? Tasks begun in 30 days by their outcome, the share of those that ended which were completed, and the median time they took; absent below k tasks. ${wholeOrganisation}`,
    columns: [{ label: 'template', title: 'Template' }],
    values: [
      { title: 'Completed', query: tasks('completed') },
      { title: 'Failed', query: tasks('failed') },
      { title: 'Cancelled', query: tasks('cancelled') },
      {
        title: 'Running',
        query: sumBy(template, latest(templateTasks, { ...month, status: oneOf('open', 'processing') })),
      },
      { title: 'Success', query: maxBy(template, latest(templateSuccess, month)) },
      { title: 'Median time', query: maxBy(template, latest(templateDuration, { ...month, statistic: 'p50' })) },
    ],
    sortedBy: 'Template',
    whenEmpty: 'no tasks in 30 days',
    compact: true,
    width: 15,
    height: 6,
  }),
);

/** Acts, not people. */
export const acts = details(
  'Details: what is done in the portal, by acts',
  days({
    title: 'Acts by day',
    description: `What do people do? Acts in the portal on each UTC day, whoever did them. ${wholeOrganisation}`,
    queries: [{ query: sumBy(['action'], eventsByDay(usageEvents)), name: '{{action}}' }],
    whenEmpty: 'no portal',
    width: 12,
  }),
  days({
    title: 'Tasks of templates begun by day',
    description: `Are templates used? Tasks that were begun on each UTC day. ${wholeOrganisation}`,
    queries: [{ query: sum(eventsByDay(templateTasksStarted)), name: 'begun' }],
    whenEmpty: 'none',
    width: 6,
  }),
  days({
    title: 'Searches by result',
    description: `Do people find what they look for? unknown is a portal that does not say it. ${wholeOrganisation}`,
    queries: [{ query: sumBy(['result'], eventsByDay(searches)), name: '{{result}}' }],
    whenEmpty: 'none',
    width: 6,
  }),
  ranking({
    title: 'Used, and not declared',
    description:
      'What is used that experience.features says nothing of? Acts of 30 days that belong to no declared feature, by plug-in.',
    query: compare(sumBy(['plugin'], eventsWithin(undeclaredEvents, '30d')), '>', 0),
    name: '{{plugin}}',
    whenEmpty: 'nothing',
    width: 8,
  }),
  ranking({
    title: 'Documentation read, by its team',
    description: 'Whose documentation is read? Pages viewed in 30 days, by the team that they are of, not by readers.',
    query: compare(sumBy(['team'], eventsWithin(documentationViews, '30d', ofTeams)), '>', 0),
    name: '{{team}}',
    whenEmpty: 'none',
    width: 8,
  }),
  ranking({
    title: 'Success of all templates',
    description: `Do tasks come to a good end? The share that was completed of those that ended, of those begun in 7, 30 and 90 days. ${wholeOrganisation}`,
    query: maxBy(['window'], latest(organisationTemplateSuccess)),
    name: '{{window}}',
    most: 1,
    whenEmpty: 'too few',
    width: 8,
  }),
);
