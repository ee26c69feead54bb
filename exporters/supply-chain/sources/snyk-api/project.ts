/**
 * A project of Snyk's, which is one manifest of a repository or one image: what it is of. Source: "Projects" and "Targets"
 * of Snyk's REST API reference, version 2024-10-15.
 */
import { isObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Artifact } from '../../document.ts';
import { imageArtifact, repositoryArtifact } from '../../scanned.ts';

export interface Project {
  readonly id: string;
  /** Snyk's word for the package manager or the system: npm, maven, deb. */
  readonly type: string;
  readonly artifact: Artifact;
  readonly target: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly isActive: boolean;
}

const systems: ReadonlySet<string> = new Set(['apk', 'deb', 'rpm', 'linux', 'dockerfile']);
/** What it deploys by, and code: the policy exporter's. */
const others = /^(?:sast|terraform.*|k8sconfig|helmconfig|cloudformationconfig|armconfig|cloudconfig)$/;
const registries =
  /^(?:docker-hub|ecr|gcr|acr|.*-cr|kubernetes|.*-container-registry|container-registry-agent|artifactory-cr|quay.*|harbor.*)$/;

/** `not_of_supply_chain` for projects of code and infrastructure, whose issues are others'. */
export function projectOf(item: unknown): Project | string {
  if (!isObject(item) || item.type !== 'project' || !isObject(item.attributes)) return 'not_a_project';
  const id = wordOf(item.id, 100);
  const attributes = item.attributes;
  const type = wordOf(attributes.type, 50)?.toLowerCase() ?? '';
  if (id === undefined) return 'missing_project';
  if (others.test(type)) return 'not_of_supply_chain';
  const name = wordOf(attributes.name, 500) ?? '';
  const origin = wordOf(attributes.origin, 50)?.toLowerCase() ?? '';
  const target = objectOf(objectOf(objectOf(objectOf(item.relationships).target).data).attributes);
  const isImage = systems.has(type) || registries.test(origin) || name.startsWith('docker-image|');
  const reference = wordOf(attributes.target_reference, 200);
  const artifact = isImage
    ? imageIn(name, wordOf(target.display_name, 500), reference)
    : repositoryIn(wordOf(target.url, 500), wordOf(target.display_name, 300), name);
  if (artifact === undefined) return 'missing_subject';
  const tags = listOf(attributes.tags)
    .filter(isObject)
    .flatMap(({ key, value }): [string, string][] =>
      typeof key === 'string' && typeof value === 'string' ? [[key.slice(0, 100), value.slice(0, 200)]] : [],
    );
  return {
    id,
    type,
    artifact,
    target: wordOf(attributes.target_file, 500),
    tags: Object.fromEntries(tags),
    isActive: attributes.status !== 'inactive',
  };
}

/** `acme/shop:1.2`, `docker-image|acme/shop`, and what an application in an image is called: `acme/shop:1.2:/app/package.json`. */
function imageIn(name: string, display: string | undefined, reference: string | undefined): Artifact | undefined {
  const said = name.replace(/^docker-image\|/, '').replace(/:\/.*$/, '');
  const base = display?.replace(/^docker-image\|/, '') ?? said;
  const own = imageArtifact(said);
  const shown = imageArtifact(base);
  const image = own?.name === shown?.name || shown === undefined ? own : shown;
  if (image === undefined || image.tag !== undefined || image.digests.length > 0 || reference === undefined)
    return image;
  return imageArtifact(`${base}:${reference}`) ?? image;
}

/** A repository by its address, else by what it is called: `acme/shop(main):package.json` of a name is `acme/shop`. */
function repositoryIn(url: string | undefined, display: string | undefined, name: string): Artifact | undefined {
  const called = display ?? name.split(':', 1)[0]?.replace(/\(.*\)$/, '') ?? '';
  return (url === undefined ? undefined : repositoryArtifact(url)) ?? repositoryArtifact(called);
}
