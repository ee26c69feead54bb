import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page } from '../../exporters/core/exposition.ts';
import { type Ledger, openLedger } from '../../exporters/core/ledger.ts';
import { createSnapshotter } from '../../exporters/core/snapshot.ts';
import type { Snapshot } from '../../exporters/core/snapshot-types.ts';
import { addHappenings, addTakings, open, toyExporter } from './toy.ts';

const exporter = toyExporter();
const at = (text: string) => new Date(`${text}Z`);
const text = (snapshot: Snapshot, format: 'text' | 'openmetrics' = 'text') =>
  Buffer.concat(page(snapshot.families, format)).toString();
const linesOf = (snapshot: Snapshot, name: string, format: 'text' | 'openmetrics' = 'text') =>
  text(snapshot, format)
    .split('\n')
    .filter(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

async function snapshotted(
  options: { pageDays?: number; metrics?: typeof exporter.metrics; seriesLimit?: number } = {},
) {
  const { pageDays = 40, metrics = exporter.metrics, seriesLimit = 1000 } = options;
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const snapshotter = createSnapshotter({ exporter: { ...exporter, metrics }, ledger, pageDays, seriesLimit });
  const take = async (now: string) => {
    const { snapshot, errors } = await snapshotter.take(at(now));
    assert.deepEqual(errors, []);
    return snapshot;
  };
  return { ledger, snapshotter, take };
}

const learned = at('2026-01-02T00:00:00');
const takings = (ledger: Ledger, ...postings: [string, string, string][]) =>
  ledger.write(tx =>
    addTakings(
      tx,
      postings.map(([day, team, amount]) => [day, team, amount, learned] as const),
    ),
  );

test('a page has each kind of family in both formats', async () => {
  const { ledger, take } = await snapshotted();
  await ledger.write(tx =>
    addHappenings(tx, [
      { id: 1, team: 'red', seconds: 50, occurred: at('2026-01-01T10:00:00'), learned },
      { id: 2, team: 'red', seconds: 8, occurred: at('2026-01-01T11:00:00'), learned },
    ]),
  );
  await takings(ledger, ['2026-01-01', 'red', '12.5']);
  const snapshot = await take('2026-01-02T06:00:00');
  const expected = `# HELP toy_happenings_total Things that happened.
# TYPE toy_happenings_total counter
toy_happenings_total{team="red"} 2
# HELP toy_open Things that are going on.
# TYPE toy_open gauge
toy_open{team="red"} 0
# HELP toy_duration_seconds How long things take.
# TYPE toy_duration_seconds histogram
toy_duration_seconds_bucket{team="red",le="10.0"} 1
toy_duration_seconds_bucket{team="red",le="100.0"} 2
toy_duration_seconds_bucket{team="red",le="+Inf"} 2
toy_duration_seconds_sum{team="red"} 58
toy_duration_seconds_count{team="red"} 2
# HELP toy_takings Money taken by day.
# TYPE toy_takings gauge
toy_takings{team="red",currency="EUR"} 12.5 1767268800000
# HELP toy_takings_latest Money taken by day: the newest complete day.
# TYPE toy_takings_latest gauge
toy_takings_latest{team="red",currency="EUR"} 12.5
# HELP toy_takings_latest_timestamp_seconds Start of the day that toy_takings_latest shows.
# TYPE toy_takings_latest_timestamp_seconds gauge
toy_takings_latest_timestamp_seconds 1767225600
`;
  assert.equal(text(snapshot), expected);
  assert.match(text(snapshot, 'openmetrics'), /# TYPE toy_happenings counter\ntoy_happenings_total\{team="red"\} 2\n/);
  assert.match(text(snapshot, 'openmetrics'), /toy_takings\{team="red",currency="EUR"\} 12.5 1767268800.000\n/);
  await ledger.close();
});

test('a restated day gets the next revision, and one whose series is gone becomes 0', async () => {
  const { ledger, take } = await snapshotted();
  await takings(ledger, ['2026-01-01', 'red', '12.5'], ['2026-01-01', 'blue', '1']);
  await take('2026-01-02T06:00:00');
  await takings(ledger, ['2026-01-01', 'red', '-2.5'], ['2026-01-01', 'blue', '9']);
  const restated = await take('2026-01-02T07:00:00');
  assert.deepEqual(linesOf(restated, 'toy_takings'), [
    'toy_takings{team="blue",currency="EUR"} 10 1767268800001',
    'toy_takings{team="red",currency="EUR"} 10 1767268800001',
  ]);
  await ledger.write(async tx => {
    await tx.run(`DELETE FROM takings WHERE team = 'blue'`);
    tx.touch('takings');
  });
  const moved = await take('2026-01-02T08:00:00');
  assert.deepEqual(linesOf(moved, 'toy_takings'), [
    'toy_takings{team="blue",currency="EUR"} 0 1767268800002',
    'toy_takings{team="red",currency="EUR"} 10 1767268800001',
  ]);
  await take('2026-01-02T09:00:00');
  const rows = await ledger.read(reader => reader.all('SELECT count(*) AS n FROM published'));
  assert.equal(rows[0]?.n, '5', 'what did not change is not published again');
  await ledger.close();
});

test('a series that is gone is served as 0 for a day where a sum counts it, then not at all', async () => {
  const { ledger, take } = await snapshotted({ metrics: [open] });
  await ledger.write(tx =>
    addHappenings(tx, [{ id: 1, team: 'red', seconds: 9e6, occurred: at('2026-01-01T10:00:00'), learned }]),
  );
  assert.deepEqual(linesOf(await take('2026-01-02T06:00:00'), 'toy_open'), ['toy_open{team="red"} 1']);
  await ledger.write(async tx => {
    await tx.run('DELETE FROM happenings');
    tx.touch('happenings');
  });
  assert.deepEqual(linesOf(await take('2026-01-02T07:00:00'), 'toy_open'), ['toy_open{team="red"} 0']);
  assert.deepEqual(linesOf(await take('2026-01-03T06:00:00'), 'toy_open'), ['toy_open{team="red"} 0']);
  assert.deepEqual(linesOf(await take('2026-01-03T08:00:00'), 'toy_open'), []);
  await ledger.close();
});

test('a view that fails keeps its last good values, and the others go on', async () => {
  const fragile = {
    ...open,
    everySeconds: 0,
    sql: `SELECT ts, 'red' AS team, (SELECT n::BIGINT FROM fragile) AS value FROM instants`,
  };
  const { ledger, snapshotter, take } = await snapshotted({
    metrics: [fragile, ...exporter.metrics.filter(m => m !== open)],
  });
  await ledger.write(tx => tx.run(`CREATE TABLE fragile AS SELECT '7' AS n`));
  await takings(ledger, ['2026-01-01', 'red', '1']);
  await take('2026-01-02T06:00:00');
  await ledger.write(tx => tx.run(`UPDATE fragile SET n = 'seven'`));
  await takings(ledger, ['2026-01-01', 'red', '1']);
  const { snapshot, errors } = await snapshotter.take(at('2026-01-02T07:00:00'));
  assert.equal(errors.length, 1);
  assert.match(String(errors[0]), /toy_open/);
  assert.deepEqual(linesOf(snapshot, 'toy_open'), ['toy_open{team="red"} 7']);
  assert.deepEqual(linesOf(snapshot, 'toy_takings_latest'), ['toy_takings_latest{team="red",currency="EUR"} 2']);
  await ledger.close();
});

test('a family above its budget, and a page above series_limit, are refused by name', async () => {
  const many = { ...open, maxSeries: 2, sql: `SELECT ts, unnest(['a', 'b', 'c']) AS team, 1 AS value FROM instants` };
  const over = await snapshotted({ metrics: [many] });
  const { errors } = await over.snapshotter.take(learned);
  assert.match(String(errors[0]), /toy_open would have 3 series by team, above its budget of 2/);
  const limited = await snapshotted({ metrics: [{ ...many, maxSeries: 5 }], seriesLimit: 2 });
  await assert.rejects(limited.snapshotter.take(learned), { code: 'SERIES_OVER_LIMIT' });
});

test('two values for one label set are an error, not two lines', async () => {
  const twice = { ...open, sql: `SELECT ts, 'red' AS team, unnest([1, 2]) AS value FROM instants` };
  const { snapshotter } = await snapshotted({ metrics: [twice] });
  assert.match(String((await snapshotter.take(learned)).errors[0]), /has two values at one instant/);
});
