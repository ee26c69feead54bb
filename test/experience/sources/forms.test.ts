/** Forms that are no surveys: what is counted of them, and that nothing that somebody wrote is kept. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { formDesk } from '../../../exporters/experience/forms/desk.ts';
import {
  feedbackOpen,
  firstAnswerItems,
  officeHours,
  officeHoursTotal,
  roadmapItems,
} from '../../../exporters/experience/metrics.ts';
import { pseudonymsOf } from '../../../exporters/experience/pseudonym.ts';
import { csvSource } from '../../../exporters/experience/sources/csv/index.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { experienceRun } from '../runtime.ts';

const key = 'a key that nobody guesses';
const head = 'When,Your name,What is it about?,What do you want to say?,Answered\n';
const said = (day: string, name: string, about: string, answered = '') =>
  `${day} 10:11:12,${name},${about},"It is slow, says ${name}",${answered}\n`;

async function open(t: TestContext, form: Readonly<Record<string, unknown>>, text: string) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-forms-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let written = Date.parse('2026-11-01T00:00:00Z');
  const write = (content: string) => {
    writeFileSync(path.join(folder, 'form.csv'), content);
    written += 60_000;
    utimesSync(path.join(folder, 'form.csv'), written / 1000, written / 1000);
  };
  write(text);
  const run = await experienceRun(t, {
    config: {
      privacy: { pseudonym_key: key },
      roadmap: { minimum_samples: 1 },
      forms: [{ form: 'desk', ...form }],
      csv: [{ name: 'form', survey: 'desk', path: folder, time_zone: 'UTC', columns: { submitted: 'When' } }],
    },
    sources: config => [csvSource(config.csv[0]!, formDesk(config.forms[0]!, pseudonymsOf(key)))],
    ownership: ownershipOf({ platform: {}, data: {} }),
    now: '2026-11-10T12:00:00Z',
    secrets: ['Canary', 'It is slow', 'Something else', '10:11', '1011'],
  });
  return { ...run, write };
}

const about = { question: 'What is it about?', answers: { 'Build pipelines': 'ci', Portal: 'portal' } };

test('responses are feedback that waits until somebody notes an answer', async t => {
  const first = [
    said('2026-11-02', 'Canary One', 'build  pipelines', '2026-11-04'),
    said('2026-11-03', 'Canary Two', 'Something else'),
    said('2026-11-05', 'Canary Three', 'Portal'),
  ];
  const run = await open(t, { counts_as: 'feedback', area: about, answered: 'Answered' }, head + first.join(''));
  const { records, rejected, error } = await run.refresh();
  assert.deepEqual({ records, rejected, error }, { records: 3, rejected: {}, error: undefined });
  assert.deepEqual(await run.lines(feedbackOpen), ['platform answered = 0', 'platform unanswered = 2']);
  assert.deepEqual(await run.lines(firstAnswerItems), ['platform 30d = 1', 'platform 7d = 1', 'platform 90d = 1']);
  assert.deepEqual(
    [...(await run.lines(roadmapItems))].sort(),
    ['platform ci done = 1', 'platform portal backlog = 1', 'platform none backlog = 1'].sort(),
  );
  // A note without a day counts from when it was first seen, however often it is read again.
  run.clock.now = new Date('2026-11-12T12:00:00Z');
  const later = [first[0]!, said('2026-11-03', 'Canary Two', 'Something else', 'done'), first[2]!];
  run.write(head + later.join(''));
  await run.refresh();
  run.clock.now = new Date('2026-11-14T12:00:00Z');
  run.write(`${head}${later.join('')}\n`);
  await run.refresh();
  const answers = await run.rows(
    `SELECT DISTINCT answered_at::VARCHAR AS answered FROM roadmap_items WHERE answered_at IS NOT NULL ORDER BY answered`,
  );
  assert.deepEqual(
    answers.map(({ answered }) => answered),
    ['2026-11-04 00:00:00', '2026-11-12 00:00:00'],
  );
  assert.deepEqual(await run.lines(feedbackOpen), ['platform answered = 0', 'platform unanswered = 1']);
});

test('responses are visits to office hours of a team', async t => {
  const text = head + said('2026-11-02', 'Canary One', 'Portal') + said('2026-11-09', 'Canary One', 'Portal');
  const run = await open(t, { counts_as: 'office_hours', team: 'data' }, text);
  await run.refresh();
  assert.deepEqual(await run.lines(officeHours), ['data 30d = 2', 'data 7d = 1', 'data 90d = 2']);
  assert.deepEqual(await run.lines(officeHoursTotal), ['data = 2']);
  assert.deepEqual(await run.lines(feedbackOpen), []);
});

test('a form needs a name of its own, a key, and a source that names it', () => {
  const messages = (config: unknown) =>
    experienceSchema.safeParse(config).error?.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`) ??
    [];
  const questions = [{ question: 'x', name: 'x', as: 'nps' }];
  assert.deepEqual(
    messages({
      surveys: [{ survey: 'desk', questions }],
      forms: [{ form: 'desk', counts_as: 'feedback' }],
      csv: [{ survey: 'other', path: 'x', time_zone: 'UTC', columns: { submitted: 'When' } }],
    }),
    [
      'csv.0.survey: expected the name of a survey in experience.surveys, or of a form in experience.forms: desk, desk',
      'privacy.pseudonym_key: expected pseudonym_key_file: a file of 16 characters or more that nobody guesses, kept for good',
      'forms.0: expected a name of its own',
    ],
  );
});
