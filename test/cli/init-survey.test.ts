import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { workplace } from './command.ts';

const header =
  'Timestamp,Email Address,Name,How likely are you to recommend the platform?,Rate [Speed],The docs are clear,Easy?,Your team,What else?';
const rows = Array.from({ length: 9 }, (_, n) =>
  [
    ...[`8/${n + 1}/2026 9:00:00`, `canary-${n}@example.org`, 'Canaryjane', String(n + 1), `${(n % 5) + 1}`],
    ...[n % 2 ? 'Agree' : 'Strongly disagree', n === 0 ? '1 (very easy)' : String((n % 7) + 1)],
    ...[n < 5 ? 'canary-search' : 'canary-pay', '"canary, free words"'],
  ].join(','),
);

describe('plumbline init --survey', () => {
  it('finds the scales and the team among the questions, and writes no answer', async t => {
    const place = workplace(t);
    writeFileSync(path.join(place.folder, 'answers 2026.csv'), [header, ...rows].join('\r\n'));
    const { code, stdout, stderr } = await place.run('init', '--catalog', 'catalog', '--survey', 'answers 2026.csv');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^experience +9 responses to 1 survey$/m);
    const text = readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8');
    assert.doesNotMatch(text + stdout + stderr, /canary/i);
    const { experience } = parse(text) as { experience: Record<string, unknown> };
    assert.deepEqual(experience.surveys, [
      {
        survey: 'answers-2026',
        team: { question: 'Your team' },
        questions: [
          {
            question: 'How likely are you to recommend the platform?',
            name: 'how-likely-are-you-to-recommend-the-plat',
            as: 'nps',
          },
          { question: 'Rate [Speed]', name: 'rate-speed', as: 'scale' },
          {
            question: 'The docs are clear',
            name: 'the-docs-are-clear',
            as: 'scale',
            answers: { 'Strongly disagree': 1, Agree: 4 },
          },
          { question: 'Easy?', name: 'easy', as: 'scale', max: 7 },
        ],
      },
    ]);
    assert.deepEqual(experience.csv, [
      {
        ...{ survey: 'answers-2026', path: 'answers 2026.csv', tool: 'google' },
        time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      },
    ]);
    assert.match(text, /# {3}"What else\?"/);
    const key = path.join(place.folder, 'survey-pseudonym.key');
    assert.equal(statSync(key).mode & 0o077, 0);
    // A second look keeps the key: with another one people would count as new.
    const before = readFileSync(key, 'utf8');
    assert.match(before, /^[0-9a-f]{64}\n$/);
    const again = await place.run('init', '--survey', 'answers 2026.csv', '--force');
    assert.equal(again.code, 0, again.stderr);
    assert.equal(readFileSync(key, 'utf8'), before);
  });

  it('says what is missing, and leaves no key behind', async t => {
    const place = workplace(t);
    writeFileSync(path.join(place.folder, 'a.csv'), 'When,What\n2026-01-01,canary free words\n');
    writeFileSync(path.join(place.folder, 'b.csv'), '<html>canary</html>');
    writeFileSync(path.join(place.folder, 'c.csv'), 'What\ncanary\n');
    for (const [file, expected] of [
      ['a.csv', /--survey a\.csv has no question that at least three have answered by numbers/],
      ['b.csv', /--survey b\.csv is no table of answers .*: not_a_table: it is a web page/],
      ['c.csv', /--survey c\.csv is no table of answers .*: no column of it has a time in every row/],
      ['d.csv', /--survey d\.csv is no file/],
    ] as const) {
      const { code, stderr } = await place.run('init', '--survey', file);
      assert.notEqual(code, 0);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /canary/);
    }
    assert.ok(!existsSync(path.join(place.folder, 'survey-pseudonym.key')));
  });
});
