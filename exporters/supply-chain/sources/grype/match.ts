/** A match of Grype as a finding. */
import { severityOf } from '../../../findings/severity.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { aliasesOf } from '../../advisories.ts';
import type { FixState, Found, Suppression } from '../../document.ts';
import { fixedVersionsOf } from '../../fixes.ts';
import type { SaidPackage } from '../../packages.ts';
import { present, scoreOf, versionIn } from '../../scanned.ts';

export interface InReport {
  readonly packageName: (said: SaidPackage) => string;
  /** Of what was scanned: packages without a package URL are its own. */
  readonly distribution: string;
}

/** A reason where it can't be read. */
export function matchOf(match: JsonObject, { packageName, distribution }: InReport): Found | string {
  const vulnerability = objectOf(match.vulnerability);
  const artifact = objectOf(match.artifact);
  const id = wordOf(vulnerability.id, 200);
  if (id === undefined) return 'missing_vulnerability';
  const name = wordOf(artifact.name, 500);
  if (name === undefined) return 'missing_package';
  const related = listOf(match.relatedVulnerabilities).filter(isObject);
  const aliases = aliasesOf(
    id,
    related.map(one => wordOf(one.id, 200)),
  );
  const severity = wordOf(vulnerability.severity, 50);
  const [fix, fixedVersions] = fixOf(vulnerability);
  const metadata = objectOf(artifact.metadata);
  return {
    class: 'vulnerability',
    id,
    package: packageName({
      purl: wordOf(artifact.purl, 2000),
      type: wordOf(artifact.type, 100),
      name: wordOf(metadata.pomArtifactID, 300) ?? name,
      namespace: wordOf(metadata.pomGroupID, 300) ?? distribution,
    }),
    version: versionIn(artifact.version),
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    fix,
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(fixedVersions.length > 0 ? { fixedVersions } : {}),
    ...present({
      score: scoreIn([vulnerability, ...related]),
      title: wordOf(vulnerability.description, 300),
      url: wordOf(vulnerability.dataSource, 1000),
      location: locationOf(artifact),
    }),
  };
}

const fixes: Readonly<Record<string, FixState>> = {
  ...{ fixed: 'fixed', 'not-fixed': 'not_fixed', 'wont-fix': 'wont_fix', unknown: 'unknown' },
};

/** 0.7 had `fixedInVersion` alone; `state` may be ''. */
function fixOf(vulnerability: JsonObject): readonly [FixState, readonly string[]] {
  const { fix } = vulnerability;
  const versions = fixedVersionsOf(isObject(fix) ? listOf(fix.versions) : wordOf(vulnerability.fixedInVersion, 1000));
  const state = wordOf(objectOf(fix).state, 50);
  const said = state !== undefined && Object.hasOwn(fixes, state) ? fixes[state]! : 'unknown';
  return [versions.length > 0 && said === 'unknown' ? 'fixed' : said, versions];
}

/** The newest version of CVSS that any of its descriptions gives; of one version the first. */
function scoreIn(descriptions: readonly JsonObject[]): number | undefined {
  let best: { readonly version: number; readonly score: number } | undefined;
  const consider = (version: number, said: unknown) => {
    const score = scoreOf(said);
    if (score !== undefined && score > 0 && (best === undefined || version > best.version)) best = { version, score };
  };
  for (const { cvss, cvssV2, cvssV3 } of descriptions) {
    for (const item of listOf(cvss)) {
      const { version, metrics } = objectOf(item);
      consider(Number.parseFloat(String(version)) || 0, objectOf(metrics).baseScore);
    }
    consider(3, objectOf(cvssV3).baseScore);
    consider(2, objectOf(cvssV2).baseScore);
  }
  return best?.score;
}

function locationOf(artifact: JsonObject): string | undefined {
  const [first] = listOf(artifact.locations);
  return wordOf(isObject(first) ? (first.path ?? first.RealPath) : first, 1000);
}

/** `appliedIgnoreRules`: VEX makes rules of its own, everything else is the configuration's. */
export function suppressionOf(match: JsonObject): Suppression {
  const rules = listOf(match.appliedIgnoreRules).filter(isObject);
  const vex = rules.map(one => wordOf(one['vex-status'], 50)).find(one => one !== undefined);
  const justification = rules.map(one => wordOf(one['vex-justification'], 100)).find(one => one !== undefined);
  const reason = rules.map(one => wordOf(one.reason, 500)).find(one => one !== undefined);
  if (vex !== undefined) return { by: 'vex', reason: justification ?? vex };
  return { by: rules.length > 0 ? 'ignore_file' : 'ignored', ...present({ reason }) };
}
