/**
 * Trivy's JSON (github.com/aquasecurity/trivy, pkg/types/report.go and pkg/k8s/report): the bare array of results of
 * before 2021-10, `null` where that had none, SchemaVersion 2 with all that came since, and reports of clusters, which
 * hold one of each resource. Knows nothing of what they are used for.
 */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../json.ts';

export const trivyClasses = ['os-pkgs', 'lang-pkgs', 'config', 'secret', 'license', 'license-file', 'custom'] as const;
export type TrivyClass = (typeof trivyClasses)[number];

export interface TrivyResult {
  /** `ghcr.io/acme/shop:1.2 (debian 12.5)`, `package-lock.json`, `Java`; '' where it says none. */
  readonly target: string;
  readonly class: TrivyClass;
  /** The distribution or the package manager: debian, npm, jar; '' where it says none. */
  readonly type: string;
  readonly raw: JsonObject;
}

export interface TrivyResource {
  readonly cluster: string | undefined;
  /** '' of what has none. */
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** What one scan says. */
export interface TrivyReport {
  /** '' in reports of clusters, and before 2021-10. */
  readonly name: string;
  /** container_image, repository, filesystem, vm, cyclonedx, …; '' where it says none. */
  readonly type: string;
  readonly createdAt: string | undefined;
  readonly version: string | undefined;
  readonly metadata: JsonObject;
  readonly results: readonly TrivyResult[];
  /** Entries of the list of results that are none. */
  readonly broken: number;
  /** What of a cluster was scanned. */
  readonly resource?: TrivyResource;
  /** Why a resource could not be scanned. */
  readonly error?: string;
}

const clusterLists = ['Resources', 'Findings', 'Vulnerabilities', 'Misconfigurations'] as const;

const isOfCluster = (value: JsonObject): boolean =>
  typeof value.ClusterName === 'string' &&
  (clusterLists.some(list => Array.isArray(value[list])) || typeof value.SchemaVersion === 'number');

const isOld = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  isObject(value[0]) &&
  typeof value[0].Target === 'string' &&
  ('Vulnerabilities' in value[0] || 'Type' in value[0] || 'Misconfigurations' in value[0]);

/** Also for `null`, which old ones wrote where nothing was found, and for no other empty value. */
export const isTrivy = (value: unknown): boolean =>
  value === null ||
  isOld(value) ||
  (isObject(value) &&
    (isOfCluster(value) ||
      (typeof value.SchemaVersion === 'number' &&
        (typeof value.ArtifactName === 'string' || (Array.isArray(value.Results) && isOldResult(value.Results[0]))))));

const isOldResult = (one: unknown): boolean => isObject(one) && typeof one.Target === 'string';

/** The scans in it; undefined where it is no report of Trivy. */
export function trivyReports(value: unknown): readonly TrivyReport[] | undefined {
  if (value === null || (Array.isArray(value) && value.length === 0)) return [reportOf({})];
  if (isOld(value)) return [reportOf({ Results: value })];
  if (!isObject(value) || !isTrivy(value)) return undefined;
  return isOfCluster(value) ? ofCluster(value) : [reportOf(value)];
}

function reportOf(value: JsonObject): TrivyReport {
  const listed = listOf(value.Results);
  const results = listed.filter(isObject).map(resultOf);
  return {
    name: wordOf(value.ArtifactName, 2000) ?? '',
    type: wordOf(value.ArtifactType, 50) ?? '',
    createdAt: wordOf(value.CreatedAt, 100),
    version: wordOf(objectOf(value.Trivy).Version, 100),
    metadata: objectOf(value.Metadata),
    results,
    broken: listed.length - results.length,
  };
}

function resultOf(raw: JsonObject): TrivyResult {
  const type = wordOf(raw.Type, 100) ?? '';
  return { target: wordOf(raw.Target, 2000) ?? '', class: classOf(raw, type), type, raw };
}

/** Before 2021-07 there were packages alone, and nothing says of which class. */
function classOf(raw: JsonObject, type: string): TrivyClass {
  const said = raw.Class;
  if ((trivyClasses as readonly unknown[]).includes(said)) return said as TrivyClass;
  if (Array.isArray(raw.Misconfigurations) || 'MisconfSummary' in raw) return 'config';
  if (Array.isArray(raw.Secrets)) return 'secret';
  if (Array.isArray(raw.Licenses)) return 'license';
  return systemTypes.has(type) || (type === '' && osOfTarget(wordOf(raw.Target, 2000) ?? '')) ? 'os-pkgs' : 'lang-pkgs';
}

/** Distributions as Trivy calls them (pkg/fanal/types/const.go). */
const systemTypes: ReadonlySet<string> = new Set([
  ...['alma', 'alpine', 'amazon', 'azurelinux', 'bottlerocket', 'cbl-mariner', 'centos', 'chainguard', 'coreos'],
  ...['debian', 'echo', 'fedora', 'minimos', 'opensuse', 'opensuse-leap', 'opensuse-tumbleweed', 'oracle', 'photon'],
  ...['redhat', 'rocky', 'seal', 'sle-micro', 'slem', 'sles', 'suse linux enterprise server', 'ubuntu', 'wolfi'],
]);

/** `python:3.4-alpine (alpine 3.9.2)`: what was scanned, and its distribution. */
export function osOfTarget(
  target: string,
): { readonly name: string; readonly family: string; readonly version: string } | undefined {
  const { name, family, version } =
    /^(?<name>.+) \((?<family>[a-z][\w.-]*(?: linux enterprise server)?) (?<version>[^()]+(?:\([^()]*\))?)\)$/.exec(
      target,
    )?.groups ?? {};
  return name === undefined || family === undefined || version === undefined ? undefined : { name, family, version };
}

/** A resource's images are listed one by one, and its manifest apart; of consolidated reports they are in one. */
function ofCluster(value: JsonObject): readonly TrivyReport[] {
  const cluster = wordOf(value.ClusterName, 300);
  return clusterLists.flatMap(list =>
    listOf(value[list]).flatMap(item => {
      if (!isObject(item)) return [{ ...reportOf({}), broken: 1 }];
      const resource = {
        cluster,
        namespace: wordOf(item.Namespace, 300) ?? '',
        kind: wordOf(item.Kind, 100) ?? '',
        name: wordOf(item.Name, 300) ?? '',
      };
      const error = wordOf(item.Error, 500);
      return byImage(item).map(one => ({ ...one, resource, ...(error === undefined ? {} : { error }) }));
    }),
  );
}

/**
 * Since 2023 Metadata is a list of the resource's images. A result names its image before its distribution; those of its
 * language packages follow it.
 */
function byImage(item: JsonObject): readonly TrivyReport[] {
  const metadata = (Array.isArray(item.Metadata) ? item.Metadata : [item.Metadata]).filter(isObject);
  const whole = reportOf({ Results: item.Results });
  const groups = new Map<string, TrivyResult[]>();
  const manifest: TrivyResult[] = [];
  let image = metadata.length === 1 ? '' : undefined;
  for (const result of whole.results) {
    const { name } = osOfTarget(result.target) ?? {};
    if (result.class === 'config') manifest.push(result);
    else {
      if (name !== undefined) image = name;
      const key = image ?? '';
      groups.set(key, [...(groups.get(key) ?? []), result]);
    }
  }
  const images = [...groups].map(([name, results]) => ({
    ...{ ...whole, broken: 0, name, results },
    type: 'container_image',
    metadata: metadata.length === 1 ? metadata[0]! : (metadata.find(one => isOfImage(one, name)) ?? {}),
  }));
  return [...images, { ...whole, type: 'manifest', results: manifest }].filter(
    ({ results, broken }, index, all) => results.length > 0 || broken > 0 || all.length === 1 || index < images.length,
  );
}

const isOfImage = (metadata: JsonObject, name: string): boolean =>
  [...listOf(metadata.RepoTags), ...listOf(metadata.RepoDigests), metadata.Reference].some(
    one =>
      typeof one === 'string' && name !== '' && (one === name || one.endsWith(`/${name}`) || name.endsWith(`/${one}`)),
  );
