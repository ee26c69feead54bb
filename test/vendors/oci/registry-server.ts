/**
 * A local server that behaves as an OCI registry does where it matters to who reads it: token server, basic
 * authentication, blobs that lie elsewhere, pages of referrers, limits and faults.
 */
import type http from 'node:http';
import { digestOf } from '../../../exporters/vendors/oci/manifest.ts';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface Asked {
  /** With its query. */
  readonly path: string;
  readonly authorization: string | undefined;
}

export interface RegistryServerOptions {
  /** `bearer`: a token server asks for them. */
  readonly authentication?: 'bearer' | 'basic';
  /** `NAME:PASSWORD`. */
  readonly user?: string;
  /** Repositories that nobody may pull. */
  readonly denied?: readonly string[];
  /** Blobs lie on another host, which is told so by a redirect. */
  readonly storage?: boolean;
  /** The referrers API, so many a page; without it, it answers with this status. */
  readonly referrers?: { readonly page: number } | { readonly status: number };
  /** Seconds that a token holds. */
  readonly tokenSeconds?: number;
}

export interface RegistryServer {
  readonly url: string;
  readonly host: string;
  readonly asked: readonly Asked[];
  /** What was asked of the other host. */
  readonly stored: readonly Asked[];
  readonly tokens: readonly Asked[];
  readonly blob: (body: string | Buffer, mediaType: string) => { mediaType: string; digest: string; size: number };
  /** Returns its digest. */
  readonly manifest: (repository: string, manifest: object, tag?: string) => string;
  /** As the bytes are. */
  readonly rawManifest: (repository: string, bytes: Buffer, tag?: string) => string;
  /** The next request to whose path this is true is answered by it. */
  readonly fault: (
    isHit: (path: string) => boolean,
    answer: (response: http.ServerResponse) => void,
    times?: number,
  ) => void;
}

const send = (
  response: http.ServerResponse,
  status: number,
  body: object | string = '',
  headers: http.OutgoingHttpHeaders = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
export const refusal = (code: string, message = '') => ({ errors: [{ code, message }] });

export async function startRegistryServer(t: Ending, options: RegistryServerOptions = {}): Promise<RegistryServer> {
  const {
    authentication,
    user = 'shop:secret-of-shop',
    denied = [],
    referrers = { page: 100 },
    tokenSeconds = 300,
  } = options;
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Buffer>();
  const [asked, stored, tokens]: [Asked[], Asked[], Asked[]] = [[], [], []];
  const faults: { isHit: (path: string) => boolean; answer: (response: http.ServerResponse) => void; left: number }[] =
    [];
  const basic = `Basic ${Buffer.from(user).toString('base64')}`;
  let issued = 0;
  const storage = await startLocalServer(t, (request, response) => {
    stored.push({ path: request.url ?? '', authorization: request.headers.authorization });
    const bytes = blobs.get((request.url ?? '').slice(1));
    if (bytes) response.writeHead(200).end(bytes);
    else send(response, 404);
  });

  const challenge = (response: http.ServerResponse, url: string, repository: string): void => {
    const header =
      authentication === 'basic'
        ? 'Basic realm="registry"'
        : `Bearer realm="${url}/token?tenant=1",service="registry, of tests",scope="repository:${repository}:pull"`;
    send(response, 401, refusal('UNAUTHORIZED', 'authentication required'), { 'www-authenticate': header });
  };

  const server = await startLocalServer(t, (request, response) => {
    const { authorization, host } = request.headers;
    const url = `http://${host}`;
    const path = request.url ?? '';
    const { pathname, searchParams } = new URL(path, url);
    const fault = faults.find(({ isHit }) => isHit(path));
    if (pathname === '/token') {
      tokens.push({ path, authorization });
      if (authorization !== basic && authorization !== undefined)
        return send(response, 401, refusal('UNAUTHORIZED', 'wrong password'));
      issued += 1;
      const scope = authorization === basic ? searchParams.get('scope') : 'nothing';
      const token = Buffer.from(`${scope} ${issued}`).toString('base64url');
      return send(response, 200, { token, expires_in: tokenSeconds });
    }
    asked.push({ path, authorization });
    if (fault) {
      fault.left -= 1;
      if (fault.left === 0) faults.splice(faults.indexOf(fault), 1);
      return fault.answer(response);
    }
    const [, repository = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/]+)$/.exec(pathname) ?? [];
    if (authentication === 'basic' && authorization !== basic) return challenge(response, url, repository);
    if (authentication === 'bearer') {
      const [scope] = Buffer.from(authorization?.replace('Bearer ', '') ?? '', 'base64url')
        .toString()
        .split(' ');
      if (authorization === undefined) return challenge(response, url, repository);
      if (scope !== `repository:${repository}:pull`) return challenge(response, url, repository);
    }
    if (denied.includes(repository))
      return send(response, 403, refusal('DENIED', 'requested access to the resource is denied'));
    if (kind === 'blobs') {
      const bytes = blobs.get(reference);
      if (!bytes) return send(response, 404, refusal('BLOB_UNKNOWN'));
      if (options.storage) return send(response, 307, '', { location: `${storage.url}/${reference}` });
      return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes);
    }
    if (kind === 'manifests') {
      const bytes = manifests.get(`${repository} ${reference}`);
      if (!bytes) return send(response, 404, refusal('MANIFEST_UNKNOWN'));
      const { mediaType } = JSON.parse(bytes.toString()) as { mediaType?: string };
      return void response
        .writeHead(200, { 'content-type': mediaType ?? '', 'docker-content-digest': digestOf(bytes) })
        .end(bytes);
    }
    if ('status' in referrers) return send(response, referrers.status, referrers.status === 200 ? '<html>' : '');
    const all = [...manifests]
      .filter(([key]) => key.startsWith(`${repository} sha256:`))
      .map(([key, bytes]) => ({
        digest: key.split(' ')[1]!,
        bytes,
        ...(JSON.parse(bytes.toString()) as { mediaType: string; subject?: { digest: string } }),
      }))
      .filter(({ subject }) => subject?.digest === reference);
    const from = Number(searchParams.get('from') ?? 0);
    const page = all.slice(from, from + referrers.page);
    const next =
      from + page.length < all.length ? { link: `<${pathname}?from=${from + page.length}>; rel="next"` } : {};
    send(
      response,
      200,
      {
        ...{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json' },
        manifests: page.map(({ mediaType, digest, bytes }) => ({ mediaType, digest, size: bytes.length })),
      },
      { 'content-type': 'application/vnd.oci.image.index.v1+json', ...next },
    );
  });
  const rawManifest: RegistryServer['rawManifest'] = (repository, bytes, tag) => {
    manifests.set(`${repository} ${digestOf(bytes)}`, bytes);
    if (tag !== undefined) manifests.set(`${repository} ${tag}`, bytes);
    return digestOf(bytes);
  };
  return {
    ...{ url: server.url, host: `127.0.0.1:${server.port}`, asked, stored, tokens },
    blob: (body, mediaType) => {
      const bytes = Buffer.from(body);
      const digest = digestOf(bytes);
      blobs.set(digest, bytes);
      return { mediaType, digest, size: bytes.length };
    },
    manifest: (repository, manifest, tag) =>
      rawManifest(repository, Buffer.from(JSON.stringify({ schemaVersion: 2, ...manifest })), tag),
    rawManifest,
    fault: (isHit, answer, times = 1) => void faults.push({ isHit, answer, left: times }),
  };
}
