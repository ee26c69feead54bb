/** Audits in the ledger: logs that grow, are rotated or shipped in pieces, and the life of findings that follows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { audit, denial, failure, finished, started, text, total, violation } from './log-lines.ts';
import { gatekeeperRun } from './run.ts';

const at = (minute: number) => `2026-11-20T09:${String(minute).padStart(2, '0')}:00Z`;
const clock = (minute: number) => `2026-11-20T${minute < 60 ? '09' : '10'}:${String(minute % 60).padStart(2, '0')}:40Z`;

test('findings live by the audits of a log that grows; one that goes on is not judged', async t => {
  const run = await gatekeeperRun(t);
  run.write('audit.log', text(audit(at(0), [{ name: 'cart' }, { name: 'till' }])), clock(0));
  await run.refresh('logs', clock(0));
  assert.deepEqual(await run.states(), ['cart open', 'till open']);
  // The next audit has only begun.
  run.append('audit.log', text(started(at(1)), violation(at(1), { name: 'cart' })), clock(1));
  await run.refresh('logs', clock(1));
  assert.deepEqual(await run.states(), ['cart open', 'till open']);
  assert.deepEqual(await run.reports(), ['09:00 complete']);
  run.append('audit.log', text(total(at(1), 1), finished(at(1))), clock(2));
  await run.refresh('logs', clock(2));
  assert.deepEqual(await run.states(), ['cart open', 'till resolved(gone)']);
  assert.deepEqual(await run.reports(), ['09:00 complete', '09:01 complete']);
  // Looked at again nothing is new.
  run.append('audit.log', 'I1120 a line of no audit\n', clock(3));
  assert.equal((await run.refresh('logs', clock(3))).changed, 0);
});

test('an audit that never finished is partial once another began: what it lists is open, the rest unknown', async t => {
  const run = await gatekeeperRun(t);
  const lines = [
    audit(at(0), [{ name: 'cart' }, { name: 'till' }]),
    [started(at(1)), violation(at(1), { name: 'new' })],
  ];
  run.write('audit.log', text(...lines), clock(1));
  await run.refresh('logs', clock(1));
  assert.deepEqual(await run.states(), ['cart open', 'till open']);
  run.append('audit.log', text(started(at(2))), clock(2));
  await run.refresh('logs', clock(2));
  assert.deepEqual(await run.states(), ['cart unknown(partial)', 'new open', 'till unknown(partial)']);
  run.append('audit.log', text(audit(at(3), [{ name: 'cart' }])), clock(3));
  await run.refresh('logs', clock(3));
  assert.deepEqual(await run.states(), ['cart open', 'new resolved(gone)', 'till resolved(gone)']);
  assert.deepEqual(await run.reports(), [
    ...['09:00 complete', '09:01 partial audit_not_finished', '09:02 partial audit_not_finished', '09:03 complete'],
  ]);
  // cart was open all the time: unknown is no end.
  assert.deepEqual(
    await run.rows(`SELECT event, count(*)::INTEGER AS n FROM finding_events GROUP BY ALL ORDER BY ALL`),
    [
      { event: 'opened', n: 3 },
      { event: 'resolved', n: 2 },
    ],
  );
});

test('an audit that is the last and has not finished after half an hour is partial', async t => {
  const run = await gatekeeperRun(t);
  run.write('audit.log', text(audit(at(0), [{ name: 'cart' }]), started(at(1))), clock(1));
  await run.refresh('logs', clock(29));
  assert.deepEqual(await run.states(), ['cart open']);
  run.append('audit.log', 'I1120 another line\n', clock(32));
  await run.refresh('logs', clock(32));
  assert.deepEqual(await run.states(), ['cart unknown(partial)']);
});

test('an audit that a rotation cut in two is one, also when the old half is read again under its new name', async t => {
  const run = await gatekeeperRun(t);
  const [begin, one, two, sum, end] = audit(at(1), [{ name: 'cart' }, { name: 'till' }]) as [
    string,
    string,
    string,
    string,
    string,
  ];
  run.write('audit.log', text(audit(at(0), [{ name: 'cart' }]), begin, one), clock(1));
  await run.refresh('logs', clock(1));
  run.rename('audit.log', 'audit.log.1');
  run.write('audit.log', text(two, sum, end), clock(2));
  await run.restart();
  await run.refresh('logs', clock(2));
  assert.deepEqual(await run.states(), ['cart open', 'till open']);
  assert.deepEqual(await run.reports(), ['09:00 complete', '09:01 complete']);
  // Under another name, and packed: all of it is known.
  run.rename('audit.log.1', 'audit.log.2');
  await run.refresh('logs', clock(45));
  assert.deepEqual(
    [await run.states(), await run.reports()],
    [
      ['cart open', 'till open'],
      ['09:00 complete', '09:01 complete'],
    ],
  );
});

test('lines that a shipper posts a few at a time, twice and out of order, are the same audit; a kill loses none', async t => {
  const run = await gatekeeperRun(t);
  await run.post(text(audit(at(0), [{ name: 'cart' }, { name: 'till' }, { name: 'web' }])), clock(0));
  const lines = audit(at(1), [{ name: 'cart' }, { name: 'new' }]);
  const chunks = [[lines[4]], [lines[1], lines[0]], [lines[1]], [lines[3]], [lines[2]]];
  for (const [index, chunk] of chunks.entries()) {
    assert.deepEqual(await run.states(), ['cart open', 'till open', 'web open'], `after ${index} posts`);
    const body = JSON.stringify(chunk.map(log => ({ log, kubernetes: { container_name: 'manager' } })));
    await run.post(body, clock(2));
    await run.post(body, clock(2));
    await run.restart();
  }
  assert.deepEqual(await run.states(), ['cart open', 'new open', 'till resolved(gone)', 'web resolved(gone)']);
  assert.deepEqual(await run.reports(), ['09:00 complete', '09:01 complete']);
});

test('audits that are killed again and again are kept in bounds', async t => {
  const run = await gatekeeperRun(t);
  for (let minute = 0; minute < 8; minute += 1)
    await run.post(text(started(at(minute)), violation(at(minute), { name: 'cart' })), clock(minute));
  assert.deepEqual(await run.states(), ['cart open']);
  assert.deepEqual(await run.rows('SELECT count(DISTINCT run)::INTEGER AS n FROM gatekeeper_lines'), [{ n: 3 }]);
  assert.equal((await run.reports()).length, 7);
});

test('a log that is older than what is known tells since when, and changes nothing else', async t => {
  const run = await gatekeeperRun(t);
  await run.post(text(audit(at(30), [{ name: 'cart' }])), clock(30));
  const older = [violation(at(5), { name: 'cart' }), violation(at(5), { name: 'gone' }), finished(at(5))];
  await run.post(text(older), clock(31));
  assert.deepEqual(await run.states(), ['cart open']);
  assert.deepEqual(await run.rows(`SELECT min(first_seen_at)::VARCHAR AS since FROM finding_states`), [
    { since: '2026-11-20 09:05:00' },
  ]);
});

test('totals that are more than the lines make the rest of that constraint unknown, and of no other', async t => {
  const run = await gatekeeperRun(t);
  const labels = ['K8sRequiredLabels', 'owner'] as const;
  const both = [
    { name: 'cart' },
    { name: 'till' },
    { name: 'blue', constraint: labels },
    { name: 'red', constraint: labels },
  ];
  await run.post(text(audit(at(0), both)), clock(0));
  const totals = { 'container-must-have-limits': 2 };
  await run.post(text(audit(at(1), [both[0]!, both[2]!], { totals })), clock(1));
  assert.deepEqual(await run.states(), ['blue open', 'cart open', 'red resolved(gone)', 'till unknown(truncated)']);
  assert.deepEqual(await run.rows(`SELECT missing::INTEGER AS missing FROM finding_reports ORDER BY occurred_at`), [
    { missing: 0 },
    { missing: 1 },
  ]);
});

test('of kinds that could not be listed nothing is known, of others all', async t => {
  const run = await gatekeeperRun(t);
  const both = [{ name: 'cart' }, { kind: 'Service', name: 'front' }, { kind: 'Service', name: 'back' }];
  await run.post(text(audit(at(0), both)), clock(0));
  const lines = audit(at(1), []);
  const error = failure(at(1), 'Unable to list objects for gvk', { group: '', version: 'v1', kind: 'Service' });
  await run.post(text(lines[0]!, error, lines.slice(1)), clock(1));
  assert.deepEqual(await run.states(), ['back unknown(error)', 'cart resolved(gone)', 'front unknown(error)']);
});

test('refused requests are counted once, whichever way and however often their lines come', async t => {
  const run = await gatekeeperRun(t);
  const lines = [denial(at(1), { name: 'cart' }), denial(at(1), { name: 'cart' }), denial(at(2), { action: 'warn' })];
  run.write('webhook.log', text(lines), clock(3));
  await run.refresh('logs', clock(3));
  run.write('webhook-2.log', text(lines.slice(1)), clock(3));
  await run.refresh('logs', clock(4));
  await run.post(JSON.stringify(lines.map(log => ({ log }))), clock(5));
  assert.deepEqual(
    await run.rows('SELECT enforcement, count(*)::INTEGER AS n FROM finding_blocks GROUP BY ALL ORDER BY ALL'),
    [
      { enforcement: 'enforce', n: 2 },
      { enforcement: 'warn', n: 1 },
    ],
  );
});

test('a team posts its own cluster in pieces, and nothing of another team', async t => {
  const run = await gatekeeperRun(t);
  const team = (name: string) => ({ name: `${name}-ci`, role: 'team', team: name }) as const;
  const lines = audit(at(0), [{ name: 'cart' }]);
  await run.post(text(lines.slice(0, 2)), clock(0), team('checkout'));
  await run.post(text(lines.slice(2)), clock(0), team('checkout'));
  assert.deepEqual(await run.states(), ['cart open']);
  assert.match(
    String((await run.rows('SELECT attributes::VARCHAR AS a FROM owner_keys')).map(({ a }) => a)),
    /"team":"checkout"/,
  );
  await assert.rejects(run.post(text(started(at(1))), clock(1), team('search')), /checkout/);
  assert.deepEqual(await run.rows(`FROM gatekeeper_lines WHERE run <> '2026-11-20 09:00:00'`), []);
});

test('a gzipped log is read, what is broken in a log is counted once', async t => {
  const run = await gatekeeperRun(t);
  run.write('audit.log', text('{"event_type":"audit_sta', audit(at(0), [{ name: 'cart' }])), clock(0));
  assert.deepEqual((await run.refresh('logs', clock(0))).rejected, { not_json: 1 });
  run.append('audit.log', text(started(at(1))), clock(1));
  assert.deepEqual((await run.refresh('logs', clock(1))).rejected, {});
  run.write('old.log.gz', '', clock(2));
  run.write('old.log.gz', gzipSync(text(audit(at(2), []))) as unknown as string, clock(2));
  await run.refresh('logs', clock(2));
  assert.deepEqual(await run.states(), ['cart resolved(gone)']);
});
