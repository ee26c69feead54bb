/**
 * Vulnerability and secret reports of trivy-operator, as `kubectl get -o json` and the Kubernetes API give them. Its
 * configuration audits, assessments and compliance reports are the policy exporter's (POST /ingest/policy/trivy).
 */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { severityOf } from '../../../findings/severity.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { isOperator, type OperatorObject, operatorObjects } from '../../../formats/trivy/index.ts';
import type { Artifact, Found, Scan } from '../../document.ts';
import { fixedVersionsOf } from '../../fixes.ts';
import { packageNames, type SaidPackage } from '../../packages.ts';
import { type DocumentKind, faulty, type ReadContext, type Reading } from '../../reading.ts';
import {
  completenessOf,
  digestIn,
  digestOf,
  evaluatedAt,
  imageArtifact,
  ownerOfArtifact,
  present,
  rejection,
  scansReading,
  scoreOf,
  versionIn,
} from '../../scanned.ts';

const vulnerabilityKinds: ReadonlySet<string> = new Set(['VulnerabilityReport', 'ClusterVulnerabilityReport']);
const bomKinds: ReadonlySet<string> = new Set(['SbomReport', 'ClusterSbomReport']);
const isOurs = ({ kind }: OperatorObject): boolean =>
  vulnerabilityKinds.has(kind) || kind === 'ExposedSecretReport' || bomKinds.has(kind);

export const trivyOperator: DocumentKind = {
  kind: 'trivy-operator',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isOperator(json),
  read: async ({ json }, context) => {
    if (json === undefined) return faulty('not_json');
    if (!isOperator(json)) return faulty('not_trivy_operator');
    const { objects, broken } = operatorObjects(json);
    if (objects.length > 0 && !objects.some(isOurs)) return faulty('belongs_to_policy');
    if (objects.length === 0 && broken > 0) return faulty('not_trivy_operator');
    return readObjects(objects.filter(isOurs), broken, context);
  },
};

/** Also of what the Kubernetes API gives. */
export async function readObjects(
  objects: readonly OperatorObject[],
  broken: number,
  context: ReadContext,
): Promise<Reading> {
  const breathe = breather();
  const packageName = packageNames();
  const scans: Scan[] = [];
  const rejections: Rejection[] = Array.from({ length: broken }, () => rejection(context, { reason: 'kind_unknown' }));
  let records = broken;
  for (const [index, object] of objects.entries()) {
    if (breathe.due()) await breathe.now();
    const label = `${object.kind} ${object.namespace}/${object.name}`;
    const at = { line: index + 1, value: label };
    if (bomKinds.has(object.kind)) {
      records += 1;
      rejections.push(rejection(context, { ...at, reason: 'sbom_report_not_read' }));
      continue;
    }
    const artifact = artifactOf(object);
    const [field, read] = vulnerabilityKinds.has(object.kind)
      ? (['vulnerabilities', (item: JsonObject) => vulnerabilityOf(item, packageName)] as const)
      : (['secrets', secretOf] as const);
    const listed = listOf(object.report[field]);
    if (artifact === undefined) {
      records += Math.max(1, listed.length);
      rejections.push(rejection(context, { ...at, reason: 'missing_subject' }));
      continue;
    }
    const results = listed.map(item => (isObject(item) ? read(item) : 'not_an_object'));
    const reasons = results.filter(one => typeof one === 'string');
    records += results.length;
    rejections.push(...reasons.map(reason => rejection(context, { ...at, reason, field })));
    scans.push(scanOf(object, { artifact, context, rejected: reasons.length, found: results.filter(isFound) }));
  }
  return scansReading(scans, records, rejections);
}

const isFound = (one: Found | string): one is Found => typeof one !== 'string';

/** `library/nginx` of `index.docker.io`; of its tag the digest is not always known. */
function artifactOf({ report }: OperatorObject): Artifact | undefined {
  const { repository, tag, digest } = objectOf(report.artifact);
  const name = wordOf(repository, 500);
  if (name === undefined) return undefined;
  const server = wordOf(objectOf(report.registry).server, 300);
  const reference = `${server === undefined ? '' : `${server}/`}${name}`;
  const said = wordOf(tag, 128);
  return (
    imageArtifact(said === undefined ? reference : `${reference}:${said}`, [digestIn(digest)]) ??
    imageArtifact(reference)
  );
}

interface OfObject {
  readonly artifact: Artifact;
  readonly context: ReadContext;
  readonly rejected: number;
  readonly found: readonly Found[];
}

function scanOf(object: OperatorObject, { artifact, context, rejected, found }: OfObject): Scan {
  const { report, about, namespace } = object;
  const scannedAt = evaluatedAt(wordOf(report.updateTimestamp, 100), context);
  const os = objectOf(report.os);
  const family = wordOf(os.family, 100);
  const cluster = context.place.cluster ?? '';
  return {
    artifact,
    scanner: 'trivy',
    scannedAt,
    classes: [vulnerabilityKinds.has(object.kind) ? 'vulnerability' : 'secret'],
    ...completenessOf(rejected),
    found,
    ...present({ scannerVersion: wordOf(objectOf(report.scanner).version, 100) }),
    ...(family === undefined
      ? {}
      : {
          os: { family, version: wordOf(os.name, 100) ?? '', ...(os.eosl === true ? { isEndOfLife: true } : {}) },
        }),
    digest: digestOf(Buffer.from(JSON.stringify(report)), scannedAt, `${object.kind} ${namespace}/${object.name}`),
    owner: ownerOfArtifact(artifact, context, {
      ...(namespace === '' ? {} : { namespace }),
      resource: `${cluster}/${about.namespace}/${about.name}`,
      tags: tagsOf(object.labels),
    }),
  };
}

/** The operator's own labels make no owner; those of the resource may be copied among them. */
const tagsOf = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(labels).filter(([key]) => !/^(trivy-operator\.|resource-spec-hash|plugin-config-hash)/.test(key)),
  );

function vulnerabilityOf(item: JsonObject, packageName: (said: SaidPackage) => string): Found | string {
  const id = wordOf(item.vulnerabilityID, 200);
  if (id === undefined) return 'missing_vulnerability';
  const name = wordOf(item.resource, 500);
  if (name === undefined) return 'missing_package';
  const fixedVersions = fixedVersionsOf(wordOf(item.fixedVersion, 5000));
  const severity = wordOf(item.severity, 50);
  const score = scoreOf(item.score);
  return {
    class: 'vulnerability',
    id,
    package: packageName({ purl: wordOf(item.packagePURL, 2000), type: wordOf(item.packageType, 100), name }),
    version: versionIn(item.installedVersion),
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    fix: fixedVersions.length > 0 ? 'fixed' : 'not_fixed',
    ...(fixedVersions.length > 0 ? { fixedVersions } : {}),
    ...(score !== undefined && score > 0 ? { score } : {}),
    ...present({
      title: wordOf(item.title, 300),
      url: wordOf(item.primaryLink, 1000),
      location: wordOf(item.pkgPath, 1000),
    }),
  };
}

/** The match stays unread. */
function secretOf(item: JsonObject): Found | string {
  const id = wordOf(item.ruleID, 200);
  if (id === undefined) return 'missing_rule';
  const severity = wordOf(item.severity, 50);
  return {
    class: 'secret',
    id,
    package: (wordOf(item.target, 1000) ?? '').replace(/^\/+/, ''),
    version: '',
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    fix: 'unknown',
    ...present({ title: wordOf(item.title, 300) }),
  };
}
