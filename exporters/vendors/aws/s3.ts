/**
 * Buckets of S3 through the AWS SDK, which finds credentials (environment, profiles, SSO, web identity, instance roles),
 * signs, and tries throttled requests and server errors again.
 */
import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ObjectStore, RemoteObject } from '../../core/objects.ts';
import type { BucketConfig } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface S3Options {
  /** Attempts at a request; 3. */
  readonly maxAttempts?: number;
  /** Without a byte for this long a connection is given up; 60 s. */
  readonly idleMs?: number;
}

/**
 * Runs `use` with the bucket as a store of objects. Errors: S3_CREDENTIALS, S3_DENIED, S3_NO_BUCKET, S3_CHANGED,
 * S3_THROTTLED, S3_LIST_NOT_WHOLE, S3_FAILED.
 */
export async function withBucket<T>(
  bucket: BucketConfig,
  use: (store: ObjectStore) => Promise<T>,
  { maxAttempts = 3, idleMs = 60_000 }: S3Options = {},
): Promise<T> {
  const requestHandler = { connectionTimeout: 10_000, socketTimeout: idleMs };
  const client = new S3Client({
    ...sharedOptions(bucket),
    ...(bucket.endpoint === undefined
      ? { followRegionRedirects: true }
      : { endpoint: bucket.endpoint, forcePathStyle: true }),
    ...(bucket.role_arn === undefined ? {} : { credentials: () => assumeRole(bucket, bucket.role_arn!) }),
    maxAttempts,
    requestHandler,
  });
  const place = `s3://${bucket.name}/`;
  try {
    return await use({
      list: (prefix, signal) => list(client, bucket, prefix, signal),
      open: async ({ key, etag }, signal) => {
        const asked = { action: 's3:GetObject', place: place + key, bucket };
        const { Body } = await client
          .send(new GetObjectCommand({ Bucket: bucket.name, Key: key, IfMatch: etag }), abortBy(signal))
          .catch((error: unknown) => refuse(error, asked, signal));
        return Body as Readable;
      },
    });
  } finally {
    client.destroy();
  }
}

async function* list(
  client: S3Client,
  bucket: BucketConfig,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RemoteObject> {
  const place = `s3://${bucket.name}/${prefix}`;
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await client
      .send(
        new ListObjectsV2Command({
          Bucket: bucket.name,
          Prefix: prefix,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
        abortBy(signal),
      )
      .catch((error: unknown) => refuse(error, { action: 's3:ListBucket', place, bucket }, signal));
    const notWhole = (reason: string) => new PlumblineError('S3_LIST_NOT_WHOLE', { place, reason });
    // Anything that is no list, such as the page of a proxy, looks like an empty bucket.
    if (page.IsTruncated === undefined) throw notWhole('the answer is none');
    for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
      if (Key === undefined || Size === undefined || ETag === undefined || LastModified === undefined)
        throw notWhole(`an object has no key, size, etag or time`);
      yield { key: Key, size: Size, etag: ETag, modified: LastModified };
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
    if (page.IsTruncated && (token === undefined || seen.has(token)))
      throw notWhole('it goes on, and where was not said');
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
}

const abortBy = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});

function sharedOptions({ region, profile, access_key_id, secret_access_key, session_token }: BucketConfig) {
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(access_key_id === undefined || secret_access_key === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: access_key_id,
            secretAccessKey: secret_access_key,
            ...(session_token === undefined ? {} : { sessionToken: session_token }),
          },
        }),
  };
}

/** The role's credentials, which the S3 client asks for anew before they expire. */
async function assumeRole(bucket: BucketConfig, roleArn: string) {
  const client = new STSClient(sharedOptions(bucket));
  const asked = { action: 'sts:AssumeRole', place: roleArn, bucket };
  try {
    const { Credentials } = await client
      .send(
        new AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: 'plumbline',
          ...(bucket.external_id === undefined ? {} : { ExternalId: bucket.external_id }),
        }),
      )
      .catch((error: unknown) => refuse(error, asked, undefined));
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined)
      throw new PlumblineError('S3_CREDENTIALS', { ...asked, bucket: undefined, said: 'it gave none' });
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
  } finally {
    client.destroy();
  }
}

interface Asked {
  /** The IAM action, which is what a policy must allow. */
  readonly action: string;
  readonly place: string;
  readonly bucket: BucketConfig;
}

const credentialNames =
  /^(Expired|InvalidAccessKeyId|InvalidToken|InvalidClientTokenId|SignatureDoesNotMatch|RequestTimeTooSkewed|CredentialsProvider|TokenProvider|TokenRefreshRequired)/;

/** Throws what the SDK threw as an error that says what to do, without the raw answer: it may hold what was signed. */
function refuse(thrown: unknown, { action, place, bucket }: Asked, signal: AbortSignal | undefined): never {
  signal?.throwIfAborted();
  if (thrown instanceof Error && 'remedy' in thrown) throw thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = error.$metadata?.httpStatusCode;
  const name = /^(Error|Unknown|UnknownError|\d+)$/.test(error.name) ? '' : `${error.name}: `;
  const said = withoutSecrets(`${name}${error.message.split('\n')[0]!.trim() || `status ${status}`}`, bucket);
  const details = { action, place, said };
  const cause = new Error(said);
  if (credentialNames.test(error.name) || status === 401) throw new PlumblineError('S3_CREDENTIALS', details, cause);
  if (status === 412) throw new PlumblineError('S3_CHANGED', details, cause);
  if (/^AccessDenied/.test(error.name) || status === 403) throw new PlumblineError('S3_DENIED', details, cause);
  if (error.name === 'NoSuchBucket' || status === 301) throw new PlumblineError('S3_NO_BUCKET', details, cause);
  if (/^(SlowDown|Throttl|TooManyRequests|RequestLimitExceeded)/.test(error.name) || status === 429)
    throw new PlumblineError('S3_THROTTLED', details, cause);
  throw new PlumblineError('S3_FAILED', details, cause);
}

const withoutSecrets = (text: string, { secret_access_key, session_token }: BucketConfig): string =>
  [secret_access_key, session_token]
    .filter(secret => secret !== undefined)
    .reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
    .slice(0, 300);
