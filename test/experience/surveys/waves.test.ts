import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { surveySchema } from '../../../exporters/experience/surveys/config.ts';
import { cadencesAfter, closesAt, waveOf } from '../../../exporters/experience/surveys/waves.ts';
import { key, openBooks, pulse, response, teams } from './books.ts';

const survey = (more: object) => surveySchema.parse({ ...pulse, ...more });

test('waves are those of the calendar in UTC', () => {
  for (const [cadence, day, wave, from, until] of [
    ['month', '2024-02-29', '2024-02', '2024-02-01', '2024-02-29'],
    ['quarter', '2026-09-30', '2026-q3', '2026-07-01', '2026-09-30'],
    ['half_year', '2026-07-01', '2026-h2', '2026-07-01', '2026-12-31'],
    ['year', '2026-12-31', '2026', '2026-01-01', '2026-12-31'],
  ] as const)
    assert.deepEqual(waveOf(survey({ cadence }), day), { wave, from, until });
});

test('a wave closes with its last day, or sooner, and the next is due in whole months', () => {
  const wave = waveOf(survey({}), '2026-08-05')!;
  const closes = (more: object, first: string) => closesAt(survey(more), wave, first).toISOString().slice(0, 10);
  assert.equal(closes({}, '2026-08-05'), '2026-10-01');
  assert.equal(closes({ open_days: 14 }, '2026-08-05'), '2026-08-19');
  assert.equal(closes({ open_days: 90 }, '2026-08-05'), '2026-10-01');
  const after = (cadence: string, instant: string, count: number) =>
    cadencesAfter(survey({ cadence }), new Date(instant), count).toISOString();
  assert.equal(after('quarter', '2026-11-30T00:00:00Z', 1), '2027-02-28T00:00:00.000Z');
  assert.equal(after('month', '2026-12-31T05:00:00Z', 2), '2027-02-28T05:00:00.000Z');
  assert.equal(after('year', '2024-02-29T00:00:00Z', 1), '2025-02-28T00:00:00.000Z');
});

test('a wave of several sources is told once each has looked after its end; one that is silent for days holds up nobody', async () => {
  const told = async (first: string, names: readonly string[] = []) => {
    const csv = names.map(name => ({ name, survey: 'pulse', tool: 'typeform', path: name }));
    const books = await openBooks({ csv });
    const responses = [10, 3, 9, 8, 7].map((recommend, index) => response({ id: `${index}`, team: 'a', recommend }));
    await books.tell({ responses }, first, 'us');
    await books.tell(
      { responses: responses.map(one => ({ ...one, id: `eu ${one.id}` })) },
      '2026-04-01T00:30:00Z',
      'eu',
    );
    const rows = await books.rows("SELECT n FROM survey_results WHERE kind = 'nps' AND team = ''");
    await books.close();
    return rows.map(({ n }) => Number(n));
  };
  assert.deepEqual(await told('2026-03-31T23:45:00Z'), []);
  assert.deepEqual(await told('2026-03-20T00:00:00Z'), [10]);
  // One that is configured and was never heard of is waited for.
  assert.deepEqual(await told('2026-04-01T00:10:00Z', ['us', 'eu']), [10]);
  assert.deepEqual(await told('2026-04-01T00:10:00Z', ['us', 'eu', 'asia']), []);
});

test('a table that does not change any more is told of once its wave has closed', async t => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-waves-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'answers.csv');
  writeFileSync(
    file,
    `When,Recommend\n${[9, 3, 10, 8, 9, 10].map(score => `2026-03-02T10:00:00Z,${score}`).join('\n')}\n`,
  );
  let clock = '2026-03-20T00:00:00Z';
  const config = experienceSchema.parse({
    surveys: [{ survey: 'pulse', questions: [{ question: 'Recommend', name: 'recommend', as: 'nps' }] }],
    csv: [{ survey: 'pulse', path: file, settle: 0, columns: { submitted: 'When' } }],
    privacy: { pseudonym_key: key },
  });
  const now = () => new Date(clock);
  const runtime = await openRuntime(experienceExporter(config, teams, { now }), {
    ...{ dataDir: folder, now, threads: 1, log: pino({ level: 'silent' }) },
  });
  const count = async () => {
    const [result] = await runtime.refresh();
    assert.equal(result!.error, undefined);
    return runtime.ledger.read(reader => reader.scalar("SELECT count(*) FROM survey_results WHERE kind = 'nps'"));
  };
  assert.equal(Number(await count()), 0);
  clock = '2026-04-01T00:20:00Z';
  // The organisation, and the six who named no team.
  assert.equal(Number(await count()), 2);
  await runtime.stop();
});
