import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HistoryOptions, writeHistory } from '../../exporters/core/history.ts';
import { type Ledger, openLedger } from '../../exporters/core/ledger.ts';
import type { SeriesSamples } from '../../exporters/core/series.ts';
import { createSnapshotter } from '../../exporters/core/snapshot.ts';
import { sqlTime } from '../../exporters/core/time.ts';
import { addHappenings, addTakings, happened, open, toyExporter } from './toy.ts';

const exporter = toyExporter();
const at = (text: string) => new Date(`${text}Z`);
const options: HistoryOptions = {
  from: at('2026-01-01T00:00:00'),
  to: at('2026-01-05T00:00:00'),
  stepSeconds: 86_400,
  target: 'prom',
  rewrite: false,
  scrapeLabels: { job: 'plumbline', instance: 'here:1' },
  now: () => at('2026-01-05T06:00:00'),
};

async function collect(ledger: Ledger, change: Partial<HistoryOptions> = {}) {
  const written: (SeriesSamples & { kind: string })[] = [];
  const reports = await writeHistory(
    exporter,
    ledger,
    { ...options, ...change },
    {
      write: async (metric, series) => {
        for await (const one of series) written.push({ ...one, kind: metric.kind });
      },
    },
  );
  const of = (name: string) =>
    written
      .filter(one => one.name === name)
      .flatMap(one => one.times.map((ms, i) => [new Date(ms).toISOString(), one.values[i]]));
  return { written, reports, of };
}

async function filled() {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  await ledger.write(async tx => {
    const learned = at('2026-01-04T12:00:00');
    await addHappenings(tx, [
      { id: 1, team: 'red', seconds: 50, occurred: at('2026-01-01T10:00:00'), learned },
      { id: 2, team: 'red', seconds: 5, occurred: at('2026-01-03T10:00:00'), learned },
    ]);
    await addTakings(tx, [
      ['2026-01-01', 'red', '3', learned],
      ['2026-01-02', 'red', '4', learned],
    ]);
  });
  await createSnapshotter({ exporter, ledger, pageDays: 0, seriesLimit: 100 }).take(at('2026-01-05T06:00:00'));
  return ledger;
}

test('history has a sample a day, the labels of the scrape, and every kind', async () => {
  const ledger = await filled();
  const { written, of } = await collect(ledger);
  assert.deepEqual(of('toy_happenings_total'), [
    ['2026-01-02T00:00:00.000Z', 1],
    ['2026-01-03T00:00:00.000Z', 1],
    ['2026-01-04T00:00:00.000Z', 2],
    ['2026-01-05T00:00:00.000Z', 2],
  ]);
  assert.deepEqual(of('toy_takings'), [
    ['2026-01-01T12:00:00.000Z', 3],
    ['2026-01-02T12:00:00.000Z', 4],
  ]);
  assert.deepEqual(
    of('toy_duration_seconds_bucket')
      .filter(([time]) => time === '2026-01-05T00:00:00.000Z')
      .map(([, n]) => n),
    [2, 1, 2],
  );
  assert.deepEqual(written.find(one => one.name === 'toy_happenings_total')?.labels, [
    ['team', 'red'],
    ['job', 'plumbline'],
    ['instance', 'here:1'],
  ]);
  await ledger.close();
});

test('an instant is written once to each target, and what was scraped is never written over', async () => {
  const ledger = await filled();
  await collect(ledger, { to: at('2026-01-03T00:00:00') });
  assert.deepEqual(
    (await collect(ledger)).of('toy_happenings_total').map(([time]) => time),
    ['2026-01-04T00:00:00.000Z', '2026-01-05T00:00:00.000Z'],
  );
  assert.deepEqual((await collect(ledger)).of('toy_happenings_total'), []);
  await ledger.write(tx =>
    tx.run('INSERT INTO seams VALUES ($name, $at::TIMESTAMP)', {
      name: happened.name,
      at: sqlTime(at('2026-01-05T00:00:00')),
    }),
  );
  assert.deepEqual(
    (await collect(ledger, { target: 'other' })).of('toy_happenings_total').map(([time]) => time),
    ['2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z', '2026-01-04T00:00:00.000Z'],
  );
  assert.equal(
    (await collect(ledger, { rewrite: true })).of('toy_happenings_total').length,
    4,
    'an empty server gets all',
  );
  await ledger.close();
});

test('a late fact never makes a counter fall, whether between two writes or at the seam', async () => {
  const ledger = await filled();
  const first = await collect(ledger, { to: at('2026-01-03T00:00:00') });
  await ledger.write(tx =>
    addHappenings(tx, [
      { id: 3, team: 'red', seconds: 5, occurred: at('2026-01-01T01:00:00'), learned: at('2026-01-05T07:00:00') },
    ]),
  );
  const second = await collect(ledger, { now: () => at('2026-01-05T08:00:00') });
  const values = [...first.of('toy_happenings_total'), ...second.of('toy_happenings_total')].map(([, value]) => value);
  assert.deepEqual(values, [1, 1, 3, 3]);
  await ledger.close();
});

test('what history had at its last instant, and the page has no longer, is served as 0 for a day', async () => {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const learned = at('2026-01-04T12:00:00');
  const hour = 3_600;
  await ledger.write(tx =>
    addHappenings(tx, [
      { id: 1, team: 'red', seconds: 100 * hour, occurred: at('2026-01-03T10:00:00'), learned },
      { id: 2, team: 'blue', seconds: 16 * hour, occurred: at('2026-01-04T10:00:00'), learned },
      { id: 3, team: 'green', seconds: 4 * hour, occurred: at('2026-01-03T10:00:00'), learned },
    ]),
  );
  const going = { ...open, sql: `SELECT * FROM (${open.sql}) WHERE value > 0` };
  const one = { ...exporter, metrics: [going] };
  const snapshotter = createSnapshotter({ exporter: one, ledger, pageDays: 0, seriesLimit: 100 });
  const page = async (now: string) =>
    String((await snapshotter.take(at(now))).snapshot.families.map(({ text }) => text)).trim();
  const red = 'toy_open{team="red"} 1';
  assert.equal(await page('2026-01-05T05:59:00'), red);
  const write = async (_: unknown, series: AsyncIterable<SeriesSamples>) => {
    for await (const each of series) assert.equal(each.name, 'toy_open');
  };
  await writeHistory(one, ledger, options, { write });
  assert.equal(await page('2026-01-05T06:01:00'), `toy_open{team="blue"} 0\n${red}`, 'at once');
  assert.equal(await page('2026-01-06T05:00:00'), `toy_open{team="blue"} 0\n${red}`);
  assert.equal(await page('2026-01-06T07:00:00'), red);
  await ledger.close();
});

test('a sink that fails leaves no watermark, so that the next run writes it all', async () => {
  const ledger = await filled();
  await assert.rejects(
    writeHistory(exporter, ledger, options, {
      write: async () => {
        throw new Error('target is down');
      },
    }),
    /target is down/,
  );
  assert.equal((await collect(ledger)).of('toy_happenings_total').length, 4);
  await ledger.close();
});

test('a family whose instants are evaluated a few at a time has the same history', async () => {
  const written = async (instantsAtOnce?: number) => {
    const ledger = await filled();
    const metrics = [{ ...happened, ...(instantsAtOnce === undefined ? {} : { instantsAtOnce }) }];
    const samples: unknown[] = [];
    let slices = 0;
    const [report] = await writeHistory({ ...exporter, metrics }, ledger, options, {
      write: async (_, series) => {
        slices += 1;
        for await (const { times, values } of series) samples.push(...times.map((ms, index) => [ms, values[index]]));
      },
    });
    await ledger.close();
    return { samples, slices, report: { samples: report?.samples, series: report?.series } };
  };
  const whole = await written();
  const sliced = await written(2);
  assert.deepEqual(sliced, { ...whole, slices: 3 });
  assert.equal(whole.slices, 1);
});

test('a range without length and an hourly year are refused', async () => {
  const ledger = await filled();
  await assert.rejects(collect(ledger, { to: options.from }), /has no length/);
  await assert.rejects(collect(ledger, { stepSeconds: 3600, from: at('2025-01-01T00:00:00') }), /30 days at most/);
  await ledger.close();
});
