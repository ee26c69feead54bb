/**
 * Reports of vulnerabilities and secrets, and bills of materials, of trivy-operator, as `kubectl get -o json` and the Kubernetes API give them. Its
 * configuration audits, assessments and compliance reports are the policy exporter's (POST /ingest/policy/trivy).
 */
import type { OwnerAttributes } from '../../../catalog/rules.ts';
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { severityOf } from '../../../findings/severity.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { isOperator, type OperatorObject, operatorObjects } from '../../../formats/trivy/index.ts';
import type { Artifact, Found, Sbom, Scan } from '../../document.ts';
import { fixedVersionsOf } from '../../fixes.ts';
import { packageNames, type SaidPackage } from '../../packages.ts';
import { type DocumentKind, faulty, type ReadContext, type Reading } from '../../reading.ts';
import {
  completenessOf,
  digestIn,
  digestOfPart,
  evaluatedAt,
  imageArtifact,
  ownerOfArtifact,
  present,
  rejection,
  scoreOf,
  versionIn,
} from '../../scanned.ts';
import { cyclonedx } from '../cyclonedx/index.ts';

const vulnerabilityKinds: ReadonlySet<string> = new Set(['VulnerabilityReport', 'ClusterVulnerabilityReport']);
const bomKinds: ReadonlySet<string> = new Set(['SbomReport', 'ClusterSbomReport']);
const isOurs = ({ kind }: OperatorObject): boolean =>
  vulnerabilityKinds.has(kind) || kind === 'ExposedSecretReport' || bomKinds.has(kind);

export const trivyOperator: DocumentKind = {
  kind: 'trivy-operator',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isOperator(json),
  read: async ({ json, bytes }, context) => {
    if (json === undefined) return faulty('not_json');
    if (!isOperator(json)) return faulty('not_trivy_operator');
    const { objects, broken } = operatorObjects(json);
    if (objects.length > 0 && !objects.some(isOurs)) return faulty('belongs_to_policy');
    if (objects.length === 0 && broken > 0) return faulty('not_trivy_operator');
    return readObjects(objects.filter(isOurs), { bytes, broken, context });
  },
};

/** Also of what the Kubernetes API gives. */
export async function readObjects(
  objects: readonly OperatorObject[],
  { bytes, broken, context }: { readonly bytes: Buffer; readonly broken: number; readonly context: ReadContext },
): Promise<Reading> {
  const breathe = breather();
  const packageName = packageNames();
  const scans: Scan[] = [];
  const sboms: Sbom[] = [];
  const rejections: Rejection[] = Array.from({ length: broken }, () => rejection(context, { reason: 'kind_unknown' }));
  let records = broken;
  for (const [index, object] of objects.entries()) {
    if (breathe.due()) await breathe.now();
    const label = `${object.kind} ${object.namespace}/${object.name}`;
    const at = { line: index + 1, value: label };
    const artifact = artifactOf(object);
    if (bomKinds.has(object.kind)) {
      const bom = await bomOf(object, artifact, context);
      records += bom.records;
      sboms.push(...(bom.heard.sboms ?? []));
      const reasons = bom.fault === undefined ? bom.rejections : [{ reason: bom.fault }];
      rejections.push(...reasons.map(({ reason }) => rejection(context, { ...at, reason, field: 'components' })));
      continue;
    }
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
    scans.push(scanOf(object, { artifact, bytes, context, rejected: reasons.length, found: results.filter(isFound) }));
  }
  return { heard: { scans, ...(sboms.length > 0 ? { sboms } : {}) }, records, rejections };
}

/** Its bill of materials is CycloneDX, whose own name of the image the report completes. */
async function bomOf(object: OperatorObject, artifact: Artifact | undefined, context: ReadContext): Promise<Reading> {
  const json = object.report.components;
  const { name, namespace, kind } = object;
  const image =
    artifact === undefined ? {} : { image: `${artifact.name}${artifact.tag === undefined ? '' : `:${artifact.tag}`}` };
  let bytes = Buffer.from(`${kind} ${namespace}/${name}`);
  try {
    bytes = Buffer.from(JSON.stringify(json) ?? '');
  } catch {
    return faulty('nested_too_deep');
  }
  const read = await cyclonedx.read({ bytes, json }, { ...context, place: { ...context.place, ...image } });
  if (artifact === undefined) return read;
  const owner = ownerOfArtifact(artifact, context, ownersOf(object, context));
  const sboms = (read.heard.sboms ?? []).map(one => ({
    ...one,
    artifact: { ...artifact, digests: [...new Set([...artifact.digests, ...one.artifact.digests])] },
    owner,
  }));
  return { ...read, records: Math.max(1, read.records), heard: { sboms } };
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
  readonly bytes: Buffer;
  readonly context: ReadContext;
  readonly rejected: number;
  readonly found: readonly Found[];
}

function scanOf(object: OperatorObject, { artifact, bytes, context, rejected, found }: OfObject): Scan {
  const { report, namespace } = object;
  const scannedAt = evaluatedAt(wordOf(report.updateTimestamp, 100), context);
  const os = osOf(object);
  return {
    artifact,
    scanner: 'trivy',
    scannedAt,
    classes: [vulnerabilityKinds.has(object.kind) ? 'vulnerability' : 'secret'],
    ...completenessOf(rejected),
    found,
    ...present({ scannerVersion: wordOf(objectOf(report.scanner).version, 100), os }),
    digest: digestOfPart(report, bytes, scannedAt, `${object.kind} ${namespace}/${object.name}`),
    owner: ownerOfArtifact(artifact, context, ownersOf(object, context)),
  };
}

function osOf({ kind, report }: OperatorObject): Scan['os'] {
  const { family: said, name, eosl } = objectOf(report.os);
  const family = wordOf(said, 100);
  if (family === undefined || family === 'none') return undefined;
  const version = wordOf(name, 100) ?? '';
  // False is left out, and only who looked at the packages of a release of a system has asked.
  const isAsked = eosl !== undefined || (vulnerabilityKinds.has(kind) && version !== '');
  return { family, version, ...(isAsked ? { isEndOfLife: eosl === true } : {}) };
}

function ownersOf({ namespace, about, labels }: OperatorObject, { place }: ReadContext): OwnerAttributes {
  const tags = tagsOf(labels);
  return {
    ...(namespace === '' ? {} : { namespace }),
    resource: `${place.cluster ?? ''}/${about.namespace}/${about.name}`,
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
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
    fix: fixedVersions.length > 0 ? 'fixed' : typeof item.fixedVersion === 'string' ? 'not_fixed' : 'unknown',
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
