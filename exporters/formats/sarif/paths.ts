/** Paths of artifacts relative to what was scanned, whatever machine it was scanned on. */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../json.ts';

export interface SarifPaths {
  readonly of: (artifactLocation: JsonObject) => string | undefined;
}

/** Folders that continuous integration checks a repository out into: GitHub, GitLab, Azure, containers. */
const workspaces = [
  /^\/github\/workspace\//,
  /^\/home\/runner\/work\/[^/]+\/[^/]+\//,
  /^\/__w\/[^/]+\/[^/]+\//,
  /^\/builds\/[^/]+\/[^/]+\//,
  /^\/home\/vsts\/work\/\d+\/s\//,
  /^[a-z]:\/a\/\d+\/s\//i,
  /^[a-z]:\/a\/[^/]+\/[^/]+\//i,
  /^\/codebuild\/output\/src\d+\/src\/[^/]+\/[^/]+\/[^/]+\//,
  /^\/(?:var\/)?(?:jenkins|jenkins_home)\/workspace\/[^/]+\//,
  /^\/(?:workspace|workdir|src|app|code|tf|repo)\//,
] as const;

const decoded = (uri: string): string => {
  const path = uri.replace(/^file:(?:\/\/[^/]*)?/i, '').replaceAll('\\', '/');
  try {
    return decodeURIComponent(path).replace(/^\/([a-z]:\/)/i, '$1');
  } catch {
    return path;
  }
};

/** A path without its machine's part: what it is relative to is left out, and so are `./` and a leading `/`. */
export function relativePath(path: string, roots: readonly string[] = []): string {
  const plain = path.replaceAll('\\', '/');
  const root = roots.find(one => plain.startsWith(one));
  const cut = root === undefined ? plain : plain.slice(root.length);
  const workspace = root === undefined ? workspaces.find(pattern => pattern.test(cut)) : undefined;
  const parts: string[] = [];
  for (const part of (workspace ? cut.replace(workspace, '') : cut).split('/'))
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  return parts.join('/').slice(0, 500);
}

export function pathsOf(run: JsonObject): SarifPaths {
  const bases = Object.values(objectOf(run.originalUriBaseIds)).map(base => wordOf(objectOf(base).uri) ?? '');
  const folders = listOf(run.invocations).map(one => wordOf(objectOf(objectOf(one).workingDirectory).uri) ?? '');
  // The longest first, as one may lie within another.
  const roots = [...bases, ...folders]
    .map(uri => decoded(uri).replace(/\/*$/, '/'))
    .filter(root => root.length > 1)
    .sort((a, b) => b.length - a.length);
  const artifacts = listOf(run.artifacts);
  return {
    of: location => {
      const artifact = typeof location.index === 'number' ? artifacts[location.index] : undefined;
      const uri = wordOf(location.uri) ?? wordOf(objectOf(isObject(artifact) ? artifact.location : undefined).uri);
      const path = uri === undefined ? '' : relativePath(decoded(uri), roots);
      return path === '' ? undefined : path;
    },
  };
}
