/** What the platform team was asked for, promised and shipped. */
import type { Row } from '../../core/ledger.ts';
import { span, table } from '../../formats/markdown.ts';
import type { ExperienceFacts } from './facts.ts';

const none = '–';
const heading = '## Roadmap';
const outcomes = ['kept', 'late', 'dropped', 'open', 'missed'] as const;

type Family = Parameters<ExperienceFacts['all']>[0];

/** Of all teams together where `team` is undefined. */
export function roadmapSection(facts: ExperienceFacts, team: string | undefined): string {
  const rowsAt = (family: Family, end: 0 | 1 | 2, keeps: (row: Row) => boolean = () => true) =>
    facts.all(family)[end].filter(row => (team === undefined || row.team === team) && keeps(row));
  const sum = (rows: readonly Row[]) => rows.reduce((total, row) => total + Number(row.value), 0);
  if ((['itemsOpened', 'promises', 'feedbackOpen'] as const).every(family => rowsAt(family, 2).length === 0))
    return `${heading}\n\nNo tracker tells of a roadmap here.`;
  const within = (family: Family) =>
    ([1, 2] as const).map(end => String(sum(rowsAt(family, end)) - sum(rowsAt(family, end === 1 ? 0 : 1))));
  const atEnd = (family: Family, keeps: (row: Row) => boolean) =>
    ([1, 2] as const).map(end => String(sum(rowsAt(family, end, keeps))));
  const answer = ([1, 2] as const).map(end => {
    const row = facts.of('firstAnswer', team)[end].find(one => one.window === '30d' && one.percentile === 'p50');
    return row === undefined ? none : span(Number(row.value));
  });
  const rows = [
    ['Items opened', ...within('itemsOpened')],
    ['Items done', ...within('itemsDone')],
    ['Feedback first answered (30 days to its end)', ...atEnd('firstAnswerItems', row => row.window === '30d')],
    ['Median time to the first answer (of these)', ...answer],
    ['Feedback without an answer at its end', ...atEnd('feedbackOpen', row => row.state === 'unanswered')],
  ];
  const quarters = [...new Set(rowsAt('promises', 2).map(row => String(row.quarter)))].sort().reverse();
  const promised = quarters.map(quarter => {
    const of = (outcome?: string) =>
      sum(rowsAt('promises', 2, row => row.quarter === quarter && (outcome === undefined || row.outcome === outcome)));
    return [quarter, String(of()), ...outcomes.map(outcome => String(of(outcome)))];
  });
  const told =
    promised.length === 0
      ? 'No quarter is known whose first day came after the tracker was first read.'
      : table(
          ['Quarter', 'Promised', ...outcomes.map(outcome => outcome.replace(/^./, first => first.toUpperCase()))],
          promised,
        );
  return `${heading}\n\n${table(['', facts.before, facts.month], rows)}\n\n${none} is too few to tell.\n\n### What was promised\n\n${told}`;
}
