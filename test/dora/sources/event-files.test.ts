import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type DoraRun, doraRun } from '../run.ts';

const sha = (n: number) => String(n).padStart(40, '0');
const deployment = (n: number, more: object = {}) => ({
  ...{ type: 'deployment', id: `d${n}`, repository: 'acme/shop', environment: 'production', sha: sha(n) },
  ...{ finished_at: `2026-10-${String(n).padStart(2, '0')}T10:00:00Z`, ...more },
});
const lines = (...events: readonly (object | string)[]) =>
  events.map(event => `${typeof event === 'string' ? event : JSON.stringify(event)}\n`).join('');

let delivered = 0;

/** A folder with the source on it; `deliver` writes a file that has settled, each time with another time of change. */
async function place(t: TestContext, settings: object = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-events-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const events = path.join(folder, 'events');
  mkdirSync(events);
  const run = await doraRun(t, { event_files: [{ path: events, ...settings }] });
  const write = (name: string, text: string) => writeFileSync(path.join(events, name), text);
  const deliver = (name: string, text: string, secondsAgo = 7200) => {
    write(name, text);
    delivered += 1;
    const at = new Date(Date.now() - secondsAgo * 1000 + delivered);
    utimesSync(path.join(events, name), at, at);
  };
  const refresh = async (now = '2026-11-01T00:00:00Z') => {
    const result = (await run.refresh(now)).find(({ source }) => source === 'event-files');
    assert.ok(result);
    return result;
  };
  return { ...run, events, write, deliver, refresh };
}

const namesOf = async ({ rows }: Pick<DoraRun, 'rows'>) =>
  (await rows('SELECT DISTINCT deployment FROM deployments ORDER BY ALL')).map(row => row.deployment);
const filesOf = async ({ rows }: Pick<DoraRun, 'rows'>) =>
  (await rows('SELECT path, state, reason, records::INTEGER AS records FROM files ORDER BY path')).map(
    row => [path.basename(String(row.path)), row.state, row.reason, row.records] as const,
  );
const statementsOf = async ({ rows }: Pick<DoraRun, 'rows'>) =>
  Promise.all(
    ['deployments', 'deployment_statuses', 'commits', 'pull_requests', 'incidents', 'pipeline_runs'].map(table =>
      rows(`FROM ${table} ORDER BY ALL`),
    ),
  );

test('events of each kind are read from each line, and what follows from them is derived', async t => {
  const run = await place(t);
  const commit = { type: 'commit', repository: 'acme/shop', authored_at: '2026-10-01T08:00:00Z', parents: [] };
  run.deliver(
    'october.jsonl',
    lines(
      { ...commit, sha: sha(1) },
      { ...commit, sha: sha(2), parents: [sha(1)], authored_at: '2026-10-02T08:00:00Z' },
      deployment(1),
      deployment(2),
      { type: 'incident', id: 'INC-1', repository: 'acme/shop', deployment: 'd2', started_at: '2026-10-02T11:00:00Z' },
      {
        ...{ type: 'pipeline_run', id: '7', repository: 'acme/shop', pipeline: 'build', status: 'success' },
        ...{ started_at: '2026-10-02T09:00:00Z', finished_at: '2026-10-02T09:10:00Z' },
      },
    ),
  );
  const { records, rejected, error } = await run.refresh();
  assert.deepEqual([records, rejected, error], [6, {}, undefined]);
  const [change] = await run.rows(`SELECT deployment, sha FROM deployed_changes WHERE holds AND excluded = ''`);
  assert.deepEqual(change, { deployment: 'event-files:d2', sha: sha(2) });
  assert.equal((await run.rows(`FROM verdicts WHERE verdict = 'failed' AND holds`))[0]?.deployment, 'event-files:d2');
  const [finished] = await run.rows('SELECT run, seconds::INTEGER AS seconds FROM finished_pipeline_runs');
  assert.deepEqual(finished, { run: 'acme/shop#7', seconds: 600 });
});

test('a file that is being written waits until it is the same at two looks', async t => {
  const run = await place(t);
  run.write('now.jsonl', lines(deployment(1)));
  assert.equal((await run.refresh()).waiting, 1);
  assert.deepEqual(await namesOf(run), []);
  assert.deepEqual(await filesOf(run), [['now.jsonl', 'waiting', 'being_written', 0]]);
  assert.deepEqual([(await run.refresh()).waiting, await namesOf(run)], [0, ['d1']]);
});

test('a last line without its newline may be half of one: it waits for an hour', async t => {
  const run = await place(t);
  const cut = `${lines(deployment(1))}${JSON.stringify(deployment(2)).slice(0, 40)}`;
  run.deliver('cut.jsonl', cut, 600);
  assert.equal((await run.refresh()).waiting, 1);
  assert.deepEqual(await filesOf(run), [['cut.jsonl', 'waiting', 'no_final_newline', 0]]);
  run.deliver('cut.jsonl', `${cut.slice(0, -40)}${JSON.stringify(deployment(2))}`, 7200);
  const { records, waiting } = await run.refresh();
  assert.deepEqual([records, waiting, await namesOf(run)], [2, 0, ['d1', 'd2']]);
});

test('a line that can not be read is rejected by its number, and the others count', async t => {
  const run = await place(t);
  const { finished_at: _, ...endless } = deployment(3);
  const text = lines(
    deployment(1),
    '{"type":"deployment"',
    '',
    { ...deployment(2), colour: 'red' },
    endless,
    deployment(4),
  );
  run.deliver('mixed.ndjson', `\uFEFF${text}`);
  const { records, rejected } = await run.refresh();
  assert.deepEqual([records, rejected], [2, { not_json: 1, not_an_event: 2 }]);
  assert.deepEqual(await namesOf(run), ['d1', 'd4']);
  const rejects = await run.rows('SELECT line::INTEGER AS line, reason, value FROM rejects ORDER BY line');
  assert.deepEqual(
    rejects.map(({ line, reason }) => [line, reason]),
    [
      [2, 'not_json'],
      [4, 'not_an_event'],
      [5, 'not_an_event'],
    ],
  );
  assert.match(String(rejects[1]?.value), /no field is called colour/);
  assert.match(String(rejects[2]?.value), /finished_at: expected the end/);
  // Corrected, it has no rejects any more.
  run.deliver('mixed.ndjson', lines(deployment(1), deployment(2)));
  assert.deepEqual((await run.refresh()).rejected, {});
  assert.deepEqual(await run.rows('FROM rejects'), []);
});

test('a file that has changed is read again, and what it said before is not added twice', async t => {
  const run = await place(t);
  run.deliver('a.jsonl', lines(deployment(1), deployment(2)));
  await run.refresh();
  const before = await statementsOf(run);
  assert.equal((await run.refresh()).records, 0);
  run.deliver('a.jsonl', lines(deployment(1), deployment(2)));
  const again = await run.refresh('2026-11-02T00:00:00Z');
  assert.deepEqual([again.records, again.changed], [2, 0]);
  assert.deepEqual(await statementsOf(run), before);
  run.deliver('a.jsonl', lines(deployment(1), deployment(2), deployment(3)));
  const grown = await run.refresh('2026-11-03T00:00:00Z');
  assert.deepEqual([grown.records, await namesOf(run)], [3, ['d1', 'd2', 'd3']]);
  assert.equal((await run.rows(`FROM production_deployments WHERE outcome = 'success'`)).length, 3);
});

test('the same events in one file or in many, in whatever order, are one ledger', async t => {
  const told = [1, 2, 3, 4, 5].map(n => deployment(n));
  const [one, many] = [await place(t), await place(t)];
  one.deliver('all.jsonl', lines(...told));
  await one.refresh();
  for (const [index, event] of told.toReversed().entries()) many.deliver(`${index}.jsonl`, lines(event, told[0]!));
  await many.refresh();
  assert.deepEqual(await statementsOf(many), await statementsOf(one));
});

test('a file that vanishes takes nothing with it, and an empty folder waits for its first event', async t => {
  const run = await place(t);
  assert.equal((await run.refresh()).error, undefined);
  run.deliver('a.jsonl', lines(deployment(1)));
  run.deliver('b.jsonl', lines(deployment(2)));
  await run.refresh();
  rmSync(path.join(run.events, 'a.jsonl'));
  const { error, records } = await run.refresh();
  assert.deepEqual([error, records, await namesOf(run)], [undefined, 0, ['d1', 'd2']]);
  assert.deepEqual(
    (await filesOf(run)).map(([name]) => name),
    ['b.jsonl'],
  );
  assert.equal((await run.rows(`FROM production_deployments WHERE outcome = 'success'`)).length, 2);
});

test('a path that means nothing is an error that names it', async t => {
  const run = await doraRun(t, { event_files: [{ path: '/no/such/events/*.jsonl' }] });
  const result = (await run.refresh('2026-11-01T00:00:00Z')).find(({ source }) => source === 'event-files');
  assert.match(result?.error ?? '', /\/no\/such\/events\/\*\.jsonl/);
});
