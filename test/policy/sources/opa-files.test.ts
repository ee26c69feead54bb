import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { corpus } from '../../e2e/lib/corpus.ts';
import { type OpaRun, opaRun, temporary } from '../opa-run.ts';

const live = path.join(corpus, 'policy', 'opa-live');
const found = (t: TestContext, file: string): string | undefined => {
  if (existsSync(path.join(live, file))) return path.join(live, file);
  t.skip(`policy/opa-live/${file} is not in PLUMBLINE_CORPUS`);
  return undefined;
};
const filesRun = (t: TestContext, at: string) =>
  opaRun(t, { opa: [{ max_paths: 1000, files: [{ path: at, settle: 0 }] }] });
const total = async (run: OpaRun) =>
  Number((await run.rows('SELECT sum(decisions) AS n FROM opa_decisions'))[0]?.n ?? 0);
const refresh = async (run: OpaRun) => {
  const [told] = await run.runtime.refresh();
  assert.equal(told?.error, undefined);
  return told;
};
const rejects = (run: OpaRun) => run.rows('SELECT line, reason FROM rejects ORDER BY ALL');
const line = (id: string, more: object = {}) =>
  `${JSON.stringify({
    ...{ decision_id: id, labels: { id: 'i1', team: 'shop' }, level: 'info', msg: 'Decision Log', path: 'a/allow' },
    ...{ req_id: 1, result: true, time: '2026-11-26T10:00:00Z', timestamp: '2026-11-26T10:00:00.25Z' },
    ...{ type: 'openpolicyagent.org/decision_logs', ...more },
  })}\n`;

for (const [file, decisions] of [
  ['console.jsonl', 2034],
  ['console-mixed-head.jsonl', 294],
] as const)
  test(`a real console log, ${file}, is read to its last decision, and its other lines are nobody's fault`, async t => {
    const at = found(t, file);
    if (!at) return;
    const run = await filesRun(t, at);
    const told = await refresh(run);
    const events = readFileSync(at, 'utf8')
      .split('\n')
      .filter(text => text.includes('"msg":"Decision Log"'))
      .map(text => JSON.parse(text) as { path?: string; error?: unknown; result?: unknown });
    assert.equal(events.length, decisions);
    assert.equal(told?.records, decisions);
    assert.equal(await total(run), decisions);
    assert.deepEqual(await rejects(run), []);
    const count = async (outcome: string) =>
      Number((await run.rows(`SELECT sum(decisions) AS n FROM opa_decisions WHERE outcome = '${outcome}'`))[0]?.n ?? 0);
    assert.equal(await count('error'), events.filter(({ error }) => error !== undefined).length);
    assert.equal(
      await count('undefined'),
      events.filter(({ error, result }) => error === undefined && (result === undefined || result === null)).length,
    );
  });

test('every kept upload of a real OPA is read, one by one or all together, plain or gzipped', async t => {
  const at = found(t, 'uploads-default-limit-no-errors/raw');
  const other = found(t, 'uploads-1500-with-errors/raw');
  if (!at || !other) return;
  const folder = await temporary(t);
  const names = ['00007', '00008', '00010', '00011', '00012'].map(name => path.join(at, `${name}.json`));
  const others = ['00007', '00008', '00010'].map(name => path.join(other, `${name}.json`));
  const ids = [...names, ...others].flatMap(name =>
    (JSON.parse(readFileSync(name, 'utf8')) as { decision_id: string }[]).map(({ decision_id }) => decision_id),
  );
  for (const [index, name] of [...names, ...others].entries()) {
    const bytes = readFileSync(name);
    writeFileSync(path.join(folder, `${index}.json${index % 2 ? '.gz' : ''}`), index % 2 ? gzipSync(bytes) : bytes);
  }
  const run = await filesRun(t, folder);
  assert.equal((await refresh(run))?.records, ids.length);
  assert.equal(await total(run), new Set(ids).size);
  assert.equal((await refresh(run))?.records, 0);
});

test('a log that grows is read on, also within a line; one that is turned over or cut is read from its beginning', async t => {
  const folder = await temporary(t);
  const file = path.join(folder, 'opa.log');
  writeFileSync(file, line('a') + line('b').slice(0, 40));
  const run = await filesRun(t, folder);
  assert.equal((await refresh(run))?.records, 1);
  assert.equal((await refresh(run))?.records, 0);
  appendFileSync(file, line('b').slice(40) + line('c'));
  assert.equal((await refresh(run))?.records, 2);
  renameSync(file, `${file}.1`);
  writeFileSync(file, line('d'));
  await refresh(run);
  assert.equal(await total(run), 4);
  writeFileSync(file, line('e'));
  await refresh(run);
  assert.equal(await total(run), 5);
  assert.deepEqual(await rejects(run), []);
});

test('lines around the decisions, of a container runtime or of nobody, do no harm; a broken decision is told with its line', async t => {
  const folder = await temporary(t);
  const docker = (text: string) => `${JSON.stringify({ log: text, stream: 'stderr', time: '2026-11-26T10:00:00Z' })}\n`;
  writeFileSync(
    path.join(folder, 'opa.log'),
    [
      'starting\n\n{"level":"info","msg":"Initializing server.","time":"2026-11-26T09:00:00Z"}\n',
      line('plain'),
      `2026-11-26T10:00:00.1Z stderr F ${line('cri')}`,
      docker(line('docker')),
      docker('{"msg":"Received request."}\n'),
      `${line('broken').slice(0, 60)}\n`,
      line('half \ud800'),
      line('no-time', { timestamp: undefined }),
      line('text-error', { result: undefined, error: 'eval_conflict_error' }),
    ].join(''),
  );
  const run = await filesRun(t, folder);
  await refresh(run);
  assert.equal(await total(run), 5);
  assert.deepEqual(await rejects(run), [
    { line: '8', reason: 'not_json' },
    { line: null, reason: 'timestamp_unreadable' },
  ]);
  assert.deepEqual(await run.rows(`SELECT team, decisions FROM opa_decisions WHERE outcome = 'error'`), [
    { team: 'shop', decisions: '1' },
  ]);
});

test('a decision is read out of what a shipper put around its line, and a broken one there is told', async t => {
  const folder = await temporary(t);
  const around = (value: object) => `${JSON.stringify({ timestamp: '2026-11-26T10:00:01Z', ...value })}\n`;
  const decision = (id: string) => JSON.parse(line(id)) as object;
  writeFileSync(
    path.join(folder, 'shipped.jsonl'),
    [
      around({ insertId: 'x', jsonPayload: decision('google') }),
      around({ log: line('fluent'), kubernetes: { pod_name: 'opa-1' } }),
      around({ message: `2026-11-26T10:00:00.1Z stderr F ${line('filebeat')}` }),
      around({ body: { log_processed: decision('collector') } }),
      around({ jsonPayload: { msg: 'Received request.' } }),
      around({ message: line('cut').slice(0, 70) }),
    ].join(''),
  );
  const run = await filesRun(t, folder);
  await refresh(run);
  assert.equal(await total(run), 4);
  assert.deepEqual(await rejects(run), [{ line: '6', reason: 'not_json' }]);
});

test('what came as a post and stands in a log is one decision', async t => {
  const folder = await temporary(t);
  writeFileSync(path.join(folder, 'opa.jsonl'), line('a') + line('b'));
  const run = await filesRun(t, folder);
  const { level: _, msg: __, type: ___, time: ____, ...posted } = JSON.parse(line('b')) as Record<string, unknown>;
  await run.post('/ingest/policy/opa/logs', gzipSync(JSON.stringify([posted])), { 'content-encoding': 'gzip' });
  await run.runtime.drain();
  assert.equal((await refresh(run))?.changed, 1);
  assert.equal(await total(run), 2);
});

test('a gzip that is cut, an empty file and a file of something else are told or passed over', async t => {
  const folder = await temporary(t);
  writeFileSync(path.join(folder, 'cut.json.gz'), gzipSync(`[${line('a').trim()}]`).subarray(0, 60));
  writeFileSync(path.join(folder, 'empty.jsonl'), '');
  writeFileSync(path.join(folder, 'list.json'), '[{"a":1}]');
  writeFileSync(path.join(folder, 'utf16.jsonl'), Buffer.from(`\ufeff${line('x')}`, 'utf16le'));
  writeFileSync(path.join(folder, 'bom.jsonl'), `\ufeff${line('bom')}`);
  const run = await filesRun(t, folder);
  await refresh(run);
  assert.equal(await total(run), 1);
  const reasons = (await run.rows('SELECT DISTINCT reason FROM rejects ORDER BY ALL')).map(({ reason }) => reason);
  assert.deepEqual(reasons, ['corrupt_gzip', 'decision_id_missing']);
});

test('a path that means nothing is an error with its remedy, and an empty folder waits', async t => {
  const run = await filesRun(t, '/nowhere/opa.log');
  assert.match((await run.runtime.refresh())[0]?.error ?? '', /POLICY_FILES_NOT_FOUND/);
  const empty = await filesRun(t, await temporary(t));
  assert.equal((await empty.runtime.refresh())[0]?.error, undefined);
});
