/**
 * One alert of Dependabot as GitHub's REST API and webhooks have it (docs.github.com/rest/dependabot/alerts, 2022-11-28), with
 * the dates of its life. A dismissal because a fix has begun is no acceptance: the alert is open until it is fixed.
 */
import { severityOf } from '../../../findings/severity.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { aliasesOf } from '../../advisories.ts';
import type { Found, Suppression } from '../../document.ts';
import { fixedVersionsOf } from '../../fixes.ts';
import { packageOf } from '../../packages.ts';
import { present, scoreOf, versionIn } from '../../scanned.ts';
import { repositoryOf } from '../github-alert.ts';

export interface Alert {
  /** Lower case `owner/name`; '' where nothing says. */
  readonly repository: string;
  /** Its number in its repository; 0 where nothing says. */
  readonly number: number;
  /** When it last changed; '' where nothing says. */
  readonly updatedAt: string;
  readonly found: Found;
}

export const isAlert = (value: unknown): boolean =>
  isObject(value) && isObject(value.security_advisory) && isObject(value.dependency);

/** `repository`: of the webhook, or of the list it is in. */
export function alertOf(item: JsonObject, repository?: string): Alert | string {
  const advisory = objectOf(item.security_advisory);
  const vulnerability = objectOf(item.security_vulnerability);
  const dependency = objectOf(item.dependency);
  const identifiers = listOf(advisory.identifiers).map(one => wordOf(objectOf(one).value, 100));
  const id =
    wordOf(advisory.ghsa_id, 100) ?? wordOf(advisory.cve_id, 100) ?? identifiers.find(one => one !== undefined);
  if (id === undefined) return 'missing_vulnerability';
  const said = objectOf(dependency.package ?? vulnerability.package);
  const name = wordOf(said.name, 500);
  if (name === undefined) return 'missing_package';
  const life = lifeOf(item);
  if (typeof life === 'string') return life;
  const severity = wordOf(vulnerability.severity, 50) ?? wordOf(advisory.severity, 50);
  const fixed = fixedVersionsOf(wordOf(objectOf(vulnerability.first_patched_version).identifier, 200));
  const aliases = aliasesOf(id, [wordOf(advisory.cve_id, 100), ...identifiers]);
  const found: Found = {
    class: 'vulnerability',
    id,
    ...(aliases.length > 0 ? { aliases } : {}),
    package: packageOf({ type: ecosystemOf(wordOf(said.ecosystem, 50)), name }),
    version: versionIn(item.version),
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    // What was asked of GraphQL may leave it out; the REST API says null where there is none.
    fix: fixed.length > 0 ? 'fixed' : vulnerability.first_patched_version === undefined ? 'unknown' : 'not_fixed',
    ...(fixed.length > 0 ? { fixedVersions: fixed } : {}),
    ...(dependency.scope === 'development' ? { isDevelopment: true } : {}),
    ...life,
    ...present({
      score: newestScore(advisory),
      title: wordOf(advisory.summary, 300),
      url: wordOf(item.html_url, 1000),
      location: wordOf(dependency.manifest_path, 1000),
    }),
  };
  return {
    repository: repositoryOf(item) ?? repository ?? '',
    number: typeof item.number === 'number' ? item.number : 0,
    updatedAt: wordOf(item.updated_at, 50) ?? '',
    found,
  };
}

type Life = Pick<Found, 'firstSeenAt' | 'fixedAt' | 'suppressed'>;

function lifeOf(item: JsonObject): Life | string {
  const state = wordOf(item.state, 50) ?? '';
  const firstSeenAt = wordOf(item.created_at, 50);
  const seen = present({ firstSeenAt });
  switch (state) {
    case 'open':
      return seen;
    case 'fixed': {
      const fixedAt = [item.fixed_at, item.updated_at].map(one => wordOf(one, 50)).find(isTime);
      return fixedAt === undefined ? 'missing_fixed_time' : { ...seen, fixedAt };
    }
    case 'dismissed': {
      const suppressed = dismissalOf(wordOf(item.dismissed_reason, 50), item);
      return suppressed === undefined ? seen : { ...seen, suppressed };
    }
    case 'auto_dismissed': {
      const createdAt = wordOf(item.auto_dismissed_at, 50);
      return { ...seen, suppressed: { by: 'dismissal', reason: 'auto_dismissed', ...present({ createdAt }) } };
    }
    default:
      return 'unknown_state';
  }
}

const isTime = (text: string | undefined): text is string => !Number.isNaN(Date.parse(text ?? ''));

function dismissalOf(reason: string | undefined, item: JsonObject): Suppression | undefined {
  if (reason === 'fix_started') return undefined;
  return {
    by: 'dismissal',
    ...present({
      reason,
      approvedBy: wordOf(objectOf(item.dismissed_by).login, 100),
      createdAt: wordOf(item.dismissed_at, 50),
    }),
  };
}

/** GitHub gives 0 where there is no score. */
function newestScore(advisory: JsonObject): number | undefined {
  const { cvss_v3: v3, cvss_v4: v4 } = objectOf(advisory.cvss_severities);
  return [v4, v3, advisory.cvss].map(one => scoreOf(objectOf(one).score)).find(score => (score ?? 0) > 0);
}

const ecosystems: Readonly<Record<string, string>> = { rust: 'cargo', actions: 'githubactions', erlang: 'hex' };

/** As `packages.ts` names package types; the REST API in lower case, GraphQL in upper case. */
export function ecosystemOf(said: string | undefined): string {
  const word = (said ?? '').toLowerCase();
  const type = Object.hasOwn(ecosystems, word) ? ecosystems[word]! : word;
  return type === 'githubactions' ? 'github actions' : type;
}
