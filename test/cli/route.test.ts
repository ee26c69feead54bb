import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { workplace } from './command.ts';

const config = {
  catalog: { files: ['catalog.yaml'] },
  alerts: {
    receivers: [{ team: 'shop', webhook_url_file: 'secrets/shop', time_zone: 'Europe/Zurich' }],
  },
};
const catalog = ['shop', 'billing']
  .map(
    name =>
      `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: ${name}}\nspec: {type: team, children: []}\n`,
  )
  .join('---\n');

test('plumbline route says where an alert of a team goes, and render merges and proves it', async t => {
  const { folder, run } = workplace(t);
  await writeFile(path.join(folder, 'plumbline.yaml'), JSON.stringify(config));
  await writeFile(path.join(folder, 'catalog.yaml'), catalog);

  const said = await run('route', 'BudgetExceeded', '--team', 'shop');
  assert.equal(said.code, 0, said.stderr);
  assert.equal(
    said.stdout,
    `BudgetExceeded, a ticket of shop:
team-shop (webhook)
  route     route.routes[2].routes[1]
  grouping  one message per alertname, team; after 30s, changes each 5m, again after 4d
  hours     only in office-hours monday:friday 08:00-18:00 Europe/Zurich
`,
  );
  assert.match(
    (await run('route', 'PlumblineDown', '--team', 'shop')).stdout,
    /^PlumblineDown, a page of platform, whatever team it is about:\nplatform \(webhook\)/,
  );
  const json = JSON.parse((await run('route', 'FeedbackUnanswered', '--team', 'billing', '--format', 'json')).stdout);
  assert.deepEqual(
    [json.severity, json.places[0].receiver, json.places[0].activeIn],
    ['digest', 'platform', ['weekly-digest-time']],
  );

  const unknown = await run('route', 'BudgetExceded', '--team', 'shop');
  assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
  assert.match(unknown.stderr, /there is no alert BudgetExceded; did you mean BudgetExceeded\?/);
  assert.match(
    (await run('route', 'BudgetExceeded', '--team', 'biling')).stderr,
    /knows the team biling; did you mean billing\?/,
  );

  const theirs = path.join(folder, 'theirs.yml');
  await writeFile(theirs, 'route:\n  receiver: x # theirs\nreceivers:\n  - name: x\n');
  const out = path.join(folder, 'out');
  const merged = await run('render', 'alerts', '--out', out, '--into', theirs);
  assert.equal(merged.code, 0, merged.stderr);
  assert.match(await readFile(path.join(out, 'alertmanager.yml'), 'utf8'), /receiver: x # theirs/);
  assert.match(
    await readFile(path.join(out, 'ROUTES.md'), 'utf8'),
    /\| alert \| severity \| platform \| shop \| billing \| any other team \|/,
  );
  const there = await run(
    'route',
    'BudgetExceeded',
    '--team',
    'shop',
    '--alertmanager',
    path.join(out, 'alertmanager.yml'),
  );
  assert.match(there.stdout, /plumbline-team-shop \(webhook\)\n {2}route {5}route\.routes\[0\]/);

  await writeFile(
    theirs,
    (await readFile(path.join(out, 'alertmanager.yml'), 'utf8')).replace(
      /^ {2}routes:$/m,
      '  routes:\n    - receiver: x',
    ),
  );
  const lost = await run('render', 'alerts', '--out', out, '--into', theirs);
  assert.equal(lost.code, 2);
  assert.match(lost.stderr, /BudgetExceeded of shop goes to route\.routes\[0\] \(x\) before ours/);
});

test('render alerts does not write over an alertmanager.yml that others wrote', async t => {
  const { folder, run } = workplace(t);
  await writeFile(path.join(folder, 'plumbline.yaml'), JSON.stringify({ alerts: {} }));
  const file = path.join(folder, 'alertmanager.yml');
  const theirs = 'route: {receiver: x}\nreceivers: [{name: x}]\n';
  await writeFile(file, theirs);

  const refused = await run('render', 'alerts', '--out', folder);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /alertmanager\.yml is no file of Plumbline’s alone, and would be lost/);
  assert.equal(await readFile(file, 'utf8'), theirs);

  for (const _ of ['once', 'again']) {
    const into = await run('render', 'alerts', '--out', folder, '--into', file);
    assert.equal(into.code, 0, into.stderr);
  }
  assert.match(await readFile(file, 'utf8'), /receiver: x[\s\S]*plumbline-platform/);
  assert.equal((await run('render', 'alerts', '--out', folder)).code, 2);

  const other = path.join(folder, 'rules');
  for (const _ of ['once', 'again']) assert.equal((await run('render', 'alerts', '--out', other)).code, 0);
});
