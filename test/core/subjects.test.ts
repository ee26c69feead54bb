/** Subject facts: what a check says of instants, and how that is read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiRequest } from '../../exporters/core/api.ts';
import { type Ledger, openLedger } from '../../exporters/core/ledger.ts';
import type { SourceStatus } from '../../exporters/core/status.ts';
import { subjectEndpoints } from '../../exporters/core/subject-api.ts';
import { subjectReaderOf } from '../../exporters/core/subject-reader.ts';
import {
  checksByName,
  defineSubjectCheck,
  readSubjects,
  type SubjectRow,
  subjectColumns,
} from '../../exporters/core/subjects.ts';
import { addHappenings, type Happening, seeded, toyExporter } from './toy.ts';

const hour = 3_600_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (hours: number) => new Date(start + hours * hour);

/** A team's service fails while something is going on, and is known from its first happening on. */
const quiet = defineSubjectCheck({
  check: 'quiet',
  help: 'Nothing is going on.',
  reads: ['happenings'],
  instantsAtOnce: 3,
  sql: `SELECT
      i.ts, 'service' AS kind, team AS subject, team, team AS service,
      CASE WHEN bool_or(occurred_at + to_seconds(seconds) > i.ts) THEN 'fail' ELSE 'pass' END AS state,
      count(*)::VARCHAR AS detail
    FROM happenings_known JOIN instants AS i ON effective_at <= i.ts
    GROUP BY i.ts, team`,
});
const exporter = { ...toyExporter(), subjects: [quiet] };

const happening = (id: number, team: string, from: number, hours: number): Happening => ({
  ...{ id, team, seconds: hours * 3600, occurred: at(from), learned: at(from) },
});
const cell = (row: SubjectRow, name: (typeof subjectColumns)[number]) => row[subjectColumns.indexOf(name)];

async function rowsOf(ledger: Ledger, instants: readonly Date[], check = quiet): Promise<SubjectRow[]> {
  const found: SubjectRow[] = [];
  await ledger.read(reader => readSubjects(reader, exporter.facts, check, instants, rows => found.push(...rows)));
  return found;
}
const briefly = (rows: readonly SubjectRow[]) =>
  rows.map(row => [cell(row, 'ts')?.slice(11, 16), cell(row, 'subject'), cell(row, 'state'), cell(row, 'detail')]);

test('a check tells every state at the first instant, and then what changes, across slices', async () => {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  // Of so few rows a slice has a hundred times as many instants as of a million.
  const happenings = [happening(1, 'red', 1, 2), happening(2, 'blue', 4, 5), happening(3, 'red', 299, 1)];
  await ledger.write(tx => addHappenings(tx, happenings));
  assert.deepEqual(
    briefly(
      await rowsOf(
        ledger,
        Array.from({ length: 700 }, (_, index) => at(index)),
      ),
    ),
    [
      ['01:00', 'red', 'fail', '1'],
      ['03:00', 'red', 'pass', '1'],
      ['04:00', 'blue', 'fail', '1'],
      ['09:00', 'blue', 'pass', '1'],
      ['11:00', 'red', 'fail', '2'],
      ['12:00', 'red', 'pass', '2'],
    ],
  );
  assert.deepEqual(briefly(await rowsOf(ledger, [at(5)])), [
    ['05:00', 'blue', 'fail', '1'],
    ['05:00', 'red', 'pass', '1'],
  ]);
  await ledger.close();
});

test('the year of a young ledger is asked for in one question, that of a full one in several', async () => {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  await ledger.write(tx => addHappenings(tx, [happening(1, 'red', 1, 2)]));
  const year = Array.from({ length: 200 }, (_, index) => at(24 * index));
  const questions = () =>
    ledger.read(async reader => {
      let asked = 0;
      const counting: typeof reader = {
        ...reader,
        run: (sql, parameters) => {
          if (sql.includes('TABLE subjects_at')) asked += 1;
          return reader.run(sql, parameters);
        },
      };
      await readSubjects(counting, exporter.facts, quiet, year, () => {});
      return asked;
    });
  assert.equal(await questions(), 1);
  await ledger.write(tx =>
    tx.run(`INSERT INTO happenings SELECT h.* REPLACE (i AS id) FROM happenings AS h, range(100000) AS r(i)`),
  );
  assert.equal(await questions(), 7, '30 instants at once of 100,000 rows');
  await ledger.close();
});

test('what is told of no more is gone, and of two rows of one subject the worse counts', async () => {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const fleeting = defineSubjectCheck({
    ...{ check: 'fleeting', help: 'It is there.', reads: [] },
    sql: `SELECT ts, 'image' AS kind, 'a' AS subject, state FROM instants, (VALUES ('pass'), ('fail')) AS s(state)
      WHERE hour(ts) < 2`,
  });
  const rows = await rowsOf(ledger, [0, 1, 2, 3].map(at), fleeting);
  assert.deepEqual(briefly(rows), [
    ['00:00', 'a', 'fail', ''],
    ['02:00', 'a', 'gone', ''],
  ]);
  assert.equal(cell(rows[0]!, 'team'), '', 'a column that the check leaves out is empty');
  await ledger.close();
});

for (const seed of [1, 2])
  test(`the changes of many instants add up to what one of them alone says (seed ${seed})`, async () => {
    const random = seeded(seed);
    const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
    const life = Array.from({ length: 40 }, (_, id) =>
      happening(id, `team-${Math.floor(random() * 6)}`, Math.floor(random() * 80), 1 + Math.floor(random() * 20)),
    );
    await ledger.write(tx => addHappenings(tx, life));
    const instants = Array.from({ length: 90 }, (_, hours) => at(hours));
    const changes = await rowsOf(ledger, instants);
    const standing = new Map<string, string>();
    let compared = 0;
    for (const instant of instants) {
      const ts = instant.toISOString().slice(0, 19).replace('T', ' ');
      for (const row of changes.filter(one => cell(one, 'ts') === ts))
        standing.set(String(cell(row, 'subject')), `${cell(row, 'state')} ${cell(row, 'detail')}`);
      const alone = await rowsOf(ledger, [instant]);
      assert.deepEqual(
        [...standing].sort(),
        alone.map(row => [cell(row, 'subject'), `${cell(row, 'state')} ${cell(row, 'detail')}`]).sort(),
      );
      compared += alone.length;
    }
    assert.ok(compared > 200, `only ${compared} were compared`);
    await ledger.close();
  });

test('a check that breaks the contract is refused by name', async () => {
  assert.throws(() => defineSubjectCheck({ ...quiet, check: 'Quiet' }), { code: 'CHECK_INVALID' });
  assert.throws(() => defineSubjectCheck({ ...quiet, help: 'no sentence' }), { code: 'CHECK_INVALID' });
  assert.throws(() => checksByName({ name: 'toy', subjects: [quiet, quiet] }), { code: 'CHECK_INVALID' });
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const odd = { ...quiet, sql: "SELECT ts, 'planet' AS kind, 'x' AS subject, 'pass' AS state FROM instants" };
  await assert.rejects(rowsOf(ledger, [at(0)], odd), { code: 'CHECK_FAILED', message: /quiet.*planet/ });
  await ledger.close();
});

const status = (source: string, lastSuccess: Date | undefined) =>
  ({ source, lastRun: at(0), lastSuccess }) as unknown as SourceStatus;

test('a reader says which sources were read, and nothing of them before each was tried', async () => {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  const source = (name: string) => ({ kind: 'pull', name, everySeconds: 60, batches: async function* () {} }) as const;
  const statuses: SourceStatus[] = [status('a', at(1))];
  const runtime = { exporter: { ...exporter, sources: [source('a'), source('b')] }, ledger, sources: () => statuses };
  const reader = subjectReaderOf(runtime)!;
  assert.equal((await reader.checks())[0]?.sourcesRead, undefined);
  statuses.push(status('b', undefined));
  const [before] = await reader.checks();
  assert.deepEqual(before?.sourcesRead, ['a']);
  assert.equal((await reader.checks())[0]?.version, before?.version);
  await ledger.write(tx => addHappenings(tx, [happening(1, 'red', 1, 2)]));
  assert.notEqual((await reader.checks())[0]?.version, before?.version, 'a table it reads has changed');
  assert.equal(subjectReaderOf({ ...runtime, exporter: toyExporter() }), undefined);
  await ledger.close();
});

test('the API tells checks and facts, page by page, of one version', async () => {
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
  await ledger.write(tx =>
    addHappenings(
      tx,
      ['a', 'b', 'c'].map((team, id) => happening(id, team, 1, 2)),
    ),
  );
  const [checks, facts] = subjectEndpoints({ exporter, ledger, sources: () => [] });
  const ask = (
    query: Readonly<Record<string, string>>,
    principal: ApiRequest['principal'] = { name: 'r', role: 'reader' },
  ) => facts!.answer(ledger, { query, principal, now: at(5) });
  assert.equal(
    (await checks!.answer(ledger, { query: {}, principal: { name: 'r', role: 'reader' }, now: at(5) })).items[0]?.check,
    'quiet',
  );
  const first = await ask({ check: 'quiet', limit: '2' });
  assert.deepEqual([first.items.length, first.total, first.items[0]?.state], [2, 3, 'pass']);
  const second = await ask({ check: 'quiet', limit: '2', cursor: first.next! });
  assert.deepEqual(
    second.items.map(({ subject }) => subject),
    ['c'],
  );
  assert.equal(second.next, undefined);
  const past = await ask({ check: 'quiet', from: at(0).toISOString(), to: at(4).toISOString(), step: '3600' });
  assert.deepEqual(past.items.map(({ ts, subject, state }) => [ts, subject, state]).slice(2, 4), [
    ['2026-01-01T01:00:00Z', 'c', 'fail'],
    ['2026-01-01T03:00:00Z', 'a', 'pass'],
  ]);
  assert.deepEqual(
    (await ask({ check: 'quiet' }, { name: 't', role: 'team', team: 'b' })).items.map(({ team }) => team),
    ['b'],
  );
  await assert.rejects(ask({ check: 'loud' }), { code: 'QUERY_INVALID', message: /has no loud; it has quiet/ });
  await assert.rejects(ask({ check: 'quiet', day: '1' }), { code: 'QUERY_INVALID', message: /no parameter day/ });
  await assert.rejects(ask({ check: 'quiet', from: '2020-01-01', step: '60' }), {
    code: 'QUERY_INVALID',
    message: /instants/,
  });
  await ledger.write(tx => addHappenings(tx, [happening(9, 'd', 1, 2)]));
  await assert.rejects(ask({ check: 'quiet', limit: '2', cursor: first.next! }), {
    code: 'QUERY_INVALID',
    message: /changed since/,
  });
  await ledger.close();
});
