/** Brings scans that are not known yet into temporary tables: what was looked at, and what was found. */
import { createHash } from 'node:crypto';
import { type Breather, breather } from '../../core/breathe.ts';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { instantOf, ledgerTime, optionalTime, ownerOf } from '../../findings/staged-values.ts';
import type { Artifact, Found, Scan, Suppression } from '../document.ts';

type Staged = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Scans that the ledger doesn't have, of each only one. */
export async function freshScans(
  tx: Transaction,
  scans: readonly Scan[],
  keyOf: (artifact: Artifact) => string,
): Promise<readonly Scan[]> {
  if (scans.length === 0) return [];
  const rows = scans.map(({ artifact, part = '', scanner, digest }, scan) => ({
    ...{ scan, artifact: keyOf(artifact), part, scanner, digest },
  }));
  await stage(
    tx,
    'heard_scans',
    { scan: 'BIGINT', artifact: 'VARCHAR', part: 'VARCHAR', scanner: 'VARCHAR', digest: 'VARCHAR' },
    rows,
  );
  const fresh = await tx.all(
    `SELECT min(scan) AS scan FROM heard_scans ANTI JOIN artifact_scans USING (digest, artifact, part, scanner)
     GROUP BY artifact, part, scanner, digest ORDER BY 1`,
  );
  return fresh.map(({ scan }) => scans[Number(scan)]!);
}

export interface ScanStaging {
  readonly keyOf: (artifact: Artifact) => string;
  readonly nameOf: (id: string) => string;
  /** Of each scan. */
  readonly rounds: readonly number[];
  readonly now: Date;
}

/** Fills the temporary tables fresh_scans, told_found, and the ledger's scan_exceptions. */
export async function stageScans(tx: Transaction, scans: readonly Scan[], staging: ScanStaging): Promise<void> {
  const { keyOf, nameOf, rounds, now } = staging;
  await stage(
    tx,
    'fresh_scans',
    {
      ...{ scan: 'BIGINT', round: 'BIGINT', artifact: 'VARCHAR', part: 'VARCHAR', scanner: 'VARCHAR' },
      ...{ classes: 'VARCHAR[]', completeness: 'VARCHAR', reason: 'VARCHAR', found: 'BIGINT', os_family: 'VARCHAR' },
      ...{ os_version: 'VARCHAR', os_end_of_life: 'BOOLEAN', database_at: 'TIMESTAMP', digest: 'VARCHAR' },
      ...{ owner: 'VARCHAR', occurred_at: 'TIMESTAMP' },
    },
    scans.map((scan, number) => ({
      ...{ scan: number, round: rounds[number]!, artifact: keyOf(scan.artifact), part: scan.part ?? '' },
      ...{ scanner: scan.scanner, classes: scan.classes, completeness: scan.completeness, reason: scan.reason ?? '' },
      ...{ found: scan.found.filter(({ fixedAt }) => fixedAt === undefined).length, os_family: scan.os?.family ?? '' },
      ...{ os_version: scan.os?.version ?? '', os_end_of_life: scan.os?.isEndOfLife ?? null },
      ...{ database_at: optionalTime(scan.databaseAt), digest: scan.digest, owner: ownerOf(scan.owner) },
      occurred_at: ledgerTime(instantOf(scan.scannedAt, now)),
    })),
  );
  const breathe = breather();
  const suppressions = new Map<string, Suppression>();
  const batches = foundRows(scans, nameOf, suppressions, breathe);
  await stage(tx, 'told_found', foundColumns, []);
  for await (const rows of batches) {
    await stage(tx, 'told_found_now', foundColumns, rows);
    await tx.run('INSERT INTO told_found FROM told_found_now');
  }
  await stageSuppressions(tx, suppressions);
}

const foundColumns = {
  ...{ scan: 'BIGINT', class: 'VARCHAR', id: 'VARCHAR', vulnerability: 'VARCHAR', package: 'VARCHAR' },
  ...{ version: 'VARCHAR', severity: 'VARCHAR', original_severity: 'VARCHAR', score: 'DOUBLE', fix: 'VARCHAR' },
  ...{ fixed_versions: 'VARCHAR[]', title: 'VARCHAR', url: 'VARCHAR', location: 'VARCHAR', is_development: 'BOOLEAN' },
  ...{ exception: 'VARCHAR', first_seen_at: 'TIMESTAMP', ended_at: 'TIMESTAMP' },
};

const rowsAtOnce = 20_000;

async function* foundRows(
  scans: readonly Scan[],
  nameOf: (id: string) => string,
  suppressions: Map<string, Suppression>,
  breathe: Breather,
): AsyncGenerator<readonly Staged[]> {
  let rows: Staged[] = [];
  for (const [number, scan] of scans.entries()) {
    if (scan.completeness === 'failed') continue;
    for (const found of scan.found) {
      rows.push(foundRow(number, found, nameOf, suppressions));
      if (rows.length === rowsAtOnce) {
        yield rows;
        rows = [];
      }
      if (breathe.due()) await breathe.now();
    }
  }
  if (rows.length > 0) yield rows;
}

function foundRow(
  scan: number,
  found: Found,
  nameOf: (id: string) => string,
  suppressions: Map<string, Suppression>,
): Staged {
  const { class: kind, id, suppressed } = found;
  const exception = suppressed === undefined ? null : exceptionOf(suppressed);
  if (suppressed && exception !== null) suppressions.set(exception, suppressed);
  return {
    ...{ scan, class: kind, id, vulnerability: kind === 'vulnerability' ? nameOf(id) : id, package: found.package },
    ...{ version: found.version, severity: found.severity, original_severity: found.originalSeverity },
    ...{ score: found.score ?? null, fix: found.fix, fixed_versions: found.fixedVersions ?? [] },
    ...{ title: found.title ?? '', url: found.url ?? '', location: found.location ?? '' },
    ...{ is_development: found.isDevelopment ?? false, exception },
    ...{ first_seen_at: optionalTime(found.firstSeenAt), ended_at: optionalTime(found.fixedAt) },
  };
}

/** The same words are the same exception, whatever they are said of. */
function exceptionOf({ by, reason, approvedBy, createdAt, expiresAt }: Suppression): string {
  const words = JSON.stringify([by, reason, approvedBy, createdAt, expiresAt]);
  return `${by}:${createHash('sha256').update(words).digest('hex').slice(0, 16)}`;
}

async function stageSuppressions(tx: Transaction, suppressions: ReadonlyMap<string, Suppression>): Promise<void> {
  if (suppressions.size === 0) return;
  const columns = {
    ...{ exception: 'VARCHAR', suppressed_by: 'VARCHAR', reason: 'VARCHAR', approved_by: 'VARCHAR' },
    ...{ created_at: 'TIMESTAMP', expires_at: 'TIMESTAMP' },
  };
  const rows = [...suppressions].map(([exception, { by, reason = '', approvedBy = '', createdAt, expiresAt }]) => ({
    ...{ exception, suppressed_by: by, reason, approved_by: approvedBy, created_at: optionalTime(createdAt) },
    expires_at: optionalTime(expiresAt),
  }));
  await stage(tx, 'heard_exceptions', columns, rows);
  await tx.run('INSERT INTO scan_exceptions BY NAME FROM heard_exceptions ANTI JOIN scan_exceptions USING (exception)');
}
