/** A process that tells a life to a ledger, piece by piece, going on where the ledger stands; it may be killed at any time. */
import { ownershipOf } from '../catalog/ownership-of.ts';
import { openBooks } from './books.ts';
import { lifeConfig, randomLife } from './life.ts';

const [path = '', seed = '1', pieces = '1'] = process.argv.slice(2);
const books = await openBooks({ path, dora: lifeConfig, ownership: ownershipOf({ sales: { shop: 'acme/shop' } }) });
await books.ledger.write(tx => tx.run('CREATE TABLE IF NOT EXISTS pieces_told (piece INTEGER)'));
const [row] = await books.rows('SELECT count(*) AS told FROM pieces_told');
const life = randomLife(Number(seed), Number(pieces), 6);
for (let piece = Number(row?.told); piece < life.length; piece += 1) {
  const { at, facts } = life[piece]!;
  await books.tell(facts, at.toISOString(), 'ci', tx => tx.run(`INSERT INTO pieces_told VALUES (${piece})`));
  process.stdout.write(`${piece}\n`);
}
await books.close();
