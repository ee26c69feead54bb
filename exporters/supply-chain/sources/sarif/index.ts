/**
 * SARIF 2.1.0 of scanners of packages (Trivy, Grype, Snyk and OSV-Scanner), whose own formats say more, and of scanners of
 * secrets. SARIF of anything else, and misconfigurations of these, are the policy exporter's (POST /ingest/policy/sarif).
 */
import type { Rejection } from '../../../core/rejections.ts';
import type { Place } from '../../../findings/place.ts';
import { listOf, wordOf } from '../../../formats/json.ts';
import { isSarif, readSarifValue, type SarifRun } from '../../../formats/sarif/index.ts';
import type { Artifact, Found, Scan } from '../../document.ts';
import { packageNames } from '../../packages.ts';
import { type DocumentKind, faulty, type ReadContext } from '../../reading.ts';
import {
  completenessOf,
  digestIn,
  digestOf,
  evaluatedAt,
  imageArtifact,
  ownerOfArtifact,
  placeArtifact,
  rejection,
  repositoryArtifact,
  scansReading,
} from '../../scanned.ts';
import { type Dialect, dialectOf } from './dialects.ts';

export const sarif: DocumentKind = {
  kind: 'sarif',
  accepts: name => /\.(sarif|sarif\.json|json)$/i.test(name),
  recognises: ({ json }) => isSarif(json),
  read: async ({ json, bytes }, context) => {
    if (json === undefined) return faulty('not_json');
    const runs = await readSarifValue(json);
    if (typeof runs === 'string') return faulty(runs);
    const ours = runs.flatMap(run => {
      const dialect = dialectOf(run.tool);
      return dialect === undefined ? [] : [{ run, dialect }];
    });
    if (ours.length === 0) return faulty('belongs_to_policy');
    const packageName = packageNames();
    const scans: Scan[] = [];
    const rejections: Rejection[] = [];
    let records = 0;
    // Runs of one tool for one purpose are one look: a second would end what the first has found.
    for (const same of Map.groupBy(ours, ({ run, dialect }) =>
      JSON.stringify([dialect.scanner, run.category]),
    ).values()) {
      const { dialect, run: first } = same[0]!;
      const runsOf = same.map(({ run }) => run);
      const artifact = artifactOf(runsOf, context.place);
      if (artifact === undefined) return faulty('missing_subject');
      const read = foundIn(runsOf, dialect, context, packageName);
      records += read.records;
      rejections.push(...read.rejections);
      const endedAt = runsOf
        .flatMap(one => one.endedAt ?? [])
        .sort()
        .at(-1);
      const scannedAt = evaluatedAt(endedAt, context);
      scans.push({
        artifact,
        ...(first.category === '' ? {} : { part: first.category }),
        scanner: dialect.scanner,
        scannedAt,
        classes: dialect.classes ?? [
          ...new Set([...(context.classes ?? ['vulnerability' as const]), ...read.found.map(one => one.class)]),
        ],
        ...standingOf(runsOf, read.rejections.length),
        found: read.found,
        digest: digestOf(bytes, scannedAt, `${dialect.scanner} ${first.category}`),
        owner: ownerOfArtifact(artifact, context),
      });
    }
    return scansReading(scans, records, rejections);
  },
};

interface FoundIn {
  readonly found: readonly Found[];
  readonly records: number;
  readonly rejections: readonly Rejection[];
}

function foundIn(
  runs: readonly SarifRun[],
  dialect: Dialect,
  context: ReadContext,
  packageName: ReturnType<typeof packageNames>,
): FoundIn {
  const found: Found[] = [];
  const rejections: Rejection[] = [];
  let records = 0;
  for (const run of runs) {
    rejections.push(...run.rejections.map(one => rejection(context, one)));
    records += run.rejections.length;
    for (const [index, result] of run.results.entries()) {
      const one = dialect.read(result, packageName);
      // Of misconfigurations nothing is said here.
      if (one === undefined) continue;
      records += 1;
      if (typeof one === 'string')
        rejections.push(rejection(context, { line: index + 1, reason: one, value: result.rule }));
      else if (result.suppression === undefined) found.push(one);
      else found.push({ ...one, suppressed: suppressedBy(result.suppression.justification) });
    }
  }
  return { found, records, rejections };
}

const suppressedBy = (reason: string | undefined): NonNullable<Found['suppressed']> => ({
  by: 'suppression',
  ...(reason === undefined ? {} : { reason }),
});

function standingOf(runs: readonly SarifRun[], rejected: number): Pick<Scan, 'completeness' | 'reason'> {
  if (runs.every(({ hasResults }) => !hasResults)) return { completeness: 'failed', reason: 'no_results' };
  if (runs.some(({ isSuccessful }) => !isSuccessful)) return { completeness: 'partial', reason: 'execution_failed' };
  if (runs.some(({ hasResults }) => !hasResults)) return { completeness: 'partial', reason: 'no_results' };
  return completenessOf(rejected);
}

/** Trivy says which image; the others say at most which repository. */
function artifactOf(runs: readonly SarifRun[], place: Place): Artifact | undefined {
  for (const { properties, repository } of runs) {
    const digests = [...listOf(properties.repoDigests).map(digestIn), digestIn(properties.imageID)];
    const [name] = [properties.imageName, ...listOf(properties.repoTags)].flatMap(one => wordOf(one, 1000) ?? []);
    const image = name === undefined || /\.(tar|tgz|tar\.\w+)$/i.test(name) ? undefined : imageArtifact(name, digests);
    const artifact = image ?? (repository === undefined ? undefined : repositoryArtifact(repository));
    if (artifact !== undefined) return artifact;
  }
  return placeArtifact(place);
}
