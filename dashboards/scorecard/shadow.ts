import { shadowChanges, shadowCost, shadowFindings, shadowSubjects } from '../../exporters/scorecard/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToShadowOfKind } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { latest, maxBy, sumBy } from '../lib/promql.ts';
import { anyToActOn } from '../thresholds.ts';
import { month } from './scope.ts';
import { kindWords } from './words.ts';

const kind = ['kind'] as const;
const noShadow = 'nothing, or no domain tells';
const changed = (direction: 'appeared' | 'gone') => sumBy(kind, latest(shadowChanges, { ...month, direction }));

/** What nothing in the catalog explains, and what it costs. */
export const shadow = row(
  'What is there that nobody owns?',
  table({
    title: 'Shadow IT',
    description:
      'What have domains seen that nothing in the catalog explains? How many of each kind, what appeared and what is gone within 30 days (explained, or no longer seen), and the results that fail in them. The kind leads to the list, which says who saw each, and when first. A kind without findings is one of which nobody looks for any.',
    columns: [{ label: 'kind', title: 'Kind', words: kindWords, links: linksToShadowOfKind }],
    values: [
      { title: 'Now', query: sumBy(kind, latest(shadowSubjects)), thresholds: anyToActOn },
      { title: 'Appeared', query: changed('appeared') },
      { title: 'Gone', query: changed('gone') },
      { title: 'Findings', query: sumBy(kind, latest(shadowFindings)) },
    ],
    whenEmpty: noShadow,
    width: 14,
    height: 8,
  }),
  table({
    title: 'What it costs, 30 days',
    description:
      'What do we pay for what nobody owns? Effective cost of the last 30 complete days of resources and accounts, each to two digits, so that sums are near, and not exact.',
    columns: [
      { label: 'kind', title: 'Kind', words: kindWords, links: linksToShadowOfKind },
      { label: 'currency', title: 'Currency' },
    ],
    values: [{ title: 'Cost', query: maxBy(['kind', 'currency'], latest(shadowCost)) }],
    whenEmpty: 'costs nothing, or no bill tells',
    width: 10,
    height: 8,
  }),
);
