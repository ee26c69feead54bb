/**
 * Tells a random life piece by piece, going on where the ledger ends; a line for each piece that is told, after which it waits
 * for one.
 */
import { createInterface } from 'node:readline';
import { openBooks } from './books.ts';
import { randomLife } from './random-life.ts';

const [file = '', seed = '1', pieces = '1'] = process.argv.slice(2);
const turns = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const books = await openBooks({ file });
// The piece that was told last may be told again, as by a source whose cursor was not kept.
const newest = String((await books.rows('SELECT max(learned_at) AS at FROM finding_reports'))[0]?.at ?? '');
for (const { at, told } of randomLife(Number(seed), Number(pieces))) {
  if (at.replace('T', ' ').replace('Z', '') < newest) continue;
  await books.tell(told, at);
  process.stdout.write(`${at}\n`);
  await turns.next();
}
await books.close();
process.stdin.destroy();
