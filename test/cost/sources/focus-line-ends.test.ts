/** Bills whose lines end in two ways. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { bill, charge, openBooks } from './focus-books.ts';

const rows = [
  charge({ BilledCost: '1', ChargePeriodStart: '2026-10-01T00:00:00Z' }),
  charge({ BilledCost: '2', ChargePeriodStart: '2026-10-02T00:00:00Z' }),
  charge({ BilledCost: '4', ChargePeriodStart: '2026-10-03T00:00:00Z' }),
  charge({ BilledCost: '8', ChargePeriodStart: '2026-10-04T00:00:00Z' }),
];
const lines = bill(rows.map(row => ({ ...row, ResourceName: 'plain' })))
  .trimEnd()
  .split('\n');
const ended = (...ends: readonly string[]) => lines.map((line, index) => line + ends[index % ends.length]).join('');
const quotedLast = `${lines.slice(0, -1).join('\r\n')}\r\n${lines.at(-1)},"last"\n`;

const mixed: readonly (readonly [what: string, content: string | Buffer])[] = [
  ['only the last line ends in a newline alone', `${lines.join('\r\n')}\n`],
  ['only the header ends in a newline alone', `${lines[0]}\n${lines.slice(1).join('\r\n')}\r\n`],
  ['every other line ends so', ended('\n', '\r\n')],
  ['the same, gzipped', gzipSync(ended('\r\n', '\n'))],
  ['the last field is quoted', quotedLast.replace(/^[^\r]*/, '$&,x_last').replace(/(?<!x_last)\r\n/g, ',"x"\r\n')],
];

for (const [what, content] of mixed)
  test(`every row counts where ${what}`, async t => {
    const books = await openBooks(t);
    await books.put('bills/a.csv', content);
    await books.put('bills/b.csv', bill([charge({ BilledCost: '16' })]));
    const counts = await books.refresh({});
    assert.deepEqual([counts.records, counts.rejected], [5, {}]);
    assert.equal(await books.scalar('SELECT sum(billed)::VARCHAR FROM charges'), '31.0000000000');
  });

test('a line that is no record is one in a file whose lines end in two ways, too', async t => {
  const books = await openBooks(t);
  await books.put('bills/a.csv', `${[...lines.slice(0, 3), 'short,line', ...lines.slice(3)].join('\r\n')}\n`);
  const counts = await books.refresh({});
  assert.deepEqual([counts.records, counts.rejected], [4, { missing_columns: 1 }]);
  assert.equal(await books.scalar('SELECT line FROM rejects'), '4');
  assert.equal(await books.scalar('SELECT sum(billed)::VARCHAR FROM charges'), '15.0000000000');
});
