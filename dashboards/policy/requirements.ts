import { results, violations } from '../../exporters/policy/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToFindings } from '../lib/links.ts';
import { lines, matrix } from '../lib/panels.ts';
import { dividedBy, latest, oneOf, or, sumBy, times } from '../lib/promql.ts';
import { compliance, violationCounts } from '../thresholds.ts';
import { chosen, chosenNames, open } from './scope.ts';
import { requirementWords } from './words.ts';

const crossed = ['requirement', 'team'] as const;
const found = sumBy(crossed, latest(violations, { ...chosen, ...open }));
const evaluated = sumBy(crossed, latest(results, { ...chosen, outcome: oneOf('pass', 'fail') }));
const passed = sumBy(crossed, latest(results, { ...chosen, outcome: 'pass' }));

const rows = {
  label: 'requirement',
  title: 'Requirement',
  words: requirementWords,
  links: linksToFindings(
    'List its open violations',
    { ...open, requirement: `\${__value.raw}` },
    chosenNames.filter(name => name !== 'requirement'),
  ),
} as const;

/** What a platform asks for, whichever engine checks it, by whose it is. */
export const violated = row(
  'What is violated, and whose is it?',
  matrix({
    title: 'Open violations, requirements and teams',
    description:
      'What does each team have to mend? Whichever engine checks it, a requirement is one line; a dash is what nobody looks at. Teams differ in size: compare a team with its own past, not with another.',
    query: or(found, times(evaluated, 0)),
    rows,
    columns: 'team',
    thresholds: violationCounts,
    whenEmpty: 'no reports yet',
    more: linksToFindings('List open violations', open, chosenNames),
    width: 24,
    height: 13,
  }),
  matrix({
    title: 'Compliance, requirements and teams',
    description:
      'How much of what was looked at is well? Passes over passes and failures; 0 % beside few violations is an engine that tells only failures.',
    query: dividedBy(or(passed, times(evaluated, 0)), evaluated),
    rows,
    columns: 'team',
    thresholds: compliance,
    otherwise: 'bad',
    whenEmpty: 'no reports yet',
    width: 24,
    height: 13,
  }),
  lines({
    title: 'Open violations by requirement',
    description: 'Which requirement moves? Open violations of what is chosen, as they were known on each day.',
    queries: [{ query: sumBy(['requirement'], latest(violations, { ...chosen, ...open })), name: '{{requirement}}' }],
    words: requirementWords,
    whenEmpty: 'no violations',
    width: 24,
    height: 11,
  }),
);
