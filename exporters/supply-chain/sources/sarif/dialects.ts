/**
 * Where each scanner puts what in SARIF: Trivy in lines of the message (pkg/report/sarif.go), Grype in lines of the rule's
 * help (grype/presenter/sarif), Snyk in the rule's properties and a location's name, OSV-Scanner in the message's sentence.
 */
import { severityOf, severityOfScore } from '../../../findings/severity.ts';
import { listOf, wordOf } from '../../../formats/json.ts';
import { artifactScanner, isMisconfiguration, type SarifResult } from '../../../formats/sarif/index.ts';
import { aliasesOf } from '../../advisories.ts';
import type { Found } from '../../document.ts';
import { fixedVersionsOf } from '../../fixes.ts';
import type { packageNames } from '../../packages.ts';
import { purlOf } from '../../purl.ts';
import { present, scoreOf, versionIn } from '../../scanned.ts';
import { saidPackage } from '../snyk/ecosystems.ts';

type PackageName = ReturnType<typeof packageNames>;

export interface Dialect {
  readonly scanner: string;
  /** What it looks for, where that is no vulnerabilities. */
  readonly classes?: readonly Found['class'][];
  /** A reason where it can't be read; undefined where it is none of ours. */
  readonly read: (result: SarifResult, packageName: PackageName) => Found | string | undefined;
}

export function dialectOf(tool: string): Dialect | undefined {
  const known = artifactScanner(tool);
  if (known === undefined) return undefined;
  if (known.of === 'secrets') return { scanner: known.scanner, classes: ['secret'], read: secretResult };
  return { scanner: known.scanner, read: ofPackages[known.scanner] };
}

/** Their messages and snippets may hold the secret itself: of them nothing is read. */
function secretResult(result: SarifResult): Found | string {
  if (result.rule === '') return 'missing_vulnerability';
  const said = severityOf(result.severity);
  return {
    ...{ class: 'secret', id: result.rule, package: result.path ?? '', version: '', fix: 'unknown' },
    // A secret in plain sight is no matter of taste, and most scanners say no more than "error".
    severity: said === 'unknown' ? 'high' : said,
    originalSeverity: result.severity ?? '',
    ...present({ location: result.path }),
  };
}

/** `Severity: HIGH` of a text of such lines, by the lower-case word before the colon. */
function linesOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\n').flatMap(line => {
    const { key, value } = /^\s*(?<key>[A-Za-z ]{2,30}?)\s*:\s*(?<value>.*)$/.exec(line)?.groups ?? {};
    return key === undefined || value === undefined ? [] : [[key.toLowerCase(), value.trim()] as const];
  });
  return new Map(pairs);
}

interface Told {
  readonly class: Found['class'];
  readonly id: string | undefined;
  readonly package: string;
  readonly version?: string | undefined;
  readonly severity?: string | undefined;
  readonly fixed?: string | undefined;
  readonly aliases?: readonly string[];
  /** False where a document without a fixed version says nothing. */
  readonly saysFixes?: boolean;
}

function foundOf(result: SarifResult, told: Told): Found | string {
  const { id } = told;
  if (id === undefined || id === '') return 'missing_vulnerability';
  if (told.class === 'vulnerability' && told.package === '') return 'missing_package';
  const score = scoreOf(result.securitySeverity);
  const word = told.severity ?? result.severity;
  const bySaid = severityOf(word);
  const fixedVersions = fixedVersionsOf(told.fixed);
  const aliases = aliasesOf(id, told.aliases ?? []);
  const isVulnerability = told.class === 'vulnerability';
  const fix = fixedVersions.length > 0 ? 'fixed' : isVulnerability && told.saysFixes === true ? 'not_fixed' : 'unknown';
  return {
    class: told.class,
    id,
    package: told.package,
    version: versionIn(told.version),
    severity: bySaid !== 'unknown' ? bySaid : score === undefined ? severityOf(result.level) : severityOfScore(score),
    originalSeverity: word ?? result.securitySeverity ?? result.level,
    fix,
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(fixedVersions.length > 0 ? { fixedVersions } : {}),
    ...present({
      score: isVulnerability ? score : undefined,
      title: result.title,
      url: result.url,
      location: result.path,
    }),
  };
}

function trivyResult(result: SarifResult, packageName: PackageName): Found | string | undefined {
  const message = result.message ?? '';
  const tags = listOf(result.ruleProperties.tags);
  const own = linesOf(message);
  // Before 0.20 the message is a title, and the rule's help says it all.
  const lines = own.has('package') || !/^Package:/m.test(result.help) ? own : linesOf(result.help);
  const severity = lines.get('severity');
  if (isMisconfiguration(result)) return undefined;
  if (tags.includes('secret') || /^Secret /m.test(message))
    return foundOf(result, { class: 'secret', id: result.rule, package: result.path ?? '', severity });
  const license = /^License (.+)$/m.exec(message)?.[1] ?? '';
  if (license !== '' || tags.includes('license')) {
    const name = lines.get('pkgname') ?? '';
    return foundOf(result, { class: 'license', id: license || result.rule, package: name, severity });
  }
  return foundOf(result, {
    class: 'vulnerability',
    id: /^Vulnerability (\S+)$/m.exec(own === lines ? message : result.help)?.[1] ?? result.rule,
    package: packageName({ name: lines.get('package') ?? '' }),
    version: lines.get('installed version'),
    severity,
    fixed: lines.get('fixed version'),
    saysFixes: true,
  });
}

/** Its rules are by vulnerability and package; a package in two versions is one rule and two messages. */
function grypeResult(result: SarifResult, packageName: PackageName): Found | string {
  const help = linesOf(result.help);
  const name = help.get('package') ?? '';
  const version = /\bversion (\S+)/.exec(result.message ?? '')?.[1]?.replace(/[,.]$/, '') ?? help.get('version');
  return foundOf(result, {
    class: 'vulnerability',
    id:
      /^Vulnerability (\S+)/m.exec(result.help)?.[1] ?? (name === '' ? undefined : result.rule.replace(`-${name}`, '')),
    package: name === '' ? '' : packageName({ type: help.get('type'), name }),
    version,
    severity: help.get('severity'),
    fixed: help.get('fix version'),
    saysFixes: true,
  });
}

function snykResult(result: SarifResult, packageName: PackageName): Found | string {
  const { ruleProperties, logical, help, description } = result;
  const purl = purlOf(wordOf(listOf(ruleProperties.purls)[0], 1000) ?? '');
  // `lodash@4.17.4`, `@babel/core@7.0.0`: the location's, of older ones the description's, behind `(CVE-…, CVE-…)`.
  const { name, version } = /^(?<name>@?[^@]+)@(?<version>.+)$/.exec(logical ?? '')?.groups ?? {};
  const described = /^(?:\((?<ids>CVE-[^)]*)\) )?(?<name>@?[^\s@]+)@(?<version>\S+)$/.exec(description)?.groups ?? {};
  const lines = linesOf(help.replaceAll(/^\s*[*-] /gm, ''));
  const said =
    name ??
    described.name ??
    lines.get('vulnerable module') ??
    /introduces a vulnerable (\S+) package/.exec(result.message ?? '')?.[1];
  return foundOf(result, {
    class: 'vulnerability',
    id: result.rule,
    package: packageName({
      ...saidPackage(lines.get('package manager') ?? managerOf(result), said ?? ''),
      purl: purl === undefined ? undefined : wordOf(listOf(ruleProperties.purls)[0], 1000),
    }),
    version: version ?? described.version ?? purl?.version,
    severity: / with a (\w+) severity/.exec(result.message ?? '')?.[1],
    fixed: /\bto version (.{1,200}?) or (?:higher|later)/.exec(help)?.[1],
    saysFixes: /\bThere is no fixed version\b/.test(help),
    aliases: [...listOf(ruleProperties.aliases), ...(described.ids ?? '').split(/[,\s]+/)].flatMap(
      one => wordOf(one, 100) ?? [],
    ),
  });
}

/** The last tag; of an operating system its id says which one (`SNYK-DEBIAN12-APT-1541449`). */
function managerOf({ rule, ruleProperties }: SarifResult): string {
  const tag = listOf(ruleProperties.tags).findLast(one => typeof one === 'string' && !/^(?:security$|CWE-)/.test(one));
  const [, family, release] = /^SNYK-([A-Z]+?)(\d+)-/.exec(rule) ?? [];
  const isSystem = ['deb', 'rpm', 'apk', 'linux'].includes(String(tag));
  return isSystem && family !== undefined ? `${family.toLowerCase()}:${release}` : String(tag ?? '');
}

/** `Package 'express@4.0.0' is vulnerable to 'CVE-…' (also known as 'GHSA-…', 'GO-…').` */
function osvResult(result: SarifResult, packageName: PackageName): Found | string {
  const { name, version, more } =
    /^Package '(?<name>@?[^'@]+)@?(?<version>[^']*)' is vulnerable to '[^']+'(?<more>.*)$/s.exec(result.message ?? '')
      ?.groups ?? {};
  return foundOf(result, {
    class: 'vulnerability',
    id: result.rule,
    package: packageName({ name: name ?? '' }),
    version,
    aliases: [...(more ?? '').matchAll(/'([A-Z]+-[^']{3,60})'/g)].flatMap(([, id]) => id ?? []),
  });
}

const ofPackages = { trivy: trivyResult, grype: grypeResult, snyk: snykResult, osv_scanner: osvResult } as const;
