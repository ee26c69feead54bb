/**
 * Trivy's JSON, of every version: vulnerabilities, secrets and licences. A report doesn't say what it was looking for:
 * one that lists no results or packages alone is a look for vulnerabilities, and one for secrets or licences where it has
 * a section of them. What an earlier one found of those is not resolved by a report that has none, unless whoever hands it
 * over says that it was looked for (`classes`). Misconfigurations are the policy exporter's (POST /ingest/policy/trivy).
 */
import type { OwnerAttributes } from '../../../catalog/rules.ts';
import { type Breather, breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { isTrivy, type TrivyReport, type TrivyResult, trivyReports } from '../../../formats/trivy/index.ts';
import type { FindingClass, Found, Scan } from '../../document.ts';
import { packageNames, type SaidPackage } from '../../packages.ts';
import { digestOfDocument } from '../../raw.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from '../../reading.ts';
import {
  completenessOf,
  digestOf,
  evaluatedAt,
  ownerOfArtifact,
  present,
  rejection,
  scansReading,
} from '../../scanned.ts';
import { only, type Slimming, slimValue } from '../../slim.ts';
import { artifactOf, osOf } from './artifact.ts';
import { otherFormat } from './other-formats.ts';
import { findingIn, licenseOf, secretOf, suppressionOf } from './others.ts';
import { developmentOf, type InResult, vulnerabilityOf } from './vulnerability.ts';

export const trivy: DocumentKind = {
  kind: 'trivy',
  accepts: name => /\.json$/i.test(name),
  isLarge: true,
  recognises: document =>
    // Of old it wrote `null` where it found nothing; so do others, and it would be a clean scan of what they looked at.
    (document.json !== undefined && document.json !== null && isTrivy(document.json)) ||
    otherFormat(document) !== undefined,
  read: async (document, context) => {
    const other = otherFormat(document);
    if (other !== undefined) return faulty(other);
    const read = await slimValue(document, slimming);
    if ('fault' in read) return faulty(read.fault);
    const reports = trivyReports(read.value);
    if (reports === undefined) return faulty('not_trivy');
    return readReports(reports, document, context);
  },
};

const slimVulnerability = only(
  ...['VulnerabilityID', 'PkgName', 'PkgID', 'PkgPath', 'PkgIdentifier', 'InstalledVersion', 'FixedVersion', 'Status'],
  ...['Severity', 'SeveritySource', 'VendorIDs', 'CVSS', 'Title', 'PrimaryURL'],
);
/** Of packages those of the build alone are asked for. */
const slimPackage = (one: unknown) =>
  isObject(one) && one.Dev === true ? only('ID', 'Identifier', 'Dev')(one) : undefined;
const slimming: Slimming = Object.fromEntries(
  ['Results[]', '[]', ...['Resources', 'Findings', 'Vulnerabilities'].map(list => `${list}[].Results[]`)].flatMap(
    result => [
      [`${result}.Vulnerabilities`, slimVulnerability],
      [`${result}.Packages`, slimPackage],
    ],
  ),
);

async function readReports(
  reports: readonly TrivyReport[],
  document: RawDocument,
  context: ReadContext,
): Promise<Reading> {
  const breathe = breather();
  const packageName = packageNames();
  const ours = reports.filter(one => one.results.length === 0 || one.results.some(isOurs));
  const concern = ours.filter(one => one.type !== 'manifest' || one.broken > 0);
  if (concern.length === 0) return faulty('belongs_to_policy');
  const scans: Scan[] = [];
  const whole = Buffer.from(await digestOfDocument(document, ''));
  const rejections: Rejection[] = [];
  let records = 0;
  for (const [index, report] of concern.entries()) {
    const artifact = artifactOf(report, context.place);
    if (artifact === undefined) {
      if (report.resource === undefined) return faulty('missing_subject');
      records += 1;
      const reason = report.results.length === 0 && report.broken > 0 ? 'not_a_resource' : 'missing_subject';
      rejections.push(rejection(context, { line: index + 1, reason, value: labelOf(report) }));
      continue;
    }
    const found = await foundIn(report, { packageName, breathe });
    records += found.records;
    rejections.push(...found.reasons.map(each => rejection(context, each)));
    const scannedAt = evaluatedAt(report.createdAt, context);
    // A report of a cluster is many scans: each is known by what it is of.
    const part =
      report.resource === undefined ? '' : JSON.stringify([labelOf(report), artifact.name, artifact.digests]);
    scans.push({
      artifact,
      scanner: 'trivy',
      scannedAt,
      classes: classesOf(report, context.classes),
      ...(report.error === undefined ? completenessOf(found.reasons.length) : failed),
      found: found.found,
      ...present({ scannerVersion: report.version, os: osOf(report) }),
      digest: digestOf(whole, scannedAt, part),
      owner: ownerOfArtifact(artifact, context, inCluster(report)),
    });
  }
  return scansReading(scans, records, rejections);
}

/** Rules read namespaces, and resources as `cluster/namespace/name`. */
function inCluster({ resource }: TrivyReport): OwnerAttributes {
  if (resource === undefined) return {};
  const { cluster = '', namespace, name } = resource;
  return { ...(namespace === '' ? {} : { namespace }), resource: `${cluster}/${namespace}/${name}` };
}

const failed = { completeness: 'failed', reason: 'scan_error' } as const;

const isOurs = (result: TrivyResult): boolean => result.class !== 'config';

const labelOf = ({ resource }: TrivyReport): string =>
  resource === undefined ? '' : `${resource.namespace}/${resource.kind}/${resource.name}`;

function classesOf(report: TrivyReport, asked: readonly FindingClass[] = []): readonly FindingClass[] {
  const { results } = report;
  const has = (...classes: readonly TrivyResult['class'][]) => results.some(one => classes.includes(one.class));
  const isLook = results.length === 0 && asked.length === 0 && !hasSystem(report);
  const listed = [
    ...(isLook || has('os-pkgs', 'lang-pkgs') ? (['vulnerability'] as const) : []),
    ...(has('secret') ? (['secret'] as const) : []),
    ...(has('license', 'license-file') ? (['license'] as const) : []),
  ];
  return [...new Set([...asked, ...listed])];
}

/** A look for vulnerabilities of a distribution lists it, whatever it finds: without that it was one for secrets alone. */
const hasSystem = ({ metadata }: TrivyReport): boolean =>
  !['', 'none'].includes(wordOf(objectOf(metadata.OS).Family, 50) ?? '');

interface FoundIn {
  readonly found: readonly Found[];
  readonly records: number;
  readonly reasons: readonly Omit<Rejection, 'file'>[];
}

async function foundIn(
  report: TrivyReport,
  { packageName, breathe }: { readonly packageName: (said: SaidPackage) => string; readonly breathe: Breather },
): Promise<FoundIn> {
  const found: Found[] = [];
  const reasons: Omit<Rejection, 'file'>[] = [];
  let records = report.broken;
  for (let index = 0; index < report.broken; index += 1) reasons.push({ reason: 'not_a_result', field: 'Results' });
  const add = (one: Found | string, field: string, line: number) => {
    records += 1;
    if (typeof one === 'string') reasons.push({ reason: one, field, line });
    else found.push(one);
  };
  for (const result of report.results) {
    const within: InResult = { result, packageName, development: developmentOf(result) };
    for (const [field, read] of readers) {
      for (const [index, item] of listOf(result.raw[field]).entries()) {
        if (breathe.due()) await breathe.now();
        const one = isObject(item) ? read(item, within) : 'not_an_object';
        if (one !== undefined) add(one, field, index + 1);
      }
    }
  }
  return { found, records, reasons };
}

type Reader = (item: Readonly<Record<string, unknown>>, within: InResult) => Found | string | undefined;

const readers: readonly (readonly [field: string, read: Reader])[] = [
  ['Vulnerabilities', vulnerabilityOf],
  ['Secrets', (item, { result }) => secretOf(item, result)],
  ['Licenses', licenseOf],
  ['ExperimentalModifiedFindings', modifiedOf],
];

/** Misconfigurations that were set aside are the policy exporter's. */
function modifiedOf(item: Readonly<Record<string, unknown>>, within: InResult): Found | string | undefined {
  const { type, finding } = findingIn(item);
  if (type === 'misconfiguration') return undefined;
  const read =
    type === 'secret'
      ? secretOf(finding, within.result)
      : type === 'license'
        ? licenseOf(finding, within)
        : vulnerabilityOf(finding, within);
  if (typeof read === 'string') return read;
  const { suppressed: _, ...one } = read;
  // VEX that says `affected` sets nothing aside.
  return wordOf(item.Status) === 'affected' ? one : { ...one, suppressed: suppressionOf(item) };
}
