/**
 * What scanners call a package, as one name: a package URL without version where that can be made. Trivy's `redhat` is
 * Syft's `rhel`; both are one package, so that two scanners of one image find one thing.
 */
import { type Purl, packageUrl, purlOf } from './purl.ts';

export interface SaidPackage {
  readonly purl?: string | undefined;
  /** The scanner's own word for its type: `npm`, `java-archive`, `gobinary`, `debian`, `PyPI`. */
  readonly type?: string | undefined;
  readonly name: string;
  /** Where the scanner says it apart: a group of Maven, the distribution of a package of an operating system. */
  readonly namespace?: string | undefined;
}

/** Remembers what it was asked: a report says the same package for each of its vulnerabilities. */
export function packageNames(): (said: SaidPackage) => string {
  const known = new Map<string, string>();
  return said => {
    const key = said.purl || `${said.type ?? ''}\n${said.namespace ?? ''}\n${said.name}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const name = packageOf(said);
    known.set(key, name);
    return name;
  };
}

export function packageOf({ purl, type, name, namespace }: SaidPackage): string {
  const read = purl ? purlOf(purl) : undefined;
  const parts = read === undefined ? partsOf(type ?? '', name, namespace ?? '') : spelled(read);
  return (parts && packageUrl(parts)) ?? name;
}

/** A package URL as findings call its package, with its version where it has one; what is none stays as it is. */
export function versionedPackage(purl: string): string {
  const read = purlOf(purl);
  if (read === undefined) return purl;
  const version = read.version === '' ? '' : `@${encodeURIComponent(read.version)}`;
  return `${packageOf({ purl, name: purl })}${version}`;
}

/** Packages of an operating system are called by their distribution as Trivy and Syft each call it. */
function spelled(purl: Purl): Pick<Purl, 'type' | 'namespace' | 'name'> {
  const { type, namespace, name } = purl;
  return systemTypes.has(type) ? { type, namespace: distributionOf(namespace), name } : purl;
}

const systemTypes: ReadonlySet<string> = new Set(['rpm', 'deb', 'apk']);

const distributions: Readonly<Record<string, string>> = {
  ...{ rhel: 'redhat', 'red hat': 'redhat', alma: 'almalinux', ol: 'oracle', oraclelinux: 'oracle' },
  ...{
    amzn: 'amazon',
    amazonlinux: 'amazon',
    'cbl-mariner': 'mariner',
    sles: 'suse',
    slem: 'suse',
    'sle-micro': 'suse',
  },
  ...{ 'suse linux enterprise server': 'suse', 'rocky linux': 'rocky', 'fedora linux': 'fedora' },
};

/** One word for a distribution, whatever its edition. */
export function distributionOf(said: string): string {
  const folded = said.trim().toLowerCase();
  if (folded.startsWith('opensuse')) return 'opensuse';
  return Object.hasOwn(distributions, folded) ? distributions[folded]! : folded;
}

const ofTypes: Readonly<Record<string, readonly string[]>> = {
  apk: ['alpine', 'wolfi', 'chainguard', 'minimos', 'postmarketos'],
  deb: ['debian', 'ubuntu', 'echo'],
  rpm: [
    ...['redhat', 'centos', 'rocky', 'almalinux', 'fedora', 'oracle', 'amazon', 'mariner', 'azurelinux', 'photon'],
    ...['opensuse', 'suse', 'bottlerocket', 'openeuler', 'mageia'],
  ],
  npm: ['npm', 'yarn', 'pnpm', 'bun', 'node-pkg', 'javascript'],
  pypi: ['pypi', 'pip', 'pipenv', 'poetry', 'uv', 'pylock', 'python-pkg', 'python'],
  maven: [
    'maven',
    'jar',
    'pom',
    'gradle',
    'gradle-lockfile',
    'sbt',
    'sbt-lockfile',
    'java-archive',
    'java',
    'jenkins-plugin',
  ],
  golang: ['go', 'golang', 'gomod', 'gobinary', 'go-module'],
  cargo: ['crates.io', 'cargo', 'rustbinary', 'rust-crate'],
  gem: ['rubygems', 'gem', 'bundler', 'gemspec', 'ruby'],
  composer: ['packagist', 'composer', 'composer-vendor', 'php-composer', 'php'],
  nuget: ['nuget', 'dotnet', 'dotnet-core', 'packages-props', 'packages-config'],
  pub: ['pub', 'dart-pub'],
  hex: ['hex', 'erlang-otp'],
  swift: ['swift', 'swifturl'],
  cocoapods: ['cocoapods', 'pod'],
  conan: ['conan', 'conancenter'],
  conda: ['conda', 'conda-pkg', 'conda-environment'],
  cran: ['cran', 'r-package'],
  hackage: ['hackage'],
  alpm: ['alpm', 'arch'],
  ebuild: ['portage'],
  githubactions: ['github actions', 'github-action', 'github-action-workflow'],
  bitnami: ['bitnami'],
  julia: ['julia'],
  luarocks: ['lua-rocks', 'luarocks'],
  nix: ['nix'],
  generic: ['binary', 'generic'],
};
const types: ReadonlyMap<string, string> = new Map(
  Object.entries(ofTypes).flatMap(([type, words]) => words.map(word => [word, type] as const)),
);

/** In these a name's last segment is the name, what is before it the namespace. */
const nested: ReadonlySet<string> = new Set(['npm', 'golang', 'composer', 'swift', 'githubactions']);

function partsOf(said: string, name: string, namespace: string): Pick<Purl, 'type' | 'namespace' | 'name'> | undefined {
  if (name === '') return undefined;
  const word = said.trim().toLowerCase();
  if (systemTypes.has(word)) return { type: word, namespace: distributionOf(namespace), name };
  // `Debian:12` of OSV is `debian`.
  const distribution = distributionOf(word.split(':', 1)[0]!);
  const type = types.get(word) ?? types.get(distribution);
  if (type === undefined) return undefined;
  if (systemTypes.has(type)) return { type, namespace: distribution, name };
  const split = type === 'maven' ? name.lastIndexOf(':') : nested.has(type) ? name.lastIndexOf('/') : -1;
  const [before, last] = split > 0 ? [name.slice(0, split), name.slice(split + 1)] : [namespace, name];
  // Names are spelled as purlOf spells them.
  return type === 'maven'
    ? { type, namespace: before.replaceAll(':', '/'), name: last }
    : (purlOf(packageUrl({ type, namespace: before, name: last }) ?? '') ?? { type, namespace: before, name: last });
}
