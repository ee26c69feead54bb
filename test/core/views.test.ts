import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ledger, openLedger, type Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { fromSqlTime, sqlTime } from '../../exporters/core/time.ts';
import { type AsOf, withView } from '../../exporters/core/views.ts';
import {
  addHappenings,
  addTakings,
  durations,
  type Happening,
  happened,
  open,
  seeded,
  takings,
  toyExporter,
} from './toy.ts';

const exporter = toyExporter();
const start = Date.parse('2026-01-01T00:00:00Z');
const hour = 3_600_000;

const evaluate = (ledger: Ledger, metric: Metric, asOf: AsOf): Promise<Row[]> =>
  ledger.read(reader =>
    withView(reader, exporter.facts, metric, asOf, sql => reader.all(`SELECT * FROM (${sql}) ORDER BY ALL`)),
  );

const valuesAt = (rows: readonly Row[], instant: Date) =>
  rows.filter(row => fromSqlTime(String(row.ts)).getTime() === instant.getTime());

/** A random life: at each instant some facts are learned, each having occurred up to five days before. */
function randomLife(seed: number) {
  const random = seeded(seed);
  const instants = [...new Set(Array.from({ length: 40 }, () => start + Math.floor(random() * 60 * 24) * hour))].sort(
    (a, b) => a - b,
  );
  let id = 0;
  return instants.map(ms => {
    const learned = new Date(ms - 1);
    const facts: Happening[] = Array.from({ length: Math.floor(random() * 6) }, () => ({
      id: id++,
      team: random() < 0.5 ? 'red' : 'blue',
      seconds: Math.floor(random() * 200_000),
      occurred: new Date(ms - Math.floor(random() * 120) * hour),
      learned,
    }));
    const money = Array.from({ length: Math.floor(random() * 4) }, () => {
      const day = new Date(ms - (1 + Math.floor(random() * 20)) * 24 * hour).toISOString().slice(0, 10);
      return [day, random() < 0.5 ? 'red' : 'blue', (random() * 100 - 20).toFixed(10), learned] as const;
    });
    return { instant: new Date(ms), facts, money };
  });
}

for (const seed of [1, 2, 3])
  test(`what a scrape served at t is what history computes for t from the facts known at t (seed ${seed})`, async () => {
    const life = randomLife(seed);
    const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
    const scraped = new Map<string, Row[]>();
    for (const step of life) {
      await ledger.write(async tx => {
        await addHappenings(tx, step.facts);
        await addTakings(tx, step.money);
      });
      for (const metric of exporter.metrics)
        scraped.set(
          `${metric.name} ${step.instant.toISOString()}`,
          await evaluate(ledger, metric, { instants: [step.instant] }),
        );
    }
    let compared = 0;
    for (const [index, step] of life.entries()) {
      const known = await openLedger({ path: ':memory:', tables: exporter.tables });
      await known.write(async tx => {
        for (const earlier of life.slice(0, index + 1)) {
          await addHappenings(tx, earlier.facts);
          await addTakings(tx, earlier.money);
        }
      });
      const instants = life.map(other => other.instant);
      for (const metric of exporter.metrics) {
        const history = valuesAt(await evaluate(known, metric, { instants, history: { target: 't' } }), step.instant);
        const served = scraped.get(`${metric.name} ${step.instant.toISOString()}`) ?? [];
        assert.deepEqual(
          history.filter(hasValue),
          served.filter(hasValue),
          `${metric.name} at ${step.instant.toISOString()}`,
        );
        compared += served.length;
      }
      await known.close();
    }
    assert.ok(compared > 200, `only ${compared} values were compared`);
    await ledger.close();
  });

const hasValue = (row: Row) => (row.value ?? row.count ?? null) !== null;

test('a fact that is learned after its instants were written counts from the first instant not yet written', async () => {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const at = (hours: number) => new Date(start + hours * hour);
  const fact = (id: number, occurred: number, learned: number): Happening => ({
    id,
    team: 'red',
    seconds: 5,
    occurred: at(occurred),
    learned: at(learned),
  });
  await ledger.write(async tx => {
    await addHappenings(tx, [fact(1, 1, 1), fact(2, 3, 3), fact(3, 2, 20), fact(4, 12, 20)]);
    await tx.run(`INSERT INTO watermarks VALUES ('prom', $metric, $through::TIMESTAMP, $written::TIMESTAMP)`, {
      metric: happened.name,
      through: sqlTime(at(10)),
      written: sqlTime(at(15)),
    });
  });
  const instants = [at(4), at(10), at(11), at(12)];
  const counts = (target: string, metric: Metric = happened) =>
    evaluate(ledger, metric, { instants, history: { target } }).then(rows =>
      rows.map(row => Number(row.value ?? row.count)),
    );
  assert.deepEqual(await counts('prom'), [2, 2, 3, 4]);
  assert.deepEqual(await counts('another target'), [3, 3, 3, 4], 'each target has a watermark of its own');
  await ledger.write(tx =>
    tx.run(`INSERT INTO seams VALUES ($metric, $at::TIMESTAMP)`, { metric: happened.name, at: sqlTime(at(18)) }),
  );
  assert.deepEqual(
    await counts('another target'),
    [2, 2, 2, 2],
    'what a counter learned after its seam is not in history',
  );
  assert.deepEqual((await evaluate(ledger, open, { instants: [at(2)], history: { target: 'x' } })).length, 1);
  assert.deepEqual(await counts('x', durations), [3, 3, 3, 4], 'the seam of one family is not that of another');
  await ledger.close();
});

test('a daily value as known at an instant holds only what was learned in a complete day', async () => {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const noon = new Date('2026-01-03T12:00:00Z');
  await ledger.write(tx =>
    addTakings(tx, [
      ['2026-01-02', 'red', '1.0000000001', noon],
      ['2026-01-03', 'red', '7', noon],
    ]),
  );
  const rows = await evaluate(ledger, takings, { instants: [noon] });
  assert.deepEqual(
    rows.map(row => [row.day, row.value]),
    [['2026-01-02', '1.0000000001']],
  );
  await ledger.close();
});

test('a view that fails names its metric', async () => {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const broken = { ...open, sql: 'SELECT nothing FROM nowhere' };
  await assert.rejects(evaluate(ledger, broken, { instants: [new Date(start)] }), {
    code: 'VIEW_FAILED',
    message: /toy_open.*nowhere/s,
  });
  await ledger.close();
});
