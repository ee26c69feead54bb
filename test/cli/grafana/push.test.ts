/** Dashboards brought to a Grafana: what is told, what is saved, and what is said of each refusal. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { grafanaApi, type Json } from '../../../exporters/cli/grafana/client.ts';
import { differences } from '../../../exporters/cli/grafana/diff.ts';
import { applyPlan, planPush, planText } from '../../../exporters/cli/grafana/push.ts';
import { createHttpClient } from '../../../exporters/core/http-client.ts';
import { workplace } from '../command.ts';
import { type FakeGrafana, startGrafana, tokens } from './server.ts';

const page = (uid: string, title: string, panels: readonly Json[] = []): Json => ({
  ...{ uid, title, tags: ['plumbline'], panels, schemaVersion: 39 },
});
const two = [page('plumbline-a', 'A', [{ id: 1, title: 'Cost', type: 'stat' }]), page('plumbline-b', 'B')];

function pusher({ url }: FakeGrafana, token: string = tokens.editor) {
  const headers = { authorization: `Bearer ${token}` };
  const grafana = grafanaApi(createHttpClient({ baseUrl: url, headers, retries: 0 }), url);
  return async (dashboards: readonly Json[], { prune = false, folder = 'Plumbline' } = {}) => {
    const plan = await planPush(grafana, { dashboards, folder, tag: 'plumbline', prune });
    return { told: planText(plan), apply: () => applyPlan(grafana, plan) };
  };
}

const saves = (fake: FakeGrafana) => fake.asked.filter(each => each === 'POST /api/dashboards/db').length;

async function pushed(t: TestContext) {
  const fake = await startGrafana(t);
  const push = pusher(fake);
  await (await push(two)).apply();
  return { fake, push };
}

test('a new Grafana gets the folder and every dashboard; the second push changes nothing', async t => {
  const fake = await startGrafana(t, { base: '/grafana' });
  const push = pusher(fake);
  const first = await push(two);
  assert.equal(first.told, '+ folder Plumbline\n+ A (plumbline-a)\n+ B (plumbline-b)\n');
  assert.equal(saves(fake), 0, 'the difference is told before anything is saved');
  assert.equal(await first.apply(), 2);
  assert.deepEqual([...fake.folders], [['plumbline', 'Plumbline']]);
  const again = await push(two);
  assert.equal(again.told, '= 2 as they are\n');
  assert.equal(await again.apply(), 0);
  assert.equal(saves(fake), 2);
});

test('only what changed is saved, and it is said what', async t => {
  const { fake, push } = await pushed(t);
  const changed = [
    page('plumbline-a', 'A', [
      { id: 1, title: 'Cost', type: 'gauge' },
      { id: 2, title: 'New', type: 'stat' },
    ]),
    two[1]!,
  ];
  const { told, apply } = await push(changed);
  assert.equal(told, '~ A (plumbline-a): panels new: "New"; panels changed: "Cost"\n= 1 as they are\n');
  assert.equal(await apply(), 1);
  assert.equal(saves(fake), 3);
  assert.equal(fake.dashboards.get('plumbline-a')?.dashboard.version, 2);
});

test('a dashboard that stands elsewhere is moved into the folder', async t => {
  const { fake, push } = await pushed(t);
  fake.folders.set('other', 'Other');
  fake.dashboards.set('plumbline-b', { ...fake.dashboards.get('plumbline-b')!, folderUid: 'other' });
  const { told, apply } = await push(two);
  assert.match(told, /^~ B \(plumbline-b\): moved from the folder Other$/m);
  await apply();
  assert.equal(fake.dashboards.get('plumbline-b')?.folderUid, 'plumbline');
});

test('what is ours no more is removed with --prune alone, and nothing of others is', async t => {
  const { fake, push } = await pushed(t);
  fake.dashboards.set('theirs', {
    dashboard: { uid: 'theirs', title: 'Theirs', tags: [], version: 1 },
    folderUid: 'plumbline',
  });
  fake.folders.set('other', 'Other');
  fake.dashboards.set('elsewhere', { dashboard: { ...page('elsewhere', 'Copy'), version: 1 }, folderUid: 'other' });
  const kept = await push([two[0]!]);
  assert.match(kept.told, /^\? B \(plumbline-b\) is not among them; --prune removes it$/m);
  await kept.apply();
  assert.ok(fake.dashboards.has('plumbline-b'));
  const pruned = await push([two[0]!], { prune: true });
  assert.equal(pruned.told, '- B (plumbline-b)\n= 1 as they are\n');
  await pruned.apply();
  assert.deepEqual([...fake.dashboards.keys()], ['plumbline-a', 'theirs', 'elsewhere']);
});

test('a token that is unknown, or may not, is said in a sentence', async t => {
  const fake = await startGrafana(t);
  await assert.rejects(pusher(fake, 'glsa_nonsense')(two), {
    code: 'GRAFANA_UNAUTHORIZED',
    message: `the Grafana at ${fake.url} does not know the token (401: Invalid API key)`,
  });
  const { apply } = await pusher(fake, tokens.viewer)(two);
  await assert.rejects(apply(), {
    code: 'GRAFANA_FORBIDDEN',
    message: `the Grafana at ${fake.url} does not let the token make the folder Plumbline (403: You'll need additional permissions to perform this action. Permissions needed: folders:create)`,
  });
  assert.equal(fake.folders.size, 0);
});

test('what was changed in between and what comes from files is left, and the others are saved', async t => {
  const { fake, push } = await pushed(t);
  const held = fake.dashboards.get('plumbline-b')!;
  fake.dashboards.set('plumbline-b', { ...held, provisioned: true });
  const all = [page('plumbline-a', 'A2'), page('plumbline-b', 'B2'), page('plumbline-c', 'C')];
  const { apply } = await push(all);
  fake.beforeSave = uid => {
    const other = fake.dashboards.get(uid);
    if (uid === 'plumbline-a' && other)
      fake.dashboards.set(uid, { ...other, dashboard: { ...other.dashboard, version: 9 } });
  };
  await assert.rejects(apply(), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'GRAFANA_PUSH_INCOMPLETE');
    assert.match(error.message, /the dashboard A2 was changed by someone else .*GRAFANA_CHANGED/);
    assert.match(error.message, /the dashboard B2 comes from files .*GRAFANA_PROVISIONED/);
    return true;
  });
  assert.equal(fake.dashboards.get('plumbline-c')?.dashboard.title, 'C');
  assert.equal(fake.dashboards.get('plumbline-a')?.dashboard.title, 'A');
});

test('a folder that has been given another title since stays the folder', async t => {
  const { fake, push } = await pushed(t);
  fake.folders.set('plumbline', 'Our platform');
  const { told, apply } = await push([page('plumbline-a', 'A2'), two[1]!, page('plumbline-c', 'C')]);
  assert.doesNotMatch(told, /folder/);
  assert.equal(await apply(), 2);
  assert.deepEqual([...fake.folders], [['plumbline', 'Our platform']]);
  assert.equal(fake.dashboards.get('plumbline-c')?.folderUid, 'plumbline');
});

test('a folder that the token is not shown, and a name that is taken, are said to be that', async t => {
  const fake = await startGrafana(t);
  fake.folders.set('plumbline', 'Plumbline');
  fake.hidden = 'plumbline';
  const { apply } = await pusher(fake)(two);
  await assert.rejects(apply(), {
    code: 'GRAFANA_FOLDER_TAKEN',
    message: /has a folder Plumbline, or one of its uid, which the token is not shown \(412: the folder has been/,
  });
  fake.hidden = '';
  const theirs = { dashboard: { uid: 'theirs', title: 'A', tags: [], version: 1 }, folderUid: 'plumbline' };
  fake.dashboards.set('theirs', theirs);
  await assert.rejects((await pusher(fake)(two)).apply(), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'GRAFANA_PUSH_INCOMPLETE');
    assert.match(error.message, /the dashboard A was not saved: another one of its folder has that name \(412: A dash/);
    return true;
  });
  assert.equal(fake.dashboards.get('plumbline-b')?.dashboard.title, 'B');
});

test('what is no Grafana is said so', async t => {
  const fake = await startGrafana(t, { base: '/grafana' });
  const push = pusher(Object.assign({ ...fake }, { url: fake.url.replace('/grafana', '') }));
  await assert.rejects(push(two), {
    code: 'GRAFANA_ANSWER',
    message: /could not read its folders and dashboards: 404 Not here$/,
  });
});

test('the difference is of panels by title, in closed rows too, and not of the order of keys', () => {
  const row = (inner: readonly Json[]): Json =>
    page('x', 'X', [{ id: 9, title: 'Details', type: 'row', panels: inner }]);
  const before = { ...row([{ title: 'In', type: 'stat', a: 1, b: 2 }]), id: 5, version: 3 };
  assert.deepEqual(differences(before, row([{ b: 2, a: 1, type: 'stat', title: 'In' }])), []);
  assert.deepEqual(differences(before, row([{ title: 'In', type: 'stat', a: 2, b: 2 }])), ['panels changed: "In"']);
  assert.deepEqual(differences(before, row([{ title: 'In', type: 'stat', a: 1, b: 2, gridPos: { x: 1 } }])), [
    'panels placed anew',
  ]);
});

test('the command pushes, prints no token, and does nothing at --dry-run', async t => {
  const fake = await startGrafana(t);
  const place = workplace(t);
  place.write('grafana.token', `${tokens.editor}\n`);
  const push = (...more: readonly string[]) =>
    place.run('render', 'dashboards', '--push', fake.url, '--token-file', 'grafana.token', ...more);
  const dry = await push('--dry-run');
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /^\+ folder Plumbline\n\+ Overview \(plumbline-overview\)\n/);
  assert.equal(fake.dashboards.size, 0);
  const done = await push();
  assert.equal(done.code, 0, done.stderr);
  assert.equal(fake.dashboards.size, done.stdout.split('\n').filter(line => line.startsWith('+ ')).length - 1);
  const again = await push();
  assert.match(again.stdout, /^= \d+ as they are\n$/);
  const moved = await push('--plumbline', 'https://plumbline.example.org/');
  assert.match(moved.stdout, /^~ Overview \(plumbline-overview\).*$/m);
  const texts = [...fake.dashboards.values()].map(each => JSON.stringify(each));
  assert.ok(texts.some(text => text.includes('"https://plumbline.example.org/runbooks"')));
  for (const text of texts) assert.ok(!text.includes('localhost:9464'));
  for (const { stdout, stderr } of [dry, done, again, moved]) assert.ok(!`${stdout}${stderr}`.includes(tokens.editor));
  const without = await place.run('render', 'dashboards', '--push', fake.url);
  assert.match(without.stderr, /GRAFANA_TOKEN_MISSING/);
  const nowhere = await place.run('render', 'dashboards');
  assert.match(nowhere.stderr, /expected --out, a folder, or --push/);
});
