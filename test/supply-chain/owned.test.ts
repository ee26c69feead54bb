/** Images that run for nobody, and those that documents alone tell of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSubjects, type SubjectRow, subjectColumns } from '../../exporters/core/subjects.ts';
import { supplyChainSubjects } from '../../exporters/supply-chain/subjects.ts';
import { hour, running, runs, scan } from './books.ts';
import { openHeardBooks } from './heard-books.ts';

const check = supplyChainSubjects.find(one => one.check === 'owned');
assert.ok(check);

test('an image that nothing gives to a team is told, whether it is said to run or only scanned', async () => {
  const books = await openHeardBooks();
  const told = async (at: string) => {
    const rows: SubjectRow[] = [];
    await books.ledger.read(reader =>
      readSubjects(reader, books.exporter.facts, check, [new Date(at)], some => rows.push(...some)),
    );
    const cell = (row: SubjectRow, name: (typeof subjectColumns)[number]) => row[subjectColumns.indexOf(name)];
    return rows.map(row => `${cell(row, 'kind')} ${cell(row, 'subject')} ${cell(row, 'state')}`);
  };
  await books.hear({ scans: [scan('shop@1', 1, []), scan('stray@2', 1, [])] }, hour(2));
  assert.deepEqual(await told(hour(3)), ['image ghcr.io/acme/stray fail']);
  // Once something says what runs, that is all that counts.
  await books.hear({ running: [running(4, [runs('shop@1:1.0')])] }, hour(4));
  assert.deepEqual(await told(hour(5)), []);
  await books.close();
});
