/** The program itself: a survey's file, a configuration, `plumbline serve`, and what it says and writes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { workplace } from '../../cli/command.ts';
import { freePort } from '../../tools/ports.ts';

const canary = ['canary.jane@acme.example', 'CanaryWordsOfMine', '203.0.113.77', 'CanaryTeam'] as const;

test('serves what a table of answers says, check and explain tell of it, and nobody is found anywhere', async t => {
  const place = workplace(t);
  const port = await freePort();
  const today = new Date();
  // Of the last quarter, whose numbers are not too old on any day.
  const day = new Date(Date.UTC(today.getUTCFullYear(), Math.floor(today.getUTCMonth() / 3) * 3, 1) - 20 * 864e5);
  const rows = [10, 9, 8, 3, 9, 10, 0].map((score, index) =>
    [
      `${day.toISOString().slice(0, 10)}T11:22:33Z`,
      `${index}${canary[0]}`,
      score,
      'payments',
      `${canary[1]} ${canary[2]}`,
    ].join(','),
  );
  rows.push(`${day.toISOString().slice(0, 10)}T11:22:33Z,x${canary[0]},${canary[1]},${canary[3]},`);
  place.write('answers.csv', `When,Email,Would you recommend it?,Team,What else?\n${rows.join('\n')}\n`);
  place.write('key', 'a key that nobody guesses');
  place.write(
    'plumbline.yaml',
    `server: { host: 127.0.0.1, port: ${port} }
catalog: { files: [catalog/*.yaml] }
experience:
  privacy: { pseudonym_key_file: key }
  surveys:
    - survey: pulse
      team: { question: Team }
      respondent: Email
      questions: [{ question: Would you*, name: recommend, as: nps }]
  csv: [{ survey: pulse, path: answers.csv, settle: 0, columns: { submitted: When } }]
`,
  );
  const child = place.begin('serve');
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', chunk => (said += String(chunk)));
  const page = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics/experience`).catch(() => undefined);
    return answer?.ok ? answer.text() : '';
  };
  let text = await page();
  for (let tries = 0; tries < 240 && !text.includes('\ndevex_organisation_nps{'); tries += 1) {
    await setTimeout(250);
    text = await page();
  }
  const nps = /^devex_organisation_nps\{survey="pulse",question="recommend",about="platform"\} (\S+)$/m.exec(text);
  assert.ok(Math.abs(Number(nps?.[1]) - (100 * (4 - 2)) / 7) < 1e-9, `${text.slice(0, 2_000)}\n${said}`);
  assert.match(text, /^devex_team_nps\{team="payments",/m);
  assert.match(text, /plumbline_source_rejected_total\{.*reason="answer_unknown".*\} 1/);
  const [checked, explained] = [await place.run('check'), await place.run('explain', 'survey', 'pulse')];
  assert.match(explained.stdout, /nps recommend platform: n 7, 1 teams/);
  const files = readdirSync(place.folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name !== 'answers.csv')
    .map(entry => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'));
  const everything = [...files, text, said, checked.stdout, checked.stderr, explained.stdout].join('\n');
  assert.ok(everything.includes('recommend'));
  for (const word of [...canary, '11:22:33'])
    assert.ok(!everything.toLowerCase().includes(word.toLowerCase()), `${word} is found`);
});
