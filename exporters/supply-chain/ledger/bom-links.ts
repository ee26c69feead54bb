/** Joins VEX with the bills of materials that it links to, whichever of both comes first. */
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { followed, isLinked } from '../bom-links.ts';
import type { Artifact, Sbom, VexStatement } from '../document.ts';

/** A statement, and the key of the artifact that it is of. */
export interface LinkedVex {
  readonly statement: VexStatement;
  readonly artifact: string;
}

/** Keeps the links of both, and returns the statements whose bill of materials is known now. */
export async function storeLinks(
  tx: Transaction,
  { sboms, vex }: { readonly sboms: readonly Sbom[]; readonly vex: readonly VexStatement[] },
  keyOf: (artifact: Artifact) => string,
): Promise<readonly LinkedVex[]> {
  const named = sboms.flatMap(({ artifact, bom }) => (bom ? [{ ...bom, artifact: keyOf(artifact) }] : []));
  const linked = vex.filter(isLinked);
  if (named.length === 0 && linked.length === 0) return [];
  await stage(tx, 'heard_bom_links', { link: 'VARCHAR', ref: 'VARCHAR', artifact: 'VARCHAR' }, named);
  await stage(
    tx,
    'heard_linked_vex',
    { link: 'VARCHAR', statement: 'VARCHAR' },
    linked.map(one => ({ link: one.bom!.link, statement: JSON.stringify(one) })),
  );
  await tx.run(`INSERT INTO bom_links BY NAME
      SELECT DISTINCT link, ref, artifact FROM heard_bom_links ANTI JOIN bom_links USING (link, ref, artifact);
    INSERT INTO linked_vex BY NAME
      SELECT DISTINCT link, statement FROM heard_linked_vex ANTI JOIN linked_vex USING (link, statement)`);
  const rows = await tx.all(
    `SELECT statement, link, ref, artifact FROM linked_vex JOIN bom_links USING (link)
     WHERE link IN (SELECT link FROM heard_bom_links UNION SELECT link FROM heard_linked_vex)
     ORDER BY ALL`,
  );
  return rows.flatMap(({ statement, link, ref, artifact }) => {
    const own: Artifact = { kind: 'file', name: String(artifact), digests: [] };
    const meant = followed(JSON.parse(String(statement)) as VexStatement, {
      artifact: own,
      bom: { link: String(link), ref: String(ref) },
    });
    return meant ? [{ statement: meant, artifact: own.name }] : [];
  });
}
