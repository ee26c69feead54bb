/**
 * A local S3 with one bucket, addressed by path, and STS for its roles: ListObjectsV2 in pages, GetObject with If-Match,
 * Signature Version 4 checked from its specification. Source: Amazon S3 API Reference, "ListObjectsV2", "GetObject",
 * "Error responses", "Authenticating Requests: Using the Authorization Header"; AWS STS API Reference, "AssumeRole".
 */
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredObject {
  readonly body: Buffer;
  readonly modified: Date;
}

export type Fault =
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message?: string }
  /** Half of the object, then the connection ends. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'html' }
  | { readonly kind: 'silence' };

export interface S3Request {
  readonly operation: 'ListObjectsV2' | 'GetObject' | 'AssumeRole';
  readonly key: string;
  /** The page's number, from 1. */
  readonly page: number;
}

export interface S3Server {
  readonly url: string;
  readonly objects: Map<string, StoredObject>;
  readonly put: (key: string, body: Buffer | string, modified?: Date) => void;
  /** What was asked, as `GetObject KEY`. */
  readonly requests: string[];
  /** Called before a request is answered; may answer otherwise, or change objects. */
  readonly behave: (fault: (request: S3Request) => Fault | undefined) => void;
}

export const keys = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'test/secret+access/key' };
const roleKeys = {
  accessKeyId: 'ASIAROLEROLEROLE',
  secretAccessKey: 'role/secret/access/key',
  token: 'role-session-token',
};

interface Ending {
  readonly after: (end: () => Promise<void>) => void;
}

export interface S3Options {
  readonly bucket?: string;
  readonly region?: string;
  readonly pageSize?: number;
  /** Only a role's credentials may read. */
  readonly onlyRole?: string;
}

export async function startS3(t: Ending, options: S3Options = {}): Promise<S3Server> {
  const { bucket = 'billing', region = 'eu-central-1', pageSize = 2, onlyRole } = options;
  const objects = new Map<string, StoredObject>();
  const requests: string[] = [];
  let behaviour: (request: S3Request) => Fault | undefined = () => undefined;
  let clock = Date.parse('2026-11-01T00:00:00Z');

  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, inBucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const isRole = request.method === 'POST';
    const token = url.searchParams.get('continuation-token');
    const first = token === null ? 0 : Number(Buffer.from(token, 'base64').toString().split(':')[1]);
    const asked: S3Request = {
      operation: isRole ? 'AssumeRole' : key === '' ? 'ListObjectsV2' : 'GetObject',
      key: key === '' ? (url.searchParams.get('prefix') ?? '') : key,
      page: first / pageSize + 1,
    };
    requests.push(`${asked.operation} ${asked.key}`);
    const fail = (status: number, code: string, message = code) => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      const text = `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R1</RequestId></Error>`;
      response.end(
        isRole ? `<ErrorResponse>${text}</ErrorResponse>` : `<?xml version="1.0" encoding="UTF-8"?>\n${text}`,
      );
    };
    const mine = onlyRole === undefined || isRole ? { ...keys, token: undefined } : roleKeys;
    const refused = signatureFault(request, body, { ...mine, region, service: isRole ? 'sts' : 's3' });
    if (refused !== undefined) return fail(403, refused, 'the signature does not hold');
    const fault = behaviour(asked);
    if (fault?.kind === 'error') return fail(fault.status, fault.code, fault.message);
    if (fault?.kind === 'silence') return;
    if (fault?.kind === 'html') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html><body>Log in to the proxy</body></html>');
      return;
    }
    if (isRole) {
      const form = new URLSearchParams(body.toString());
      if (form.get('RoleArn') !== onlyRole)
        return fail(403, 'AccessDenied', 'not authorized to perform: sts:AssumeRole');
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(roleAnswer);
      return;
    }
    if (inBucket !== bucket) return fail(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (asked.operation === 'ListObjectsV2') {
      if (url.searchParams.get('list-type') !== '2') return fail(400, 'InvalidArgument');
      const all = [...objects].filter(([name]) => name.startsWith(asked.key)).sort(([a], [b]) => (a < b ? -1 : 1));
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(listing({ bucket, prefix: asked.key, all, first, pageSize }));
      return;
    }
    const object = objects.get(key);
    if (!object) return fail(404, 'NoSuchKey', 'The specified key does not exist.');
    const match = request.headers['if-match'];
    if (match !== undefined && match !== etagOf(object)) return fail(412, 'PreconditionFailed');
    response.writeHead(200, {
      'content-type': 'binary/octet-stream',
      'content-length': object.body.length,
      'last-modified': object.modified.toUTCString(),
      etag: etagOf(object),
    });
    if (fault?.kind !== 'cut') return void response.end(object.body);
    response.write(object.body.subarray(0, object.body.length / 2), () => response.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(
    () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    put: (key, body, modified) => {
      clock += 60_000;
      objects.set(key, { body: Buffer.from(body), modified: modified ?? new Date(clock) });
    },
    requests,
    behave: fault => {
      behaviour = fault;
    },
  };
}

const etagOf = ({ body }: StoredObject) => `"${createHash('md5').update(body).digest('hex')}"`;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

interface Listing {
  readonly bucket: string;
  readonly prefix: string;
  readonly all: readonly (readonly [string, StoredObject])[];
  readonly first: number;
  readonly pageSize: number;
}

function listing({ bucket, prefix, all, first, pageSize }: Listing): string {
  const page = all.slice(first, first + pageSize);
  const isTruncated = first + pageSize < all.length;
  const next = Buffer.from(`next:${first + pageSize}`).toString('base64');
  const contents = page.map(
    ([key, object]) =>
      `<Contents><Key>${escaped(key)}</Key><LastModified>${object.modified.toISOString()}</LastModified><ETag>${escaped(etagOf(object))}</ETag><Size>${object.body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix>${
    isTruncated ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''
  }<KeyCount>${page.length}</KeyCount><MaxKeys>${pageSize}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>${contents.join('')}</ListBucketResult>`;
}

const roleAnswer = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>${roleKeys.accessKeyId}</AccessKeyId><SecretAccessKey>${roleKeys.secretAccessKey}</SecretAccessKey>
<SessionToken>${roleKeys.token}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/plumbline</Arn><AssumedRoleId>A:plumbline</AssumedRoleId></AssumedRoleUser>
</AssumeRoleResult><ResponseMetadata><RequestId>R1</RequestId></ResponseMetadata></AssumeRoleResponse>`;

interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly token: string | undefined;
  readonly region: string;
  readonly service: string;
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** Undefined where the signature holds; else the error's code. */
function signatureFault(request: http.IncomingMessage, body: Buffer, signer: Signer): string | undefined {
  const header = (name: string) => String(request.headers[name] ?? '');
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header('authorization'),
    );
  if (!match) return 'AccessDenied';
  const [, id, date = '', region = '', service = '', signedHeaders = '', signature] = match;
  if (id !== signer.accessKeyId) return 'InvalidAccessKeyId';
  if (header('x-amz-security-token') !== (signer.token ?? '')) return 'InvalidToken';
  if (region !== signer.region || service !== signer.service) return 'AuthorizationHeaderMalformed';
  const names = signedHeaders.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date')) return 'SignatureDoesNotMatch';
  const payload = header('x-amz-content-sha256') || sha256(body);
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const [rawPath = '', rawQuery = ''] = (request.url ?? '').split('?');
  const canonical = [
    request.method,
    rawPath,
    rawQuery.split('&').sort().join('&'),
    ...names.map(name => `${name}:${header(name).trim().replace(/\s+/g, ' ')}`),
    '',
    signedHeaders,
    payload,
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${signer.secretAccessKey}`);
  const toSign = ['AWS4-HMAC-SHA256', header('x-amz-date'), scope, sha256(canonical)].join('\n');
  return hmac(key, toSign).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}
