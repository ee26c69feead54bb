/** Releases in the ledger: what the newest of a wave told, what all of them told of, and a new one. */
import type { Reader, Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { sqlTime } from '../../core/time.ts';
import type { WaveAnswers } from './answered.ts';
import type { Told } from './release.ts';
import type { Result, ResultKind } from './results.ts';

export interface ReleaseFacts {
  readonly survey: string;
  readonly wave: string;
  readonly release: number;
  readonly closesAt: Date;
  readonly dueAt: Date;
  readonly expiresAt: Date;
  readonly minimum: number;
  readonly suppressedGroups: number;
  readonly occurredAt: Date;
  readonly learnedAt: Date;
  readonly rows: readonly Result[];
}

export interface NewestRelease {
  readonly release: number;
  readonly rows: readonly Result[];
  readonly suppressedGroups: number;
  readonly expiresAt: string;
}

/** Undefined where the wave was never released. */
export async function newestRelease(reader: Reader, survey: string, wave: string): Promise<NewestRelease | undefined> {
  const [row] = await reader.all(
    `SELECT release, suppressed_groups, expires_at FROM survey_releases WHERE survey = $survey AND wave = $wave
     ORDER BY release DESC LIMIT 1`,
    { survey, wave },
  );
  if (row === undefined) return undefined;
  const release = Number(row.release);
  const rows = await reader.all(
    'SELECT * FROM survey_results WHERE survey = $survey AND wave = $wave AND release = $release::INTEGER',
    { survey, wave, release },
  );
  return {
    release,
    rows: rows.map(resultOf),
    suppressedGroups: Number(row.suppressed_groups),
    expiresAt: String(row.expires_at),
  };
}

/** The newest release of the wave that closed last before an instant. */
export async function releaseBefore(reader: Reader, survey: string, closesAt: Date): Promise<readonly Result[]> {
  const wave = await reader.scalar(
    `SELECT wave FROM survey_releases WHERE survey = $survey AND closes_at < $closesAt::TIMESTAMP
     ORDER BY closes_at DESC, release DESC LIMIT 1`,
    { survey, closesAt: sqlTime(closesAt) },
  );
  return typeof wave === 'string' ? ((await newestRelease(reader, survey, wave))?.rows ?? []) : [];
}

/** Every row that any release has told of single questions. */
export async function toldBefore(reader: Reader): Promise<readonly Told[]> {
  const rows = await reader.all(
    `SELECT survey, wave, release, team, question FROM survey_results
     WHERE kind NOT IN ('responses', 'dimension') AND question <> ''`,
  );
  return rows.map(({ survey, wave, release, team, question }) => ({
    ...{
      survey: String(survey),
      wave: String(wave),
      release: Number(release),
      team: String(team),
      question: String(question),
    },
  }));
}

export async function writeRelease(tx: Transaction, facts: ReleaseFacts, { answers }: WaveAnswers): Promise<void> {
  const { survey, wave, release, rows } = facts;
  const dimensions = rows.filter(({ team, kind }) => team === '' && kind === 'dimension').length;
  await tx.run(
    `INSERT INTO survey_releases VALUES ($survey, $wave, $release::INTEGER, $closesAt::TIMESTAMP, $dueAt::TIMESTAMP,
       $expiresAt::TIMESTAMP, $minimum::INTEGER, $dimensions::INTEGER, $suppressed::INTEGER, $occurredAt::TIMESTAMP,
       $learnedAt::TIMESTAMP)`,
    {
      ...{ survey, wave, release, dimensions, minimum: facts.minimum, suppressed: facts.suppressedGroups },
      ...{ closesAt: sqlTime(facts.closesAt), dueAt: sqlTime(facts.dueAt), expiresAt: sqlTime(facts.expiresAt) },
      ...{ occurredAt: sqlTime(facts.occurredAt), learnedAt: sqlTime(facts.learnedAt) },
    },
  );
  await stage(tx, 'released_rows', columns, rows.map(rowOf));
  const key = { survey, wave, release };
  await tx.run(
    `INSERT INTO survey_results
     SELECT $survey, $wave, $release::INTEGER, *, $occurredAt::TIMESTAMP, $learnedAt::TIMESTAMP FROM released_rows`,
    { ...key, occurredAt: sqlTime(facts.occurredAt), learnedAt: sqlTime(facts.learnedAt) },
  );
  const { answer, ...texts } = {
    answer: 'DOUBLE',
    response: 'VARCHAR',
    trace: 'VARCHAR',
    person: 'VARCHAR',
    team: 'VARCHAR',
  };
  await stage(
    tx,
    'released_answers',
    { ...texts, question: 'VARCHAR', item: 'VARCHAR', raw: 'VARCHAR', value: answer },
    answers.map(({ response, trace, person, team, question, item, raw, value }) => ({
      ...{ response, trace, person, team, question, item, raw, value },
    })),
  );
  await tx.run('INSERT INTO survey_released SELECT $survey, $wave, $release::INTEGER, * FROM released_answers', key);
  tx.touch('survey_releases', 'survey_results', 'survey_released');
}

const columns = {
  ...{ team: 'VARCHAR', kind: 'VARCHAR', question: 'VARCHAR', subject: 'VARCHAR', n: 'BIGINT', population: 'BIGINT' },
  ...{ value: 'DOUBLE', low: 'DOUBLE', high: 'DOUBLE' },
  ...{ promoters: 'DOUBLE', passives: 'DOUBLE', detractors: 'DOUBLE' },
  ...{ change: 'DOUBLE', change_low: 'DOUBLE', change_high: 'DOUBLE', direction: 'INTEGER' },
} as const;

type Column = keyof typeof columns;
type StoredRow = Record<Column, string | number | null>;

export const rowOf = (row: Result): StoredRow => ({
  ...{ team: row.team, kind: row.kind, question: row.question, subject: row.subject, n: row.n },
  population: row.population ?? null,
  ...{ value: row.estimate?.value ?? null, low: row.estimate?.low ?? null, high: row.estimate?.high ?? null },
  promoters: row.shares?.promoters ?? null,
  passives: row.shares?.passives ?? null,
  detractors: row.shares?.detractors ?? null,
  ...{ change: row.change?.change ?? null, change_low: row.change?.low ?? null },
  ...{ change_high: row.change?.high ?? null, direction: row.change?.direction ?? null },
});

function resultOf(row: Readonly<Record<string, unknown>>): Result {
  const number = (column: Column) => (row[column] === null ? undefined : Number(row[column]));
  const [n, value, low, high] = [Number(row.n), number('value'), number('low'), number('high')];
  const [promoters, passives, detractors] = [number('promoters'), number('passives'), number('detractors')];
  const [change, from, to] = [number('change'), number('change_low'), number('change_high')];
  const population = number('population');
  const isEstimate = value !== undefined && low !== undefined && high !== undefined;
  const isShared = promoters !== undefined && passives !== undefined && detractors !== undefined;
  const isChange = change !== undefined && from !== undefined && to !== undefined;
  return {
    ...{ team: String(row.team), kind: String(row.kind) as ResultKind },
    ...{ question: String(row.question), subject: String(row.subject), n },
    ...(population === undefined ? {} : { population }),
    ...(isEstimate ? { estimate: { n, value, low, high } } : {}),
    ...(isShared ? { shares: { promoters, passives, detractors } } : {}),
    ...(isChange ? { change: { change, low: from, high: to, direction: number('direction') as -1 | 0 | 1 } } : {}),
  };
}
