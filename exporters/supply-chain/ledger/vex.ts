/** What people say of vulnerabilities in products (VEX) into the ledger. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { instantOf, ledgerTime, ownerOf } from '../../findings/staged-values.ts';
import { isLinked } from '../bom-links.ts';
import type { Artifact, VexStatement } from '../document.ts';
import { versionedPackage } from '../packages.ts';
import type { LinkedVex } from './bom-links.ts';

const storeSql = readFileSync(new URL('./vex.sql', import.meta.url), 'utf8');

export async function storeVex(
  tx: Transaction,
  { vex, linked }: { readonly vex: readonly VexStatement[]; readonly linked: readonly LinkedVex[] },
  {
    keyOf,
    nameOf,
    now,
  }: { readonly keyOf: (artifact: Artifact) => string; readonly nameOf: (id: string) => string; readonly now: Date },
): Promise<void> {
  // What names neither tag nor digest is said of all there are of the name.
  const product = (artifact: Artifact | undefined): string => {
    if (artifact === undefined) return '';
    return artifact.digests.length > 0 || artifact.tag !== undefined ? keyOf(artifact) : artifact.name;
  };
  const statements = [
    ...vex.filter(one => !isLinked(one)).map(one => ({ ...one, product: product(one.artifact) })),
    ...linked.map(({ statement, artifact }) => ({ ...statement, product: artifact })),
  ];
  if (statements.length === 0) return;
  await stage(
    tx,
    'heard_vex',
    {
      ...{ id: 'VARCHAR', vulnerability: 'VARCHAR', artifact: 'VARCHAR', purl: 'VARCHAR', status: 'VARCHAR' },
      ...{ justification: 'VARCHAR', statement: 'VARCHAR', author: 'VARCHAR', owner: 'VARCHAR' },
      occurred_at: 'TIMESTAMP',
    },
    statements.map(one => ({
      ...{
        id: one.id,
        vulnerability: nameOf(one.vulnerability),
        artifact: one.product,
        purl: versionedPackage(one.purl ?? ''),
      },
      ...{ status: one.status, justification: one.justification ?? '', statement: one.statement ?? '' },
      ...{ author: one.author ?? '', owner: ownerOf(one.owner), occurred_at: ledgerTime(instantOf(one.at, now)) },
    })),
  );
  await tx.run(storeSql);
  tx.touch('vex_statements');
}
