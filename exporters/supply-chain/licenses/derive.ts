/** Licences by policy: each new bill of materials is looked at as by a scanner of licences, so that findings have their life. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { breather } from '../../core/breathe.ts';
import type { Row, Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import type { Found, Scan } from '../document.ts';
import { pendingComponents, pendingDone } from '../pending.ts';
import { storeHeard } from '../store.ts';
import type { LicensesConfig } from './config.ts';
import { licensePolicy } from './policy.ts';

export const licenseScanner = 'plumbline';
const componentsSql = readFileSync(new URL('./components.sql', import.meta.url), 'utf8');
const foundSql = readFileSync(new URL('./found.sql', import.meta.url), 'utf8');
const artifactsAtOnce = 500;

/** Runs before owners are resolved: its findings have owners too. */
export async function deriveLicenses(tx: Transaction, config: LicensesConfig | undefined, now: Date): Promise<void> {
  if (config === undefined) return;
  const { artifacts, isReconfigured, digest } = await pendingComponents(tx, 'licenses', config);
  if (artifacts === 0) return;
  await tx.run(componentsSql);
  await judgeLists(tx, config);
  await tx.run(foundSql);
  for (let offset = 0; offset < artifacts; offset += artifactsAtOnce) {
    const scans = await scansOf(tx, { offset, config, digest, now, isReconfigured });
    await storeHeard(tx, 'licenses', [{ scans }], { now });
  }
  await pendingDone(tx);
  await tx.run('DROP VIEW licensed_components; DROP TABLE license_found; DROP TABLE license_judged');
}

/** Each list of licences once, however many packages have it. */
async function judgeLists(tx: Transaction, config: LicensesConfig): Promise<void> {
  const policy = licensePolicy(config);
  const breathe = breather();
  const rows: { readonly licenses: readonly string[]; readonly verdict: string; readonly ids: readonly string[] }[] =
    [];
  for await (const page of tx.stream('SELECT DISTINCT licenses FROM licensed_components'))
    for (const [list] of page) {
      const licenses = Array.isArray(list) ? list.map(String) : [];
      const { verdict, licenses: ids } = policy(licenses);
      if (verdict !== 'fine') rows.push({ licenses, verdict, ids });
      if (breathe.due()) await breathe.now();
    }
  await stage(tx, 'license_judged', { licenses: 'VARCHAR[]', verdict: 'VARCHAR', ids: 'VARCHAR[]' }, rows);
}

interface Batch {
  readonly offset: number;
  readonly config: LicensesConfig;
  /** Of the configuration. */
  readonly digest: string;
  readonly now: Date;
  readonly isReconfigured: boolean;
}

async function scansOf(
  tx: Transaction,
  { offset, config, digest, now, isReconfigured }: Batch,
): Promise<readonly Scan[]> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE license_batch AS
     SELECT * FROM pending_components ORDER BY artifact LIMIT ${artifactsAtOnce} OFFSET $offset::BIGINT`,
    { offset },
  );
  const looked = await tx.all(`
    SELECT
      p.artifact, p.digest, p.occurred_at, a.kind, a.name, a.tag, k.attributes::VARCHAR AS owner,
      d.artifact IS NOT NULL AS is_again,
      (SELECT list(digest ORDER BY digest) FROM artifact_digests AS d WHERE d.artifact = p.artifact) AS digests
    FROM license_batch AS p
    JOIN (SELECT DISTINCT ON (artifact) * FROM artifacts ORDER BY artifact, name) AS a USING (artifact)
    LEFT JOIN owner_keys AS k ON k.owner_key = p.owner_key
    LEFT JOIN components_derived AS d ON d.what = 'licenses' AND d.artifact = p.artifact AND d.digest = ''
    ORDER BY p.artifact`);
  const found = Map.groupBy(
    await tx.all('FROM license_found SEMI JOIN license_batch USING (artifact) ORDER BY ALL'),
    ({ artifact }) => String(artifact),
  );
  return looked.map(row => ({
    artifact: {
      ...{ kind: row.kind as 'image' | 'repository' | 'file', name: String(row.name) },
      ...(row.tag === '' ? {} : { tag: String(row.tag) }),
      digests: Array.isArray(row.digests) ? row.digests.map(String) : [],
    },
    scanner: licenseScanner,
    // Of what was looked at before, by other rules or without a licence that is known by now, it is so from now on.
    scannedAt:
      isReconfigured || row.is_again === true ? now.toISOString() : `${String(row.occurred_at).replace(' ', 'T')}Z`,
    classes: ['license'] as const,
    completeness: 'complete' as const,
    found: (found.get(String(row.artifact)) ?? []).map(one => foundOf(one, config)),
    digest: createHash('sha256')
      .update(`${row.digest} ${digest}${row.is_again === true ? ` ${now.toISOString()}` : ''}`)
      .digest('hex'),
    owner: row.owner === null ? '{}' : String(row.owner),
  }));
}

const foundOf = (row: Row, config: LicensesConfig): Found => ({
  ...{ class: 'license', id: String(row.id), package: String(row.package), version: String(row.version) },
  severity: row.verdict === 'deny' ? config.deny_severity : config.warn_severity,
  ...{ originalSeverity: String(row.verdict), fix: 'unknown', title: `Licence ${String(row.said)}` },
});
