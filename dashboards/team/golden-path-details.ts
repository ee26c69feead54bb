import { checkExemptions, failingSince } from '../../exporters/scorecard/metrics.ts';
import { failingColumns, named, servicesByChecks } from '../common/checks.ts';
import { details } from '../lib/dashboard.ts';
import { linksToServicesOfCheck } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { age, latest, minBy, sumBy } from '../lib/promql.ts';
import { exemptionWords } from '../scorecard/words.ts';
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
    columns: failingColumns,
    values: [
      {
        title: 'Fails for',
        query: named(age(minBy(['service', 'check'], latest(failingSince, mine)))),
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
