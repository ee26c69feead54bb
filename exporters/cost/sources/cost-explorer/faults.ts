/** From what the AWS SDK throws to errors that say what to do; no secret, no canonical request, no raw answer in them. */
import { PlumblineError } from '../../errors.ts';

export interface Asked {
  /** The IAM action, which is what a policy must allow: `ce:GetCostAndUsage`. */
  readonly action: string;
  readonly secrets: readonly string[];
  readonly seconds: number;
}

type Kind = 'credentials' | 'denied' | 'throttled' | 'unavailable' | 'timeout' | 'network' | 'unreadable' | 'refused';

export interface Fault {
  readonly kind: Kind;
  readonly isTransient: boolean;
  /** How long the server asks to wait. */
  readonly retryAfter: string | undefined;
  readonly error: Error;
}

const credentialNames =
  /^(Expired|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthentication|InvalidAccessKeyId|CredentialsProvider|TokenProvider)/;
const throttleNames =
  /^(Throttling|Throttled|TooManyRequests|LimitExceeded|RequestLimitExceeded|RequestThrottled|SlowDown|Bandwidth)/;

interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

/** Reads an error of the SDK (its names are the service's exception names). */
export function faultOf(thrown: unknown, asked: Asked): Fault {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as SdkError;
  const status = error.$metadata?.httpStatusCode;
  const said = plain(error, asked.secrets);
  // The SDK's own error holds the raw answer, and a refused signature's message holds the session token.
  const cause = Object.assign(new Error(said), { name: error.name, status });
  const headers = error.$response?.headers ?? {};
  const base = { retryAfter: headers['retry-after'] };
  const { action } = asked;

  if (error.name === 'AbortError' || (error.name === 'TimeoutError' && error.code === undefined))
    return {
      ...base,
      kind: 'timeout',
      isTransient: true,
      error: new PlumblineError('AWS_TIMEOUT', { action, seconds: asked.seconds }, cause),
    };
  if (throttleNames.test(error.name) || status === 429)
    return {
      ...base,
      kind: 'throttled',
      isTransient: true,
      error: new PlumblineError('AWS_THROTTLED', { action, said }, cause),
    };
  if (credentialNames.test(error.name) || status === 401)
    return {
      ...base,
      kind: 'credentials',
      // The SDK notes the server's clock from such an answer and signs the next request by it.
      isTransient: error.$metadata?.clockSkewCorrected === true,
      error: new PlumblineError('AWS_CREDENTIALS', { action, said }, cause),
    };
  if (/^AccessDenied|^UnauthorizedOperation|^NotAuthorized/.test(error.name) || status === 403)
    return {
      ...base,
      kind: 'denied',
      isTransient: false,
      error: new PlumblineError('AWS_DENIED', { action, said }, cause),
    };
  if (status !== undefined && status >= 500)
    return {
      ...base,
      kind: 'unavailable',
      isTransient: true,
      error: new PlumblineError('AWS_FAILED', { action, said: `${status} ${said}` }, cause),
    };
  if (error instanceof SyntaxError)
    return {
      ...base,
      kind: 'unreadable',
      isTransient: !said.includes('<'),
      error: new PlumblineError('AWS_ANSWER_UNREADABLE', { action, reason: said }, cause),
    };
  if (error.code !== undefined)
    return {
      ...base,
      kind: 'network',
      isTransient: true,
      error: new PlumblineError('AWS_FAILED', { action, said }, cause),
    };
  return {
    ...base,
    kind: 'refused',
    isTransient: false,
    error: new PlumblineError('AWS_FAILED', { action, said, exception: error.name }, cause),
  };
}

/** `Name: first line`, at most 300 characters, known secrets and what looks like a signed header masked. */
function plain(error: SdkError, secrets: readonly string[]): string {
  const line = error.message.split('\n')[0]!.trim();
  const name = error.name === 'Error' || error.name === 'SyntaxError' ? '' : `${error.name}: `;
  const masked = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), `${name}${line}`);
  return masked.replace(/(authorization|security-token|signature)\b['":= ]+\S+/gi, '$1 ***').slice(0, 300);
}
