/**
 * Checks a request's AWS Signature Version 4 from the specification, not with the SDK: the canonical request, the
 * string to sign and the key are made anew. Source: IAM User Guide, "Create a signed AWS API request".
 */
import { createHash, createHmac } from 'node:crypto';
import type http from 'node:http';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Scope {
  readonly region: string;
  readonly service: string;
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** Undefined where the signature holds; else the name of the exception that AWS answers with. */
export function signatureFault(
  request: http.IncomingMessage,
  body: Buffer,
  expected: { readonly keys: Keys; readonly scope: Scope; readonly clock?: Date },
): string | undefined {
  const { keys, scope, clock = new Date() } = expected;
  const header = (name: string) => String(request.headers[name] ?? '');
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header('authorization'),
    );
  if (!match) return 'MissingAuthenticationTokenException';
  const [, accessKeyId, date = '', region = '', service = '', signedHeaders = '', signature] = match;
  if (accessKeyId !== keys.accessKeyId) return 'UnrecognizedClientException';
  if (header('x-amz-security-token') !== (keys.sessionToken ?? '')) return 'UnrecognizedClientException';
  if (region !== scope.region || service !== scope.service) return 'InvalidSignatureException';
  const stamp = header('x-amz-date');
  const at = Date.parse(stamp.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(at - clock.getTime()) < 5 * 60_000) || !stamp.startsWith(date)) return 'InvalidSignatureException';
  const names = signedHeaders.split(';');
  for (const required of ['host', 'x-amz-date', 'x-amz-target', 'content-type'])
    if (!names.includes(required)) return 'InvalidSignatureException';
  const canonical = [
    request.method,
    request.url,
    '',
    ...names.map(name => `${name}:${header(name).trim().replace(/\s+/g, ' ')}`),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', stamp, `${date}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n');
  const key = ['aws4_request'].reduce(
    (last, part) => hmac(last, part),
    [date, region, service].reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${keys.secretAccessKey}`),
  );
  return hmac(key, toSign).toString('hex') === signature ? undefined : 'InvalidSignatureException';
}
