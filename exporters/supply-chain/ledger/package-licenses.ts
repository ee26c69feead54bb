/** What is said of the licences of packages into the ledger: bills of materials with such a package are judged again. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { instantOf, ledgerTime } from '../../findings/staged-values.ts';
import type { PackageLicense } from '../lists.ts';
import { purlOf, qualifiersOf } from '../purl.ts';

const storeSql = readFileSync(new URL('./package-licenses.sql', import.meta.url), 'utf8');

/** How many are new; what is older than what is known changes nothing. */
export async function storePackageLicenses(
  tx: Transaction,
  told: readonly PackageLicense[],
  now: Date,
): Promise<number> {
  if (told.length === 0) return 0;
  await stage(
    tx,
    'heard_package_licenses',
    {
      ...{ type: 'VARCHAR', namespace: 'VARCHAR', name: 'VARCHAR', version: 'VARCHAR', is_source: 'BOOLEAN' },
      ...{ license: 'VARCHAR', occurred_at: 'TIMESTAMP' },
    },
    told.flatMap(({ purl, version, license, at }) => {
      const read = purlOf(purl);
      if (read === undefined) return [];
      const { classifier, arch } = qualifiersOf(purl);
      const { type, namespace, name } = read;
      const isSource = classifier === 'sources' || arch === 'source';
      const occurredAt = ledgerTime(instantOf(at, now));
      return [{ type, namespace, name, version, is_source: isSource, license, occurred_at: occurredAt }];
    }),
  );
  await tx.run(storeSql);
  const added = Number(await tx.scalar('SELECT count(*) FROM new_package_licenses'));
  if (added > 0) tx.touch('package_licenses');
  return added;
}
