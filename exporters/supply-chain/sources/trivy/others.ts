/** Secrets, licences and what was set aside in a report of Trivy. */
import { severityOf } from '../../../findings/severity.ts';
import { type JsonObject, objectOf, wordOf } from '../../../formats/json.ts';
import type { TrivyResult } from '../../../formats/trivy/index.ts';
import type { Found, Suppression } from '../../document.ts';
import { present } from '../../scanned.ts';
import type { InResult } from './vulnerability.ts';

/** Its match is never read: it may show more of the secret than it should. */
export function secretOf(item: JsonObject, { target }: TrivyResult): Found | string {
  const id = wordOf(item.RuleID, 200);
  if (id === undefined) return 'missing_rule';
  const severity = wordOf(item.Severity, 50);
  const file = target.replace(/^\/+/, '');
  const line = item.StartLine;
  return {
    class: 'secret',
    id,
    package: file,
    version: '',
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    fix: 'unknown',
    ...present({
      title: wordOf(item.Title, 300),
      location: typeof line === 'number' && line > 0 && file !== '' ? `${file}:${line}` : undefined,
    }),
  };
}

export function licenseOf(
  item: JsonObject,
  { result, packageName }: Pick<InResult, 'result' | 'packageName'>,
): Found | string {
  const id = wordOf(item.Name, 200);
  if (id === undefined) return 'missing_license';
  const name = wordOf(item.PkgName, 500) ?? '';
  const severity = wordOf(item.Severity, 50);
  const file = wordOf(item.FilePath, 1000);
  const url = wordOf(item.Link, 1000);
  return {
    class: 'license',
    id,
    package: name === '' ? '' : packageName({ type: typeOfTarget(result), name }),
    version: '',
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    fix: 'unknown',
    ...present({ title: wordOf(item.Category, 100), url, location: file }),
  };
}

const headings: Readonly<Record<string, string>> = {
  ...{ java: 'maven', 'node.js': 'npm', python: 'pypi', ruby: 'gem', php: 'composer', go: 'golang', conda: 'conda' },
};
const lockFiles: readonly (readonly [RegExp, string])[] = [
  [/(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|package\.json)$/, 'npm'],
  [/(requirements.*\.txt|pipfile\.lock|poetry\.lock|uv\.lock|pylock.*\.toml)$/, 'pypi'],
  [/(pom\.xml|gradle\.lockfile|build\.sbt\.lock|\.jar)$/, 'maven'],
  [/go\.(mod|sum)$/, 'golang'],
  [/cargo\.lock$/, 'cargo'],
  [/(gemfile\.lock|\.gemspec)$/, 'gem'],
  [/(composer\.lock|installed\.json)$/, 'composer'],
  [/(packages\.lock\.json|\.deps\.json|packages\.config|packages\.props)$/, 'nuget'],
  [/mix\.lock$/, 'hex'],
  [/pubspec\.lock$/, 'pub'],
];

/** A licence says its package's name alone; the heading that it stands under says what it is of. */
function typeOfTarget({ target, type }: TrivyResult): string {
  if (type !== '') return type;
  const folded = target.toLowerCase();
  if (Object.hasOwn(headings, folded)) return headings[folded]!;
  return lockFiles.find(([pattern]) => pattern.test(folded))?.[1] ?? '';
}

/** What ExperimentalModifiedFindings holds (`--show-suppressed`, pkg/types/finding.go): by VEX or an ignore file. */
export function suppressionOf(item: JsonObject): Suppression {
  const status = wordOf(item.Status, 50) ?? '';
  const source = wordOf(item.Source, 500);
  const statement = wordOf(item.Statement, 1000);
  const isVex = status === 'not_affected' || status === 'fixed' || status === 'affected';
  return {
    by: isVex ? 'vex' : status === 'ignored' ? 'ignore_file' : 'ignored',
    ...present({ reason: statement ?? (isVex ? status : undefined) }),
    ...(statement === undefined && !isVex && source !== undefined ? { reason: source } : {}),
  };
}

/** The finding that was set aside, by its type. */
export const findingIn = (item: JsonObject): { readonly type: string; readonly finding: JsonObject } => ({
  type: wordOf(item.Type, 50) ?? '',
  finding: objectOf(item.Finding),
});
