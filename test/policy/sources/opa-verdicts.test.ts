import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openLedger } from '../../../exporters/core/ledger.ts';
import { opaSchema } from '../../../exporters/policy/sources/opa/config.ts';
import { extract } from '../../../exporters/policy/sources/opa/extract.ts';
import { wordsOf } from '../../../exporters/policy/sources/opa/words.ts';
import { temporary } from '../opa-run.ts';

const now = new Date('2026-11-23T12:00:00Z');

/** Outcomes of events, in their order. */
async function outcomes(t: TestContext, events: readonly object[], config: unknown = {}): Promise<readonly string[]> {
  const folder = await temporary(t);
  const file = path.join(folder, 'upload.json');
  const whole = events.map((event, index) => ({
    decision_id: `d${index}`,
    timestamp: `2026-11-23T11:00:${String(index).padStart(2, '0')}.5Z`,
    ...event,
  }));
  await writeFile(file, JSON.stringify(whole));
  const ledger = await openLedger({ path: ':memory:' });
  t.after(() => ledger.close());
  const files = [{ path: file, name: 'upload' }];
  const read = await extract(ledger, opaSchema.parse(config), {
    files,
    format: 'array',
    into: path.join(folder, 'out'),
    now,
  });
  assert.deepEqual(read.rejections, []);
  const rows = await ledger.read(reader =>
    reader.all('SELECT outcome FROM read_parquet($file) ORDER BY ts', { file: read.file }),
  );
  return rows.map(({ outcome }) => String(outcome));
}

test('a result is a verdict by its shape, and a result that is none is no verdict', async t => {
  const told: readonly (readonly [path: string, result: unknown, outcome: string])[] = [
    ['a/allow', true, 'allow'],
    ['a/allow', false, 'deny'],
    ['a/allow', 'true', 'allow'],
    ['a/allow', 'deny', 'deny'],
    ['a/allow', null, 'undefined'],
    ['a/deny', [], 'allow'],
    ['a/deny', ['too much'], 'deny'],
    ['a/deny', true, 'deny'],
    ['a/deny', false, 'allow'],
    ['a/deny', 'no', 'deny'],
    ['a/DENY', {}, 'allow'],
    ['a/violation', { msg: 'x' }, 'deny'],
    ['a/deny_root', ['x'], 'deny'],
    ['a/label_violations', ['x'], 'deny'],
    ['a/denied_count', 4, 'other'],
    ['hidden/garden', 4, 'other'],
    ['a', { allow: true }, 'allow'],
    ['a', { allow: false }, 'deny'],
    ['a', { allowed: false, reason: 'no' }, 'deny'],
    ['a', { allow: true, deny: ['no'] }, 'deny'],
    ['a', { deny: [] }, 'allow'],
    ['a', { violations: [{ msg: 'x' }] }, 'deny'],
    ['a', { limit: 5 }, 'other'],
    ['system/main', { apiVersion: 'admission.k8s.io/v1', response: { allowed: false, uid: 'u' } }, 'deny'],
    ['a/ticket', 'FIN-1', 'other'],
    ['a/limit', 12, 'other'],
    ['a/owners', ['ann'], 'other'],
  ];
  const got = await outcomes(
    t,
    told.map(([path, result]) => ({ path, result })),
  );
  assert.deepEqual(
    told.map(([path, result], index) => [path, result, got[index]]),
    told,
  );
});

test('no result is undefined, not deny, and an error is an error whether told as an object or as a text', async t => {
  assert.deepEqual(
    await outcomes(t, [
      { path: 'a/allow' },
      { path: 'a/deny' },
      { path: 'a/allow', error: { code: 'eval_conflict_error', message: 'two values' } },
      { path: 'a/allow', error: 'two values' },
      { query: 'data.a.allow == true', result: [{ x: 1 }] },
    ]),
    ['undefined', 'undefined', 'error', 'error', 'other'],
  );
});

test('the configuration says which key of which path is the verdict, the first that matches', async t => {
  const decisions = [
    { decision: 'org/*/report', means: 'nothing' },
    { decision: 'org/gate', key: 'gate.open' },
    { decision: 'org/findings', key: 'list', means: 'deny' },
    { decision: 'org/roles', means: 'allow' },
  ];
  const events = [
    { path: 'org/x/report', result: true },
    { path: 'org/gate', result: { gate: { open: false } } },
    { path: 'org/gate', result: { gate: {} } },
    { path: 'org/findings', result: { list: ['x'] } },
    { path: 'org/findings', result: { list: [] } },
    { path: 'org/roles', result: ['admin'] },
    { path: 'org/roles', result: [] },
    { path: '/org/roles', result: ['admin'] },
  ];
  assert.deepEqual(await outcomes(t, events, { decisions }), [
    ...['other', 'deny', 'undefined', 'deny', 'allow', 'allow', 'deny', 'allow'],
  ]);
});

test('an owner word is the first text among labels and input, and an object is none', () => {
  const { owner } = opaSchema.parse({
    owner: { team: ['labels."acme.io/team"', 'input.team', 'labels.team'], service: ['input.a."b/c"'] },
  });
  const words = wordsOf(owner);
  assert.deepEqual(words.input.slice(0, 2), ['/team', '/a/b~1c']);
  const labels = { 'acme.io/team': '', team: 'platform', environment: 'prod' };
  assert.deepEqual(words.attributesOf(labels, ['shop', 'cart']), {
    team: 'shop',
    service: 'cart',
    environment: 'prod',
  });
  assert.deepEqual(words.attributesOf(labels, ['{"name":"shop"}', null]), { team: 'platform', environment: 'prod' });
  assert.deepEqual(words.attributesOf({ constructor: 'x', team: ' a ' }), { team: 'a' });
});
