/** Bills of materials into the ledger: one row each, and the packages of the newest of each artifact. */
import { readFileSync } from 'node:fs';
import { breather } from '../../core/breathe.ts';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { instantOf, ledgerTime, ownerOf } from '../../findings/staged-values.ts';
import type { Artifact, Component, Sbom } from '../document.ts';

const storeSql = readFileSync(new URL('./sboms.sql', import.meta.url), 'utf8');
const rowsAtOnce = 20_000;

export async function storeSboms(
  tx: Transaction,
  sboms: readonly Sbom[],
  keyOf: (artifact: Artifact) => string,
  now: Date,
): Promise<void> {
  if (sboms.length === 0) return;
  await stage(
    tx,
    'heard_sboms',
    {
      ...{ sbom: 'BIGINT', artifact: 'VARCHAR', format: 'VARCHAR', spec_version: 'VARCHAR', tool: 'VARCHAR' },
      ...{ packages: 'BIGINT', identified: 'BIGINT', gaps: 'VARCHAR[]', digest: 'VARCHAR', owner: 'VARCHAR' },
      occurred_at: 'TIMESTAMP',
    },
    sboms.map((sbom, number) => ({
      ...{ sbom: number, artifact: keyOf(sbom.artifact), format: sbom.format, spec_version: sbom.specVersion },
      ...{ tool: sbom.tool, packages: sbom.components.filter(({ version }) => version !== '').length },
      identified: sbom.components.filter(({ purl, cpe }) => purl !== '' || cpe !== undefined).length,
      ...{ gaps: sbom.gaps, digest: sbom.digest, owner: ownerOf(sbom.owner) },
      occurred_at: ledgerTime(instantOf(sbom.createdAt, now)),
    })),
  );
  await tx.run(storeSql);
  const newest = await tx.all('SELECT sbom FROM newest_sboms ORDER BY sbom');
  await stage(tx, 'heard_components', componentColumns, []);
  const breathe = breather();
  let rows: ReturnType<typeof componentRow>[] = [];
  const flush = async () => {
    await stage(tx, 'heard_components_now', componentColumns, rows);
    await tx.run('INSERT INTO heard_components FROM heard_components_now');
    rows = [];
  };
  for (const { sbom } of newest)
    for (const component of sboms[Number(sbom)]!.components) {
      rows.push(componentRow(Number(sbom), component));
      if (rows.length === rowsAtOnce) await flush();
      if (breathe.due()) await breathe.now();
    }
  if (rows.length > 0) await flush();
  await tx.run(`DELETE FROM components WHERE artifact IN (SELECT artifact FROM newest_sboms);
    INSERT INTO components BY NAME
    SELECT artifact, c.* EXCLUDE (sbom) FROM heard_components AS c JOIN newest_sboms USING (sbom)`);
  tx.touch('artifact_sboms', 'components');
}

const componentColumns = {
  ...{ sbom: 'BIGINT', type: 'VARCHAR', namespace: 'VARCHAR', name: 'VARCHAR', version: 'VARCHAR', purl: 'VARCHAR' },
  ...{ licenses: 'VARCHAR[]', is_direct: 'BOOLEAN' },
};

const componentRow = (sbom: number, { type, namespace, name, version, purl, licenses, isDirect }: Component) => ({
  ...{ sbom, type, namespace, name, version, purl, licenses, is_direct: isDirect ?? null },
});
