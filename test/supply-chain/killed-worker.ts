/**
 * Hears a random life piece by piece, going on where the ledger ends; a line for each piece that is heard, after which it waits
 * for one.
 */
import { createInterface } from 'node:readline';
import { openBooks } from './books.ts';
import { randomLife } from './random-life.ts';

const [file = '', seed = '1', pieces = '1'] = process.argv.slice(2);
const turns = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const books = await openBooks({ file });
// The piece that was heard last may be heard again, as by a source whose cursor was not kept.
const newest = String((await books.rows('SELECT max(learned_at) AS at FROM artifact_scans'))[0]?.at ?? '');
for (const { at, heard } of randomLife(Number(seed), Number(pieces))) {
  if (at.replace('T', ' ').replace('Z', '') < newest) continue;
  await books.hear(heard, at);
  process.stdout.write(`${at}\n`);
  await turns.next();
}
await books.close();
process.stdin.destroy();
