/** What tables of answers tell together: the same table read by two surveys, and two tables that number their answers alike. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { key } from '../surveys/books.ts';

const recommend = { question: 'How likely*', name: 'recommend', as: 'nps' } as const;
const survey = (name: string, question: string) => ({
  ...{ survey: name, team: { question }, questions: [recommend] },
});

interface Table {
  readonly file: string;
  readonly rows: readonly string[];
}

/** Reads tables as the program does and returns the runtime's rows. */
async function read(t: TestContext, tables: readonly Table[], config: (folder: string) => Record<string, unknown>) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-tables-'));
  for (const [index, { file, rows }] of tables.entries()) {
    writeFileSync(path.join(folder, file), `${rows.join('\n')}\n`);
    utimesSync(path.join(folder, file), 1.79e9 + index, 1.79e9 + index);
  }
  const parsed = experienceSchema.parse({ privacy: { pseudonym_key: key }, ...config(folder) });
  const exporter = experienceExporter(parsed, ownershipOf({ a: {}, b: {}, c: {}, d: {} }));
  const now = () => new Date('2026-12-01T00:00:00Z');
  const log = pino({ level: 'silent' });
  const runtime = await openRuntime(exporter, { dataDir: path.join(folder, 'data'), log, now, threads: 1 });
  t.after(async () => {
    await runtime.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const refreshed = await runtime.refresh();
  assert.deepEqual(
    refreshed.filter(({ error }) => error !== undefined),
    [],
  );
  return (sql: string) => runtime.ledger.read(reader => reader.all(sql));
}

const told = `SELECT survey, wave, team, n::INTEGER AS n FROM survey_results WHERE kind = 'nps' ORDER BY ALL`;

test('by filters: two surveys that read one table without ids do not tell of who is of a team in one alone', async t => {
  // Teams a and b of six; one of b sits where a does, so that what he said is the place's number less the team's.
  const rows = [9, 10, 3, 8, 7, 6, 0, 10, 9, 5, 8, 2].map(
    (score, n) =>
      `2026-08-1${n % 10} 10:00:0${n % 7},${score},${n < 6 ? 'a' : 'b'},${n < 7 ? 'c' : 'd'},p${n}@acme.example`,
  );
  const table = { file: 'pulse.csv', rows: ['When,How likely?,Team,Place,E-mail', ...rows] };
  for (const respondent of [undefined, 'E-mail']) {
    const rowsOf = await read(t, [table], folder => ({
      surveys: [survey('by-team', 'Team'), { ...survey('by-place', 'Place'), ...(respondent ? { respondent } : {}) }],
      csv: ['by-team', 'by-place'].map(name => ({
        ...{ name, survey: name, path: path.join(folder, 'pulse.csv'), time_zone: 'UTC', settle: 0 },
        columns: { submitted: 'When' },
      })),
    }));
    const surveys = new Set((await rowsOf(told)).map(row => row.survey));
    assert.deepEqual([...surveys], ['by-team'], String(respondent));
    assert.deepEqual(await rowsOf('SELECT DISTINCT survey, held FROM survey_waves WHERE held IS NOT NULL'), [
      { survey: 'by-place', held: 'few' },
    ]);
  }
});

const quarter = (month: string, scores: readonly number[]): readonly string[] => [
  'ID,Start time,Completion time,Email,Name,How likely?,Team',
  ...scores.map(
    (score, n) => `${n + 1},2026-${month}-1${n} 10:00:00,2026-${month}-1${n} 10:05:00,anonymous,,${score},a`,
  ),
];
const quarters = [
  { file: 'q2.csv', rows: quarter('05', [9, 10, 3, 8, 7, 6, 0]) },
  { file: 'q3.csv', rows: quarter('08', [9, 9, 9, 8, 7, 10]) },
];
const both = [
  { survey: 'pulse', wave: '2026-q2', team: '', n: 7 },
  { survey: 'pulse', wave: '2026-q2', team: 'a', n: 7 },
  { survey: 'pulse', wave: '2026-q3', team: '', n: 6 },
  { survey: 'pulse', wave: '2026-q3', team: 'a', n: 6 },
];

test('a form a quarter, each of which numbers its answers from 1: both quarters are told', async t => {
  const forms = await read(t, quarters, folder => ({
    surveys: [survey('pulse', 'Team')],
    csv: quarters.map(({ file }) => ({
      ...{ name: file, survey: 'pulse', path: path.join(folder, file), tool: 'microsoft_forms', time_zone: 'UTC' },
      settle: 0,
    })),
  }));
  assert.deepEqual(await forms(told), both);
});

test('the same in one folder: a number that two files give to answers of two days is of two answers', async t => {
  const rows = await read(t, quarters, folder => ({
    surveys: [survey('pulse', 'Team')],
    csv: [{ survey: 'pulse', path: path.join(folder, '*.csv'), tool: 'microsoft_forms', time_zone: 'UTC', settle: 0 }],
  }));
  assert.deepEqual(await rows(told), both);
});
