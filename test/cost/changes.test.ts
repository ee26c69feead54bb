import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { withView } from '../../exporters/core/views.ts';
import { allocate } from '../../exporters/cost/allocate.ts';
import { costChange, costMetrics } from '../../exporters/cost/metrics.ts';
import { seededRandom } from '../core/random.ts';
import { addKey, addSplit, facts, linesAt, openBooks, own, post } from './books.ts';
import { randomInstants, randomJournal } from './journal.ts';

interface Line {
  readonly key: number;
  readonly day: string;
  readonly amount: string;
  readonly quantity: string;
}

async function booksOf(lines: readonly Line[], prepare: (ledger: Ledger) => Promise<void>): Promise<Ledger> {
  const ledger = await openBooks();
  await prepare(ledger);
  await ledger.write(async tx => {
    await tx.run("INSERT INTO cost_settings VALUES ('top_environments', 20), ('top_services', 2)");
    for (const { quantity, ...charge } of lines) {
      await post(tx, [charge]);
      await tx.run(
        'UPDATE charges SET quantity = $quantity::DECIMAL(38,10) WHERE key_id = $key::HUGEINT AND charge_day = $day::DATE',
        { quantity, key: charge.key, day: charge.day },
      );
    }
    await allocate(tx, new Date('2026-11-23T10:00:00Z'));
  });
  return ledger;
}

const owned =
  (...keys: readonly (readonly [id: number, team: string, service: string])[]) =>
  (ledger: Ledger) =>
    ledger.write(async tx => {
      for (const [id, team, service] of keys) {
        await addKey(tx, { id, serviceName: `sku ${id}` });
        await own(tx, { key: id, team, service });
      }
    });

const monthly = async (ledger: Ledger, instant = '2026-11-05 00:00') =>
  (await linesAt(ledger, costChange, instant)).filter(line => line.includes(' month '));

test('a change is more or less of it, at another price, new or gone; else it is unmetered', async () => {
  const lines = [
    { key: 1, day: '2026-09-10', amount: '100', quantity: '10' },
    { key: 1, day: '2026-10-10', amount: '180', quantity: '15' },
    { key: 2, day: '2026-09-10', amount: '7', quantity: '1' },
    { key: 3, day: '2026-10-10', amount: '5', quantity: '1' },
    // Without a quantity nobody can tell whether it is more of it or dearer.
    { key: 4, day: '2026-09-10', amount: '2', quantity: '0' },
    { key: 4, day: '2026-10-10', amount: '3', quantity: '0' },
    { key: 1, day: '2026-11-01', amount: '999', quantity: '1' },
  ];
  const ledger = await booksOf(lines, owned([1, 'a', 'one'], [2, 'a', 'one'], [3, 'a', 'one'], [4, 'a', 'flat']));
  assert.deepEqual(await monthly(ledger), [
    'a flat USD month unmetered 1',
    'a one USD month gone -7',
    'a one USD month new 5',
    // 15 of it at 2 more, and 5 more of it at the old 10.
    'a one USD month price 30',
    'a one USD month usage 50',
  ]);
  await ledger.close();
});

test('30 days are held against the 30 before, and move every day', async () => {
  const ledger = await booksOf(
    [
      { key: 1, day: '2026-09-06', amount: '1', quantity: '1' },
      { key: 1, day: '2026-10-06', amount: '2', quantity: '2' },
    ],
    owned([1, 'a', 'one']),
  );
  const at = async (instant: string) =>
    (await linesAt(ledger, costChange, instant)).filter(line => line.includes(' 30d '));
  assert.deepEqual(await at('2026-11-05 00:00'), ['a one USD 30d usage 1']);
  assert.deepEqual(await at('2026-10-06 23:00'), ['a one USD 30d new 1']);
  assert.deepEqual(await at('2026-11-06 00:00'), ['a one USD 30d gone -2']);
  await ledger.close();
});

test("what a split gives a team is shared, and the team's parts add up to the change of what it bears", async () => {
  const ledger = await booksOf(
    [
      { key: 1, day: '2026-09-10', amount: '10', quantity: '1' },
      { key: 1, day: '2026-10-10', amount: '10', quantity: '1' },
      { key: 2, day: '2026-09-10', amount: '90', quantity: '3' },
      { key: 2, day: '2026-10-10', amount: '100', quantity: '3' },
    ],
    async books => {
      await owned([1, 'a', 'one'])(books);
      await books.write(async tx => {
        await addKey(tx, { id: 2 });
        await own(tx, { key: 2, team: 'unowned', service: 'net', split: 'network' });
        await addSplit(tx, 'network', 'even', { a: 1, b: 1, c: 1 });
      });
    },
  );
  assert.deepEqual(await monthly(ledger), [
    // The third mover is folded, and its team keeps its money.
    'a net USD month shared 3.3333333334',
    'b net USD month shared 3.3333333333',
    'c other USD month shared 3.3333333333',
  ]);
  await ledger.close();
});

test('in a random journal the parts of every team add up to the change of its months, to the last digit', async () => {
  const ledger = await openBooks();
  await randomJournal(ledger, 11);
  const previous = costMetrics.find(({ name }) => name === 'finops_previous_month_cost')!;
  for (const instant of randomInstants(seededRandom(12), 6)) {
    const now = new Date(`${instant.replace(' ', 'T')}Z`);
    const before = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1, 12));
    const sums = (metric: typeof costChange | typeof previous, at: Date, where: string) =>
      ledger.read(reader =>
        withView(reader, facts, metric, { instants: [at] }, sql =>
          reader.all(
            `SELECT team, currency, sum(value)::VARCHAR AS value FROM (${sql}) WHERE ${where}
             GROUP BY ALL HAVING sum(value) <> 0 ORDER BY ALL`,
          ),
        ),
      );
    const now1 = await sums(previous, now, "cost_basis = 'effective'");
    const before1 = await sums(previous, before, "cost_basis = 'effective'");
    const change = new Map<string, bigint>();
    const units = (text: unknown) => BigInt(String(text).replace('.', ''));
    const add = (rows: typeof now1, sign: bigint) => {
      for (const { team, currency, value } of rows)
        change.set(`${team} ${currency}`, (change.get(`${team} ${currency}`) ?? 0n) + sign * units(value));
    };
    add(now1, 1n);
    add(before1, -1n);
    const parts = await sums(costChange, now, "period = 'month'");
    assert.deepEqual(
      Object.fromEntries(parts.map(({ team, currency, value }) => [`${team} ${currency}`, units(value)])),
      Object.fromEntries([...change].filter(([, value]) => value !== 0n).sort()),
      instant,
    );
  }
  await ledger.close();
});
