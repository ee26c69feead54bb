/**
 * One issue of Snyk's REST API (`GET /rest/orgs/{org}/issues`, version 2024-10-15): with the dates of its life, the ids that
 * the same problem has elsewhere, and the versions of the package that have it.
 */
import { severityOf } from '../../../findings/severity.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Found } from '../../document.ts';
import { packageOf } from '../../packages.ts';
import { present, scoreOf, versionIn } from '../../scanned.ts';
import { saidPackage } from './ecosystems.ts';
import { aliasesOf } from './vulnerability.ts';

export interface Issue {
  /** Of what was scanned: a project's id; '' where it isn't said. */
  readonly project: string;
  readonly found: readonly Found[];
}

export interface IssueOptions {
  /** Snyk's word for the project's type: npm, maven, deb; '' where it isn't known. */
  readonly typeOf: (project: string) => string;
  readonly locationOf?: (project: string) => string | undefined;
}

/** Issues of code, infrastructure and clouds are the policy exporter's: `belongs_to_policy`. */
export function issueOf(item: unknown, { typeOf, locationOf = () => undefined }: IssueOptions): Issue | string {
  if (!isObject(item) || item.type !== 'issue' || !isObject(item.attributes)) return 'not_an_issue';
  const attributes = item.attributes;
  const type = wordOf(attributes.type, 50) ?? '';
  if (type !== 'package_vulnerability' && type !== 'license') return 'belongs_to_policy';
  const scanned = objectOf(objectOf(objectOf(item.relationships).scan_item).data);
  const project = scanned.type === 'project' ? (wordOf(scanned.id, 100) ?? '') : '';
  const problems = listOf(attributes.problems).filter(isObject);
  const ids = (source: RegExp) =>
    problems.filter(one => source.test(wordOf(one.source, 50) ?? '')).flatMap(one => wordOf(one.id, 200) ?? []);
  const key = wordOf(attributes.key, 200);
  const id = ids(/^snyk$/i)[0] ?? key;
  if (id === undefined) return 'missing_vulnerability';
  const packages = packagesOf(attributes);
  if (packages.length === 0) return 'missing_package';
  const manager = typeOf(project) || managerOf(id);
  const life = lifeOf(attributes);
  if (typeof life === 'string') return life;
  const severity = wordOf(attributes.effective_severity_level, 50);
  const [problem] = problems;
  const common = {
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    ...life,
    ...present({
      title: wordOf(attributes.title, 300),
      url: wordOf(problem?.url, 1000),
      location: locationOf(project),
    }),
  };
  const isFixable = listOf(attributes.coordinates)
    .filter(isObject)
    .some(one => [one.is_upgradeable, one.is_pinnable, one.is_patchable, one.is_fixable_upstream].includes(true));
  const aliases = aliasesOf({ CVE: ids(/^(?:nvd|cve)$/i), GHSA: ids(/^ghsa$|^github/i) });
  const found = packages.map(({ name, version }): Found => {
    const kind = saidPackage(manager, name);
    const of = { package: kind.name === '' ? name : packageOf(kind), version, ...common };
    if (type === 'license') return { class: 'license', id: id.split(':').at(-1) ?? id, fix: 'unknown', ...of };
    return {
      class: 'vulnerability',
      id,
      ...(aliases.length > 0 ? { aliases } : {}),
      ...of,
      ...present({ score: scoreIn(attributes) }),
      fix: isFixable ? 'fixed' : 'not_fixed',
    };
  });
  return { project, found };
}

/** An issue is of one package, of which several versions may be there. */
function packagesOf(attributes: JsonObject): readonly { readonly name: string; readonly version: string }[] {
  const said = listOf(attributes.coordinates)
    .flatMap(one => listOf(objectOf(one).representations))
    .map(one => objectOf(objectOf(one).dependency))
    .flatMap(one => {
      const name = wordOf(one.package_name, 500);
      return name === undefined ? [] : [{ name, version: versionIn(one.package_version) }];
    });
  return [...new Map(said.map(one => [`${one.name}\n${one.version}`, one])).values()];
}

/** `ignored` stands beside `status`; why and until when is not among what the API tells of an issue. */
function lifeOf(attributes: JsonObject): Pick<Found, 'firstSeenAt' | 'fixedAt' | 'suppressed'> | string {
  const { resolved_at: resolvedAt } = objectOf(attributes.resolution);
  const firstSeenAt = wordOf(attributes.created_at, 50);
  const status = wordOf(attributes.status, 50);
  if (status === 'resolved') {
    const fixedAt = [resolvedAt, attributes.updated_at].map(one => wordOf(one, 50)).find(isTime);
    return fixedAt === undefined ? 'missing_resolution_time' : { ...present({ firstSeenAt }), fixedAt };
  }
  if (status !== 'open') return 'unknown_status';
  return {
    ...present({ firstSeenAt }),
    ...(attributes.ignored === true ? { suppressed: { by: 'ignored' } } : {}),
  };
}

const isTime = (text: string | undefined): text is string => !Number.isNaN(Date.parse(text ?? ''));

/** `severities[]` has a score for each source and version of CVSS. */
function scoreIn(attributes: JsonObject): number | undefined {
  const scores = listOf(attributes.severities)
    .filter(isObject)
    .flatMap(one => {
      const score = scoreOf(one.score);
      return score === undefined ? [] : [{ score, version: Number.parseFloat(wordOf(one.version, 10) ?? '') || 0 }];
    });
  return scores.sort((a, b) => b.version - a.version)[0]?.score;
}

/** Snyk's ids name the ecosystem: SNYK-JS-…, SNYK-DEBIAN11-…, npm:qs:20140806, snyk:lic:npm:…. */
function managerOf(id: string): string {
  const [, old] = /^(?:snyk:lic:)?([a-z]+):/.exec(id) ?? [];
  if (old !== undefined && old !== 'snyk') return old;
  const [, word = '', release = ''] = /^SNYK-([A-Z]+)(\d*)-/.exec(id) ?? [];
  const manager = Object.hasOwn(managers, word) ? managers[word]! : word.toLowerCase();
  return release === '' ? manager : `${manager}:${release}`;
}

const managers: Readonly<Record<string, string>> = {
  ...{ JS: 'npm', JAVA: 'maven', PYTHON: 'pip', DOTNET: 'nuget', PHP: 'composer', RUBY: 'rubygems', RUST: 'cargo' },
  ...{ COCOAPODS: 'cocoapods', HEX: 'hex', SWIFT: 'swift', DART: 'pub', UNMANAGED: 'unmanaged', GOLANG: 'golang' },
};
