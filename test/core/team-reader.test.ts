import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ledger, openLedger } from '../../exporters/core/ledger.ts';
import { createSnapshotter } from '../../exporters/core/snapshot.ts';
import type { Snapshot } from '../../exporters/core/snapshot-types.ts';
import { teamsOfPage } from '../../exporters/core/team/page-series.ts';
import { teamReaders } from '../../exporters/core/team/reader.ts';
import { countOf, earliestOf, highestOf, select, valuesOf } from '../../exporters/core/team/select.ts';
import { addHappenings, addTakings, happened, open, takings, toyExporter } from './toy.ts';

const exporter = toyExporter();
const at = (text: string) => new Date(`${text}Z`);
/** Each holds what has a meaning in label text, or another's name. */
const names = ['red', 'a "quoted" \\ team', 'x",team="red', 'line\nbreak', 'Grün', 'red}'] as const;

async function opened(now: Date): Promise<{ ledger: Ledger; snapshot: Snapshot }> {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const learned = at('2026-03-01T00:00:00');
  await ledger.write(tx =>
    addHappenings(
      tx,
      names.flatMap((team, index) =>
        Array.from({ length: index + 1 }, (_, id) => ({
          ...{ id, team, seconds: 40 * 86_400, learned },
          occurred: at(id === 0 ? '2026-01-10T00:00:00' : '2026-02-20T00:00:00'),
        })),
      ),
    ),
  );
  await ledger.write(tx =>
    addTakings(tx, [
      ['2026-01-01', 'red', '1', learned],
      ['2026-02-26', 'red', '2.5', learned],
      ['2026-02-27', 'red', '3', learned],
      ['2026-02-27', 'red}', '7', learned],
    ]),
  );
  const snapshotter = createSnapshotter({ exporter, ledger, pageDays: 40, seriesLimit: 1000 });
  const { snapshot, errors } = await snapshotter.take(now);
  assert.deepEqual(errors, []);
  return { ledger, snapshot };
}

test('a team has the series of the page, and no other whose name holds its own', async () => {
  const now = at('2026-03-02T12:00:00');
  const { ledger, snapshot } = await opened(now);
  const readers = teamReaders({ exporter, ledger, snapshot: () => snapshot });
  assert.deepEqual([...teamsOfPage(snapshot)].sort(), [...names].sort());
  for (const [index, team] of names.entries())
    assert.deepEqual(readers.of(team, now).series(happened), [{ labels: { team }, value: index + 1 }], team);
  assert.deepEqual(readers.of('nobody', now).series(happened), []);
  assert.deepEqual(
    teamReaders({ exporter, ledger, snapshot: () => undefined })
      .of('red', now)
      .series(open),
    [],
  );
  await ledger.close();
});

test('earlier is what the view says as of then', async () => {
  const now = at('2026-03-02T12:34:00');
  const { ledger, snapshot } = await opened(now);
  const readers = teamReaders({ exporter, ledger, snapshot: () => snapshot });
  const grün = readers.of('Grün', now);
  assert.deepEqual(await grün.daysAgo(open, 30), [{ labels: { team: 'Grün' }, value: 1 }]);
  assert.deepEqual(grün.series(open), [{ labels: { team: 'Grün' }, value: 4 }]);
  assert.deepEqual(await grün.daysAgo(open, 90), [], 'before anything happened nothing was measured');
  // All teams are read at once, and once an hour.
  let reads = 0;
  const counting = teamReaders({
    exporter,
    ledger: {
      read: work => {
        reads += 1;
        return ledger.read(work);
      },
    },
    snapshot: () => snapshot,
  });
  for (const [team, when] of [
    ['red', now],
    ['Grün', now],
    ['Grün', at('2026-03-02T12:59:59')],
  ] as const)
    await counting.of(team, when).daysAgo(open, 30);
  assert.equal(reads, 1);
  await counting.of('red', at('2026-03-02T13:00:00')).daysAgo(open, 30);
  assert.equal(reads, 2);
  await ledger.close();
});

test('days are those that were published, up to the newest', async () => {
  const now = at('2026-03-02T12:00:00');
  const { ledger, snapshot } = await opened(now);
  let reads = 0;
  const counting: Pick<Ledger, 'read'> = {
    read: work => {
      reads += 1;
      return ledger.read(work);
    },
  };
  let page = snapshot;
  const readers = teamReaders({ exporter, ledger: counting, snapshot: () => page });
  const red = readers.of('red', now);
  const told = (await red.lastDays(takings, 30)).map(({ day, value, labels }) => [day, value, labels.currency]);
  assert.deepEqual(told, [
    ['2026-02-26', 2.5, 'EUR'],
    ['2026-02-27', 3, 'EUR'],
  ]);
  assert.equal((await red.lastDays(takings, 58)).length, 3, 'the first of 58 days is the first of January');
  assert.equal((await red.lastDays(takings, 57)).length, 2);
  assert.equal(reads, 3);
  await Promise.all([red.lastDays(takings, 30), readers.of('red', at('2026-03-02T12:00:59')).lastDays(takings, 30)]);
  assert.equal(reads, 3, 'of one page they are read once');
  assert.deepEqual(
    (await readers.of('red}', now).lastDays(takings, 30)).map(({ value }) => value),
    [7],
  );
  page = { ...snapshot };
  await red.lastDays(takings, 30);
  assert.equal(reads, 5, 'of another page anew');
  await ledger.close();
});

test('nothing measured is told from none', () => {
  const series = [
    { labels: { state: 'open', severity: 'low' }, value: 3 },
    { labels: { state: 'open', severity: 'odd' }, value: 1 },
    { labels: { state: 'excepted', severity: 'high' }, value: 2 },
  ];
  assert.equal(countOf(series, { state: 'open' }), 4);
  assert.equal(countOf(series, { state: 'open', severity: ['critical', 'high'] }), 0);
  assert.equal(countOf([], { state: 'open' }), undefined);
  assert.equal(countOf([], { state: 'open' }, true), 0);
  assert.equal(highestOf(series, { severity: 'critical' }), undefined);
  assert.equal(highestOf(series), 3);
  assert.equal(earliestOf([]), undefined);
  assert.deepEqual(valuesOf(series, 'severity', ['high', 'low']), ['high', 'low', 'odd']);
  assert.deepEqual(select(series, { severity: 'none' }), []);
});
