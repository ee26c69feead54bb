import { checkExemptions, failingSince } from '../../exporters/scorecard/metrics.ts';
import { servicesByChecks } from '../common/checks.ts';
import { details } from '../lib/dashboard.ts';
import { linksToCheckOfService, linksToChecksOfService, linksToServicesOfCheck } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { age, labelledBy, latest, minBy, sumBy } from '../lib/promql.ts';
import { info } from '../scorecard/scope.ts';
import { exemptionWords, levelWords, requiredWords } from '../scorecard/words.ts';
import { team } from '../variables.ts';

const mine = { team } as const;

/** What each service passes, and what is to be mended since when. */
export const goldenPathDetails = details(
  'Golden path of $team, service by service',
  ...servicesByChecks(mine, 8),
  table({
    title: 'What fails of it, and since when',
    description:
      'What is to be mended, and how long has it waited? The check leads to the evidence with the link to the place where it is mended.',
    columns: [
      { label: 'service', title: 'Service', links: linksToChecksOfService },
      { label: 'check', title: 'Check', links: linksToCheckOfService },
      { label: 'title', title: 'Asks for' },
      { label: 'level', title: 'Level', words: levelWords, width: 85 },
      { label: 'required', title: 'Required', words: requiredWords, width: 90 },
    ],
    values: [
      {
        title: 'Fails for',
        query: labelledBy(['check'], age(minBy(['service', 'check'], latest(failingSince, mine))), info, [
          'title',
          'level',
          'required',
        ]),
      },
    ],
    whenEmpty: 'nothing fails',
    width: 16,
  }),
  table({
    title: 'What it is exempt from',
    description: 'What are services of the team let off? What is about to end has to be passed then.',
    columns: [
      { label: 'check', title: 'Check', links: linksToServicesOfCheck },
      { label: 'status', title: 'Status', words: exemptionWords },
    ],
    values: [{ title: 'Services', query: sumBy(['check', 'status'], latest(checkExemptions, mine)) }],
    whenEmpty: 'nothing',
    width: 8,
  }),
);
