/** How container images are called: a reference taken apart, and a name that is the same however it is spelt. */
import type { Artifact } from './document.ts';

const reference = /^(?<name>[^\s@]+?)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[0-9a-f]{32,}))?$/i;

/**
 * `ghcr.io/acme/shop:1.2@sha256:…` → its name without tag and digest. Docker's short names get their registry
 * (`redis` and `library/redis` are `docker.io/library/redis`), so that what scanners and clusters say is one image.
 * Undefined for what is no reference.
 */
export function imageOf(text: string): (Pick<Artifact, 'name' | 'tag'> & { readonly digest?: string }) | undefined {
  const withoutScheme = text.trim().replace(/^(?:docker-pullable|docker|containerd|oci|registry|https?):\/\//, '');
  // The tag is behind the last slash: what is behind a colon before it is a port.
  const slash = withoutScheme.lastIndexOf('/');
  const [path, last] = [withoutScheme.slice(0, slash + 1), withoutScheme.slice(slash + 1)];
  const { name, tag, digest } = reference.exec(last)?.groups ?? {};
  if (name === undefined || name === '') return undefined;
  const parts = `${path}${name}`.toLowerCase().split('/').filter(Boolean);
  if (parts.some(part => !/^[a-z0-9._:-]+$/.test(part))) return undefined;
  const [first = ''] = parts;
  const hasRegistry = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  if (!hasRegistry) parts.unshift('docker.io', ...(parts.length === 1 ? ['library'] : []));
  if (['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'].includes(parts[0]!))
    parts[0] = 'docker.io';
  if (parts[0] === 'docker.io' && parts.length === 2) parts.splice(1, 0, 'library');
  return {
    name: parts.join('/'),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest.toLowerCase() }),
  };
}
