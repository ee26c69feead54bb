/** What developers say, as it was told at the end of the month: the newest waves with their n, intervals and changes. */
import type { Row } from '../../core/ledger.ts';
import { percent, table } from '../../formats/markdown.ts';
import type { ExperienceFacts } from './facts.ts';

const none = '–';
const heading = "## Developers' voice";

/** Of the organisation where `team` is undefined. */
export function voice(facts: ExperienceFacts, team: string | undefined): string {
  const parts = [participation, recommendation, dimensions].map(part => part(facts, team)).filter(text => text !== '');
  if (facts.all('surveyWave')[2].length === 0)
    return `${heading}\n\nNo wave of a survey was told of by the end of the month.`;
  if (parts.length === 0)
    return `${heading}\n\nNothing of the newest waves is told of ${team === undefined ? 'the organisation' : 'this team by itself'}: too few answered, all alike, another team would follow from it, or the waves are too old.`;
  return [heading, ...parts, hidden(facts, team)].filter(text => text !== '').join('\n\n');
}

type Family = Parameters<ExperienceFacts['of']>[0];

/** The value of the row of a family that has the same labels as another. */
const beside =
  (facts: ExperienceFacts, team: string | undefined, row: Row, keys: readonly string[]) =>
  (family: Family, bound?: 'lower' | 'upper'): number | undefined => {
    const found = facts
      .of(family, team)[2]
      .find(one => keys.every(key => one[key] === row[key]) && (bound === undefined || one.bound === bound));
    return found === undefined ? undefined : Number(found.value);
  };

const said = (value: number | undefined, text: (value: number) => string) => (value === undefined ? none : text(value));
const points = (value: number) => value.toFixed(1);
const signed = (value: number, text: (value: number) => string) => `${value > 0 ? '+' : ''}${text(value)}`;
const between = (low: number | undefined, high: number | undefined, text: (value: number) => string) =>
  low === undefined || high === undefined ? none : `${text(low)} to ${text(high)}`;
const significance = (direction: number | undefined) =>
  said(direction, value => (value === 0 ? 'no' : value > 0 ? 'yes, it rose' : 'yes, it fell'));

function participation(facts: ExperienceFacts, team: string | undefined): string {
  const waves = new Map(facts.all('surveyWave')[2].map(row => [row.survey, String(row.wave)]));
  const closed = new Map(
    facts
      .all('surveyClosed')[2]
      .map(row => [row.survey, new Date(Number(row.value) * 1000).toISOString().slice(0, 10)]),
  );
  const rows = facts.of('surveyResponses', team)[2].map(row => {
    const value = beside(facts, team, row, ['survey']);
    return [
      ...[String(row.survey), waves.get(row.survey) ?? none, closed.get(row.survey) ?? none, String(row.value)],
      said(value('surveyPopulation'), String),
      said(value('surveyResponseRate'), percent),
    ];
  });
  return rows.length === 0
    ? ''
    : table(['Survey', 'Wave', 'Closed (UTC)', 'Took part', 'of', 'Response rate'], sorted(rows), 3);
}

function recommendation(facts: ExperienceFacts, team: string | undefined): string {
  const rows = facts.of('nps', team)[2].map(row => {
    const value = beside(facts, team, row, ['survey', 'question', 'about']);
    return [
      ...[
        String(row.survey),
        String(row.question),
        row.about === 'employer' ? 'eNPS' : 'NPS',
        points(Number(row.value)),
      ],
      between(value('npsInterval', 'lower'), value('npsInterval', 'upper'), points),
      said(value('npsResponses'), String),
      said(value('npsChange'), change => signed(change, points)),
      between(value('npsChangeInterval', 'lower'), value('npsChangeInterval', 'upper'), points),
      significance(value('npsChangeDirection')),
    ];
  });
  const head = ['Survey', 'Question', '', 'Score', '95 % interval', 'n', 'Change', '95 % interval', 'Significant'];
  return rows.length === 0 ? '' : `### Would they recommend it\n\n${table(head, sorted(rows), 3)}`;
}

function dimensions(facts: ExperienceFacts, team: string | undefined): string {
  const rows = facts.of('dimensionScore', team)[2].map(row => {
    const value = beside(facts, team, row, ['survey', 'dimension']);
    return [
      ...[String(row.survey), String(row.dimension), percent(Number(row.value))],
      between(value('dimensionScoreInterval', 'lower'), value('dimensionScoreInterval', 'upper'), percent),
      said(value('dimensionResponses'), String),
      said(value('dimensionChange'), change => signed(change, percent)),
      significance(value('dimensionChangeDirection')),
    ];
  });
  if (rows.length === 0) return '';
  const few = facts.all('spaceDimensions')[2].filter(row => Number(row.value) < 3);
  const note = few
    .map(row => `\n\nThe survey ${String(row.survey)} asks about fewer than three dimensions: that is not SPACE.`)
    .join('');
  const head = ['Survey', 'Dimension', 'Score', '95 % interval', 'n', 'Change', 'Significant'];
  return `### By dimensions of SPACE\n\n${table(head, sorted(rows), 2)}\n\n0 % is the worst answer, 100 % the best. There is no index of them all.${note}`;
}

/** How many teams something is not told of is the organisation's to know; whose it is, nobody's. */
function hidden(facts: ExperienceFacts, team: string | undefined): string {
  if (team !== undefined)
    return `${none} is not told: too few answered, all alike, or another team would follow from it.`;
  const minimum = new Map(facts.all('surveyWave')[2].map(row => [row.survey, String(row.minimum_group)]));
  return facts
    .all('surveySuppressed')[2]
    .filter(row => Number(row.value) > 0)
    .map(
      row =>
        `Of ${Number(row.value)} teams that answered ${String(row.survey)} something is not told: they are fewer than ${minimum.get(row.survey) ?? none}, all said the same, or another team would follow from them.`,
    )
    .sort()
    .join('\n');
}

const sorted = (rows: readonly (readonly string[])[]) =>
  rows.toSorted((a, b) => (a.slice(0, 3).join('\n') < b.slice(0, 3).join('\n') ? -1 : 1));
