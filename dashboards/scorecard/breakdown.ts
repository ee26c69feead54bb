import { checkChanges, checkConformance, checks } from '../../exporters/scorecard/metrics.ts';
import { servicesByChecks } from '../common/checks.ts';
import { row } from '../lib/dashboard.ts';
import { linksToServicesOfCheck } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { andOn, countBy, labelledBy, latest, maxBy, or, type Query, sumBy, times } from '../lib/promql.ts';
import { anyToActOn, compliance } from '../thresholds.ts';
import { chosen, info, month, noServices, ofTeamsChecks } from './scope.ts';
import { exporterWords, levelWords, requiredWords } from './words.ts';

const check = ['check'] as const;
const named = ['title', 'level', 'required', 'exporter'] as const;
/** Only of checks that are asked for now, each with its names. */
const ofAsked = <Additive extends boolean>(query: Query<'check', Additive>) => labelledBy(check, query, info, named);
const all = sumBy(check, latest(checks, chosen));
const standing = (state: 'fail' | 'not_measured' | 'exempt') =>
  or(sumBy(check, latest(checks, { ...chosen, state })), times(all, 0));

/** Which checks are passed, and by how many. */
export const byCheck = row(
  'Which checks are passed?',
  table({
    title: 'Checks',
    description:
      'What do services fail most? Of each check the share of the services of the whole organisation that pass it, of those that it is measured of; and of the chosen services those that fail it, of which it is not measured, that are exempt, and that newly fail it within 30 days. The check leads to the list with the place where each is mended; GET /api/scorecard/checks tells the evidence.',
    columns: [
      { label: 'check', title: 'Check', links: linksToServicesOfCheck },
      { label: 'title', title: 'Asks for' },
      { label: 'level', title: 'Level', words: levelWords, width: 85 },
      { label: 'required', title: 'Required', words: requiredWords, width: 90 },
      { label: 'exporter', title: 'Facts of', words: exporterWords, width: 115 },
    ],
    values: [
      {
        title: 'Pass',
        query: ofAsked(andOn(check, maxBy(check, latest(checkConformance)), countBy(check, all))),
        thresholds: [{ from: 0, is: 'bad' }, ...compliance],
      },
      { title: 'Fail', query: ofAsked(standing('fail')) },
      { title: 'Not known', query: ofAsked(standing('not_measured')) },
      { title: 'Exempt', query: ofAsked(standing('exempt')) },
      {
        title: 'Newly failing',
        query: ofAsked(
          or(sumBy(check, latest(checkChanges, { ...ofTeamsChecks, ...month, direction: 'failing' })), times(all, 0)),
        ),
        thresholds: anyToActOn,
      },
    ],
    first: 'least',
    whenEmpty: noServices,
    compact: true,
    width: 24,
    height: 14,
  }),
);

/** Every check of every service. */
export const byService = row('Which services pass them?', ...servicesByChecks(chosen, 15));
