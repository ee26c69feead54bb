/** Saved answers of HCP Terraform: whole real ones, older shapes, and hostile ones. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Reading } from '../../../exporters/policy/reading.ts';
import { sentinel } from '../../../exporters/policy/sources/sentinel/report-kind.ts';
import { corpus } from '../../e2e/lib/corpus.ts';
import { reportRun } from '../report-run.ts';
import { checkResource } from './hcp-terraform-world.ts';

const at = new Date('2026-11-20T12:00:00Z');
const place = { scope: 'workspace:acme/net' };
const read = async (value: unknown, where: object = place): Promise<Reading> =>
  sentinel.read(Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)), {
    ...{ at, now: at, place: where, file: 'checks.json' },
  });
const words = ({ told }: Reading) =>
  told.reports?.flatMap(({ results }) =>
    results.map(one => `${one.policy} ${one.outcome} ${one.enforcement} ${one.originalSeverity}`),
  );
const counts = ({ told }: Reading) =>
  told.reports?.flatMap(report => report.counts?.map(one => `${one.outcome} ${one.enforcement} ${one.count}`) ?? []);

test('a policy check of a set, and of the years before sets', async () => {
  const check = checkResource('run-1', {
    ...{ status: 'soft_failed', soft: 1 },
    policies: [
      { policy: 'sizes', result: false },
      { policy: 'tls.sentinel', result: true },
      { policy: 'tags', result: false, advisory: true },
    ],
  });
  const expected = [
    'base/sizes fail warn soft-mandatory',
    'base/tls pass enforce hard-mandatory',
    'base/tags fail audit advisory',
  ];
  assert.deepEqual(words(await read({ data: check })), expected);
  assert.deepEqual(words(await read({ data: [check] })), expected);
  const [report] = (await read({ data: check })).told.reports!;
  assert.deepEqual(
    [report?.engine, report?.scope, report?.evaluatedAt, report?.parts],
    ['sentinel', 'workspace:acme/net', '2026-11-19T10:00:00.000Z', ['policy_checks']],
  );
  const old = structuredClone(check) as { attributes: { result: { sentinel: unknown } } };
  old.attributes.result.sentinel = {
    ...{ 'can-override': true, error: null, result: false },
    policies: [
      { 'allowed-failure': false, error: null, policy: 'contains-billing-tag.sentinel', result: false, trace: {} },
    ],
  };
  assert.deepEqual(words(await read({ data: old })), ['contains-billing-tag fail warn soft-mandatory']);
  // Levels that policies say themselves come first.
  old.attributes.result.sentinel = {
    data: { s: { policies: [{ policy: { name: 'p', 'enforcement-level': 'hard-mandatory' }, result: false }] } },
  };
  assert.deepEqual(words(await read({ data: old })), ['s/p fail enforce hard-mandatory']);
});

test('what is none of its answers is a fault, and what has not ended a rejection', async () => {
  assert.equal((await read({ data: { type: 'runs' } })).fault, 'not_hcp_terraform');
  assert.equal((await read({ data: [] }, {})).fault, 'missing_scope');
  assert.equal((await read([1])).fault, 'not_hcp_terraform');
  assert.equal((await read({ data: null })).fault, 'not_hcp_terraform');
  assert.equal((await read(Buffer.from('{"data": {...}}'))).fault, 'not_json');
  const resource = (status: unknown, attributes: object = {}) => ({
    ...{ id: 7, type: 'policy-checks', attributes: { status, ...attributes } },
  });
  const { rejections, records, told } = await read({
    data: [
      ...[resource('pending'), resource('purple'), resource(null), { type: 'policy-checks' }],
      resource('hard_failed', {
        result: { 'hard-failed': 1e300, sentinel: { data: { a: [], b: { policies: [1, null, {}] } } } },
      }),
      resource('passed', { result: 'yes', 'status-timestamps': { 'passed-at': 'soon' } }),
      {
        type: 'policy-set-outcomes',
        attributes: { outcomes: [{ policy_name: 'p', status: 'maybe' }, 7], 'policy-set-name': {} },
      },
      { type: 'policy-evaluations', attributes: { status: 'passed', 'policy-kind': 'other' } },
    ],
  });
  assert.equal(records, 8);
  assert.deepEqual(
    rejections.map(({ line, reason }) => `${line} ${reason}`),
    ['1 not_done', '2 unknown_status', '3 unknown_status', '4 unknown_status', '8 unknown_status'],
  );
  assert.deepEqual(words({ told, records, rejections }), []);
});

test('an override in a post is an exception until a check without one is posted', async t => {
  const run = await reportRun(t);
  const post = (check: object) => run.post({ kind: 'sentinel', query: place, body: JSON.stringify({ data: [check] }) });
  const policies = [{ policy: 'sizes', result: false }];
  await post(checkResource('run-1', { status: 'overridden', soft: 1, overriddenAt: '2026-11-19T10:05:00Z', policies }));
  assert.deepEqual(await run.states(), { excepted: 1 });
  await post(checkResource('run-2', { status: 'soft_failed', soft: 1, at: '2026-11-19T11:00:00Z', policies }));
  assert.deepEqual(await run.states(), { open: 1 });
  assert.deepEqual(
    await run.rows('SELECT exception, created_at::VARCHAR AS at, holds FROM finding_exceptions ORDER BY occurred_at'),
    [
      { exception: 'polchk-run-1', at: '2026-11-19 10:05:00', holds: true },
      { exception: 'polchk-run-1', at: '2026-11-19 10:05:00', holds: false },
    ],
  );
});

/** What the documentation leaves out or forgets, so that the rest is JSON. */
const strict = (text: string): Buffer =>
  Buffer.from(
    text.replace(/\{\.\.\.\}/g, '{}').replace(/\}\s*\n(\s*)"status-timestamps"/g, '},\n$1"status-timestamps"'),
  );

test("whole real files: every answer about policies in HashiCorp's documentation", async t => {
  const folder = path.join(corpus, 'policy/hcp-terraform');
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter(name => /^policy-(checks|evaluations)\./.test(name));
  } catch {
    t.skip('the corpus is not here');
    return;
  }
  const readings = new Map<string, Reading>();
  for (const name of names.toSorted())
    readings.set(
      name.slice(0, name.indexOf('.sample')),
      await read(strict(readFileSync(path.join(folder, name), 'utf8'))),
    );
  assert.deepEqual(
    [...readings].map(([name, { fault, records, rejections }]) => [name, fault, records, rejections.length]),
    [
      ...['policy-checks.01', 'policy-checks.03', 'policy-checks.05'].map(name => [name, undefined, 1, 0]),
      ...['policy-evaluations.01', 'policy-evaluations.04', 'policy-evaluations.06'].map(name => [
        name,
        undefined,
        1,
        0,
      ]),
    ],
  );
  assert.deepEqual(
    [...readings].map(([, reading]) => [counts(reading), words(reading), reading.told.reports?.[0]?.evaluatedAt]),
    [
      [['fail warn 1'], [], '2017-11-29T20:02:20.000Z'],
      [['fail warn 1'], [], '2017-11-29T20:02:20.000Z'],
      [['excepted warn 1'], [], '2017-11-29T20:14:11.000Z'],
      [['pass enforce 1'], [], '2022-09-16T01:40:30.000Z'],
      [[], ['opa-policies-vcs/policyVCS fail audit advisory'], at.toISOString()],
      [[], ['opa-policies-vcs/policyVCS fail audit advisory'], at.toISOString()],
    ],
  );
  // As they stand: elisions are no JSON, and say so.
  for (const name of names.filter(one => one.endsWith('.txt')))
    assert.equal((await read(readFileSync(path.join(folder, name)))).fault, 'not_json');
  // What else is there is of other kinds.
  const others = readdirSync(folder).filter(name => name.endsWith('.json') && !/^policy-evaluations/.test(name));
  assert.ok(others.length > 20);
  for (const name of others)
    assert.equal((await read(readFileSync(path.join(folder, name)))).fault, 'not_hcp_terraform', name);
});
