/** ClearlyDefined's coordinates (type/provider/namespace/name/revision) as the package URL that others know them by. */
import { type JsonObject, wordOf } from '../../../formats/json.ts';
import type { PackageLicense } from '../../lists.ts';
import { packageUrl } from '../../purl.ts';

/** What its types are called in package URLs, with the qualifier of what is source. */
const types: Readonly<Record<string, readonly [type: string, qualifier?: string]>> = {
  ...{ composer: ['composer'], conda: ['conda'], crate: ['cargo'], deb: ['deb'], debsrc: ['deb', 'arch=source'] },
  ...{ gem: ['gem'], go: ['golang'], maven: ['maven'], npm: ['npm'], nuget: ['nuget'], pod: ['cocoapods'] },
  ...{ pypi: ['pypi'], sourcearchive: ['maven', 'classifier=sources'] },
};
const hosts: readonly string[] = ['github', 'gitlab', 'bitbucket'];

/** The package and its version; else why it is none. */
export function coordinatesPurl(coordinates: JsonObject): Pick<PackageLicense, 'purl' | 'version'> | string {
  const [said, provider] = [wordOf(coordinates.type, 50) ?? '', wordOf(coordinates.provider, 50) ?? ''];
  const [type, qualifier] =
    said === 'git' && hosts.includes(provider) ? [provider] : Object.hasOwn(types, said) ? types[said]! : [];
  if (type === undefined) return 'unknown_package_type';
  const name = decoded(wordOf(coordinates.name));
  if (name === '') return 'missing_name';
  const revision = decoded(wordOf(coordinates.revision));
  // Binary packages of Debian have their architecture there: `1.1.1n-0+deb11u3_amd64`.
  const version = said === 'deb' ? revision.replace(/_[a-z0-9-]+$/, '') : revision;
  if (version === '') return 'missing_version';
  const namespace = type === 'deb' ? 'debian' : decoded(wordOf(coordinates.namespace));
  const purl = packageUrl({ type, namespace, name });
  return purl === undefined ? 'invalid_purl' : { purl: qualifier ? `${purl}?${qualifier}` : purl, version };
}

/** `github.com%2Fgorilla` of Go; `-` is none. */
function decoded(text = ''): string {
  if (text === '-') return '';
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
