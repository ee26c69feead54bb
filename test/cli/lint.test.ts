import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { workplace } from './command.ts';

const rules = `groups:
  - name: theirs
    rules:
      - alert: HighLoad
        expr: |
          sum(rate(x[1m]))
        labels: {severity: page, team: shop}
        annotations:
          summary: The load is {{ $value }}
`;

test('plumbline lint rules tells what is wrong with rule files, and that nothing is with Plumbline’s own', async t => {
  const { folder, run } = workplace(t);
  const own = await run('lint', 'rules');
  assert.deepEqual([own.code, own.stdout], [0, ''], own.stderr);
  assert.match(own.stderr, /^0 findings in \d+ rule files$/m);

  const file = path.join(folder, 'theirs.yml');
  await writeFile(file, rules);
  const said = await run('lint', 'rules', file);
  assert.equal(said.code, 1);
  assert.equal(
    said.stdout.replaceAll(file, 'theirs.yml'),
    `theirs.yml:5: HighLoad (expr, character 1): HighLoad has no comparison, so that it fires wherever there is a series [comparison-missing]
  compare the value with a threshold, without bool: an alert fires for every series that its expression gives
theirs.yml:5: HighLoad (expr, character 10): the window 1m of rate doesn’t hold two samples, which are 1m apart; it gives nothing, or nothing most of the time [window-short]
  make the window at least twice, better four times, as long as samples are apart
theirs.yml:4: HighLoad: HighLoad has no annotation runbook_url [required-missing]
  add it: an alert has to say how urgent it is, whose, what happened, and what to do
`,
  );
  const json = JSON.parse((await run('lint', 'rules', file, '--scrape-interval', '15s', '--format', 'json')).stdout);
  assert.deepEqual(
    json.map((each: { readonly check: string }) => each.check),
    ['comparison-missing', 'required-missing'],
  );
});

test('others silence what they mean, by an option or a comment; a note is no fault', async t => {
  const { folder, run } = workplace(t);
  const file = path.join(folder, 'theirs.yml');
  await writeFile(
    file,
    `groups:
  - name: theirs
    rules:
      # plumbline lint: disable=window-short pushed every 10s
      - {record: a, expr: 'rate(x[1m])'}
      - {record: b, expr: x / y}
      - {alert: C, expr: x}
`,
  );
  const disable = ['--disable', 'required-missing,comparison-missing'];
  const { code, stdout, stderr } = await run('lint', 'rules', file, ...disable);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /:6: note: b .*\[division-unguarded\]\n.*\n.*:5: accepted: a .*\[window-short\]\n {2}because: pushed every 10s\n$/,
  );
  assert.match(stderr, /^0 findings in 1 rule file; 1 note; 1 accepted$/m);
  const json = JSON.parse((await run('lint', 'rules', file, ...disable, '--format', 'json')).stdout);
  assert.deepEqual(
    json.map(({ level, accepted }: Readonly<Record<string, string>>) => accepted ?? level),
    ['note', 'pushed every 10s'],
  );
  assert.equal((await run('lint', 'rules', file, '--disable', 'required-missing')).code, 1);
  const unknown = await run('lint', 'rules', file, '--disable', 'window-shot');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /There is no check window-shot; there are promql-invalid/);
});

test('what is no rule file is refused with its reason, and nothing is printed', async t => {
  const { folder, run } = workplace(t);
  const file = path.join(folder, 'theirs.yml');
  for (const [text, reason] of [
    ['groups: [{name: a, rules: [{expr: x}]}]', /groups\.0\.rules\.0: a rule has either alert or record/],
    ['groups: [{name: a, interval: soon}]', /groups\.0\.interval: soon is no duration/],
    ['groups: [', /could not read the rule file [\s\S]*LINT_FILE/],
    ['- a', /it has no groups/],
  ] as const) {
    await writeFile(file, text);
    const { code, stdout, stderr } = await run('lint', 'rules', file);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, reason);
  }
  assert.equal((await run('lint', 'rules', path.join(folder, 'nowhere.yml'))).code, 2);
});
