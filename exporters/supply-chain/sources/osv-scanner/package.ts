/** A package of a report of OSV-Scanner, with what was found in it. */

import type { Severity } from '../../../findings/report.ts';
import { severityOf, severityOfScore } from '../../../findings/severity.ts';
import { scoreOfVector } from '../../../formats/cvss.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { aliasesOf } from '../../advisories.ts';
import type { Found } from '../../document.ts';
import type { SaidPackage } from '../../packages.ts';
import { present, scoreOf, versionIn } from '../../scanned.ts';

export interface InPackage {
  readonly packageName: (said: SaidPackage) => string;
  readonly location: string | undefined;
}

interface Installed {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly package: string;
  readonly isDevelopment: boolean;
}

function installedOf(item: JsonObject, packageName: InPackage['packageName']): Installed {
  const said = objectOf(item.package);
  const ecosystem = wordOf(said.ecosystem, 100) ?? '';
  const name = wordOf(said.name, 500) ?? '';
  const groups = listOf(item.dependency_groups ?? item.depGroups).filter(one => typeof one === 'string');
  const purl = listOf(item.vulnerabilities)
    .flatMap(one => listOf(objectOf(one).affected).map(objectOf))
    .map(one => objectOf(one.package))
    .find(one => one.name === name && one.ecosystem === said.ecosystem)?.purl;
  return {
    ecosystem,
    name,
    // Of a folder of Git it is a commit.
    version: versionIn(said.version) || versionIn(said.commit),
    package: name === '' ? '' : packageName({ purl: wordOf(purl, 1000), type: ecosystem, name }),
    isDevelopment:
      groups.length > 0 && groups.every(one => /^(dev|test|development|optional-dev)/i.test(one as string)),
  };
}

/** One a group: of its ids the first is the scanner's own, the others are aliases. */
export function vulnerabilitiesOf(item: JsonObject, within: InPackage): readonly (Found | string)[] {
  const listed = listOf(item.vulnerabilities);
  if (listed.length === 0) return [];
  const installed = installedOf(item, within.packageName);
  const byId = new Map<string, JsonObject>();
  for (const one of listed) if (isObject(one) && typeof one.id === 'string') byId.set(one.id, one);
  const groups = listOf(item.groups).filter(isObject);
  const grouped = new Set(groups.flatMap(({ ids }) => listOf(ids)));
  const broken = listed.filter(one => !isObject(one) || wordOf(one.id, 200) === undefined);
  return [
    ...broken.map(() => 'missing_vulnerability'),
    ...groups.map(group => foundOf(group, byId, installed, within)),
    // Before groups existed, and in what others made of it.
    ...[...byId.keys()].filter(id => !grouped.has(id)).map(id => foundOf({ ids: [id] }, byId, installed, within)),
  ];
}

function foundOf(
  group: JsonObject,
  byId: ReadonlyMap<string, JsonObject>,
  installed: Installed,
  { location }: InPackage,
): Found | string {
  const ids = listOf(group.ids).filter((one): one is string => typeof one === 'string' && one.trim() !== '');
  const [id] = ids;
  if (id === undefined) return 'missing_vulnerability';
  const entries = ids.map(one => byId.get(one)).filter(one => one !== undefined);
  const others = [...ids, ...listOf(group.aliases), ...entries.flatMap(({ aliases }) => listOf(aliases))];
  const aliases = aliasesOf(
    id,
    others.map(one => wordOf(one, 200)),
  );
  const fixedVersions = [...new Set(entries.flatMap(entry => fixedIn(entry, installed)))].slice(0, 50);
  const { severity, originalSeverity, score } = severityIn(group, entries);
  const uncalled = objectOf(objectOf(group.experimentalAnalysis ?? group.experimental_analysis));
  const calls = Object.values(uncalled).map(objectOf);
  return {
    class: 'vulnerability',
    id: id.slice(0, 200),
    package: installed.package,
    version: installed.version,
    severity,
    originalSeverity,
    fix: fixedVersions.length > 0 ? 'fixed' : entries.length === 0 ? 'unknown' : 'not_fixed',
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(fixedVersions.length > 0 ? { fixedVersions } : {}),
    ...present({
      score,
      title: entries.map(({ summary, details }) => wordOf(summary, 300) ?? wordOf(details, 300)).at(0),
      url: `https://osv.dev/vulnerability/${encodeURIComponent(id)}`,
      location,
    }),
    ...(installed.isDevelopment ? { isDevelopment: true } : {}),
    // What its call analysis has shown to be never called it leaves out of its own verdict.
    ...(calls.length > 0 && calls.every(({ called }) => called === false)
      ? { suppressed: { by: 'ignored', reason: 'vulnerable_code_not_in_execute_path' } }
      : {}),
  };
}

/** Of the entry for this very package: the ends of its ranges. */
function fixedIn(entry: JsonObject, { name, ecosystem }: Installed): readonly string[] {
  return listOf(entry.affected)
    .map(objectOf)
    .filter(({ package: said }) => {
      const of = objectOf(said);
      return of.name === undefined || (of.name === name && of.ecosystem === ecosystem);
    })
    .flatMap(({ ranges }) => listOf(ranges).map(objectOf))
    .filter(({ type }) => type !== 'GIT')
    .flatMap(({ events }) => listOf(events).map(objectOf))
    .flatMap(({ fixed }) => wordOf(fixed, 200) ?? []);
}

interface Severe {
  readonly severity: Severity;
  readonly originalSeverity: string;
  readonly score?: number;
}

/** The word of its database where it has one, else by its score. */
function severityIn(group: JsonObject, entries: readonly JsonObject[]): Severe {
  const vectors = entries.flatMap(({ severity }) => listOf(severity).map(objectOf));
  const newest = vectors
    .filter(({ type }) => typeof type === 'string')
    .sort((a, b) => String(b.type).localeCompare(String(a.type)))
    .flatMap(({ score }) => scoreOf(score) ?? scoreOfVector(wordOf(score, 500) ?? '') ?? []);
  const score = scoreOf(wordOf(group.max_severity, 10)) ?? newest[0];
  const word = entries
    .map(({ database_specific: own }) => wordOf(objectOf(own).severity, 50))
    .find(one => one !== undefined);
  return {
    severity: word === undefined ? (score === undefined ? 'unknown' : severityOfScore(score)) : severityOf(word),
    originalSeverity: word ?? (score === undefined ? '' : String(score)),
    ...(score === undefined ? {} : { score }),
  };
}

/** Those outside of its list of allowed ones. */
export function licensesOf(item: JsonObject, { packageName, location }: InPackage): readonly (Found | string)[] {
  const violations = listOf(item.license_violations);
  if (violations.length === 0) return [];
  const installed = installedOf(item, packageName);
  return violations.map(said => {
    const id = wordOf(said, 200);
    if (id === undefined) return 'missing_license';
    return {
      class: 'license',
      id,
      package: installed.package,
      version: installed.version,
      severity: 'unknown',
      originalSeverity: '',
      fix: 'unknown',
      ...present({ location }),
    } as const;
  });
}
