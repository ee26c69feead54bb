/** A finding of Dependency-Track as one of ours. */
import { severityOf } from '../../../findings/severity.ts';
import { scoreOfVector } from '../../../formats/cvss.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { aliasesOf } from '../../advisories.ts';
import type { FixState, Found, Suppression } from '../../document.ts';
import type { SaidPackage } from '../../packages.ts';
import { present, scoreOf, versionIn } from '../../scanned.ts';

/** A reason where it can't be read. */
export function findingOf(item: JsonObject, packageName: (said: SaidPackage) => string): Found | string {
  const { component, vulnerability, analysis, attribution } = item;
  const [of, what] = [objectOf(component), objectOf(vulnerability)];
  const said = wordOf(what.vulnId, 200);
  if (said === undefined) return 'missing_vulnerability';
  const name = wordOf(of.name, 500);
  const purl = wordOf(of.purl, 2000);
  if (name === undefined && purl === undefined) return 'missing_package';
  // Of NPM's own it is a number.
  const id = what.source === 'NPM' && /^\d+$/.test(said) ? `NPM-${said}` : said;
  const aliases = aliasesOf(id, [...listOf(what.aliases).flatMap(namesIn)]);
  const severity = wordOf(what.severity, 50);
  const group = wordOf(of.group, 300);
  const suppressed = suppressionOf(objectOf(analysis));
  return {
    class: 'vulnerability',
    id,
    package: packageName({ purl, name: group === undefined ? (name ?? '') : `${group}:${name ?? ''}` }),
    version: versionIn(of.version),
    severity: severityOf(severity),
    originalSeverity: severity ?? '',
    ...fixOf(what),
    ...(aliases.length > 0 ? { aliases } : {}),
    ...present({
      score: scoreIn(what),
      title: wordOf(what.title, 300) ?? wordOf(what.description, 300),
      url: wordOf(objectOf(attribution).referenceUrl, 1000),
      firstSeenAt: timeOf(objectOf(attribution).attributedOn),
      suppressed,
    }),
  };
}

/** `{ cveId, ghsaId, … , allBySource }`: each of them is the same vulnerability. */
const namesIn = (alias: unknown): readonly (string | undefined)[] =>
  isObject(alias)
    ? [...Object.entries(alias), ...Object.entries(objectOf(alias.allBySource))]
        .filter(([key, value]) => typeof value === 'string' && key !== 'uuid')
        .map(([, value]) => wordOf(value, 200))
    : [wordOf(alias, 200)];

function scoreIn(what: JsonObject): number | undefined {
  const given = [what.cvssV4Score ?? what.cvssV4BaseScore, what.cvssV3BaseScore, what.cvssV2BaseScore].map(scoreOf);
  const known = given.find(one => one !== undefined && one > 0);
  return (
    known ??
    [what.cvssV3Vector, what.cvssV2Vector]
      .map(vector => scoreOfVector(wordOf(vector, 500) ?? ''))
      .find(one => one !== undefined)
  );
}

/** `patchedVersions` is a range for people, and rarely there. */
function fixOf({ patchedVersions }: JsonObject): { readonly fix: FixState } {
  const said = wordOf(patchedVersions, 500);
  return { fix: said === undefined ? 'unknown' : /^<\s*0/.test(said) ? 'not_fixed' : 'fixed' };
}

const settled: readonly string[] = ['FALSE_POSITIVE', 'NOT_AFFECTED', 'RESOLVED'];

/** What its audit says: suppressed, or VEX that it does not matter here. */
function suppressionOf(analysis: JsonObject): Suppression | undefined {
  const state = wordOf(analysis.state, 50) ?? wordOf(analysis.analysisState, 50);
  const isSuppressed = analysis.isSuppressed === true;
  if (!isSuppressed && (state === undefined || !settled.includes(state))) return undefined;
  const justification = wordOf(analysis.justification, 100);
  const isSaid = (word: string | undefined): word is string => word !== undefined && word !== 'NOT_SET';
  const reason = [justification, state].find(isSaid)?.toLowerCase() ?? wordOf(analysis.detail, 500);
  return { by: isSuppressed ? 'suppression' : 'vex', ...present({ reason }) };
}

/** `2024-01-31 15:19:45.978` is of UTC; the API gives milliseconds since 1970. */
function timeOf(said: unknown): string | undefined {
  const text = wordOf(said, 50)?.replace(' ', 'T');
  const time =
    typeof said === 'number'
      ? said
      : Date.parse(text === undefined || /Z|[+-]\d\d:?\d\d$/.test(text) ? (text ?? '') : `${text}Z`);
  return time > 0 && time < 4e12 ? new Date(time).toISOString() : undefined;
}
