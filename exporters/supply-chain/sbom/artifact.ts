/** What a bill of materials or a statement is about, from what its document says and from where it came. */
import { ownerText } from '../../catalog/keys.ts';
import { repositorySlug } from '../../catalog/repository.ts';
import { placeAttributes } from '../../findings/place.ts';
import type { Artifact } from '../document.ts';
import { purlOf, qualifiersOf } from '../purl.ts';
import type { ReadContext } from '../reading.ts';
import { imageOf } from '../subject.ts';

/** How a document calls what it is about. */
export interface Described {
  /** It says that it is a container image. */
  readonly isImage?: boolean;
  /** References of the image, the best first. */
  readonly references?: readonly string[];
  /** `sha256:…`, the best known first. */
  readonly digests?: readonly string[];
  readonly purl?: string;
  /** The URL of its repository. */
  readonly repository?: string;
  readonly name?: string;
  readonly version?: string;
}

/** The image, else the repository, else what its place says, else a thing of that name. */
export function artifactOf(described: Described, context: ReadContext): Artifact {
  const { place } = context;
  const image =
    imageOfPurl(described.purl ?? '', described.name, place.image) ??
    (described.isImage ? imageBy(described, context) : undefined);
  if (image) return image;
  if (place.image !== undefined) return imageBy({ references: [place.image], ...onlyDigests(described) }, context);
  const slug = repositorySlug(described.repository ?? repositoryOfPurl(described.purl ?? '') ?? place.repository ?? '');
  if (slug !== undefined) return { kind: 'repository', name: slug, digests: [] };
  const name = described.name === undefined || described.name === '' ? context.file : described.name;
  const { version = '' } = described;
  const isDigest = digestIn(version) !== undefined;
  return {
    ...{ kind: 'file', name: name.slice(0, 500) },
    ...(version === '' || isDigest ? {} : { tag: version.slice(0, 200) }),
    digests: digestsOf([...(described.digests ?? []), version]),
  };
}

const onlyDigests = ({ isImage, digests = [] }: Described) => (isImage ? { digests } : {});

function imageBy({ references = [], digests = [], name, version }: Described, context: ReadContext): Artifact {
  const said = [...references, ...(name === undefined ? [] : [name])].filter(one => !isPath(one));
  const images = [...said, context.place.image ?? ''].flatMap(one => imageOf(one) ?? []);
  const [best] = images;
  const tag = images.find(one => one.tag !== undefined && one.name === best?.name)?.tag ?? tagIn(version);
  const known = digestsOf([...digests, ...images.map(({ digest = '' }) => digest), version ?? '']);
  const fallback = (name ?? references[0] ?? context.file).slice(0, 500);
  return {
    ...{ kind: 'image', name: best?.name ?? fallback },
    ...(tag === undefined ? {} : { tag }),
    digests: known,
  };
}

/** An archive or a folder of an image, which names no image. */
const isPath = (text: string): boolean => /^[./~]|\.(?:tar|tgz|tar\.gz|oci|sif)$|\\/i.test(text.trim());

const tagIn = (version = ''): string | undefined =>
  /^[\w][\w.-]{0,127}$/.test(version) && !/^sha256/i.test(version) ? version : undefined;

/**
 * `pkg:oci/shop@sha256:…?repository_url=ghcr.io/acme/shop&tag=1.2`, `pkg:docker/acme/shop@1.2`. Without the URL a name of
 * type oci is only the last of its path: `called` and `placed` may say all of it.
 */
export function imageOfPurl(text: string, called = '', placed?: string): Artifact | undefined {
  const purl = /^pkg:(?:oci|docker)\//i.test(text) ? purlOf(text) : undefined;
  if (purl === undefined) return undefined;
  const { repository_url: url = '', tag } = qualifiersOf(text);
  const path = purl.namespace === '' ? purl.name : `${purl.namespace}/${purl.name}`;
  // Of type docker the URL is the registry, of type oci the repository with its name.
  const whole = url === '' || url.toLowerCase().endsWith(purl.name) ? url : `${url.replace(/\/$/, '')}/${path}`;
  // ko and others call all images `image` and `index`.
  const isSaid = whole !== '' || !['image', 'index', 'manifest'].includes(purl.name) || placed === undefined;
  const isCalled = imageOf(called)?.name.endsWith(`/${path.toLowerCase()}`) === true;
  const named = imageOf(isSaid ? whole || (isCalled ? called : path) : placed);
  const digest = digestIn(purl.version);
  const version = digest === undefined && purl.version !== '' ? purl.version : undefined;
  const known = tag ?? version ?? named?.tag;
  return {
    ...{ kind: 'image', name: named?.name ?? path },
    ...(known === undefined ? {} : { tag: known }),
    digests: digest === undefined ? [] : [digest],
  };
}

/** `pkg:github/acme/shop@v1`. */
function repositoryOfPurl(text: string): string | undefined {
  const purl = /^pkg:(?:github|gitlab|bitbucket)\//i.test(text) ? purlOf(text) : undefined;
  return purl && purl.namespace !== '' ? `${purl.namespace}/${purl.name}` : undefined;
}

const digestIn = (text: string): string | undefined =>
  /(?:^|[:@])(sha(?:256|512):[0-9a-f]{32,128})$/i.exec(text.replace('__', ':'))?.[1]?.toLowerCase();

/** Those that are digests, each once. */
export const digestsOf = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap(text => digestIn(text) ?? [])),
];

/** Whose it is, by its place and what is known of it. */
export const ownerOf = ({ place }: ReadContext, artifact: Artifact | undefined): string =>
  ownerText({
    ...placeAttributes(place),
    ...(artifact?.kind === 'image' ? { image: artifact.name } : {}),
    ...(artifact?.kind === 'repository' ? { repository: artifact.name } : {}),
  });
