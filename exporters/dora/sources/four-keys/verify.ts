/** Whether a post comes from who it says: the checks of Four Keys' event handler (event-handler/sources.py), in constant time. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { PushRequest } from '../../../core/source.ts';
import type { FourKeysConfig } from './config.ts';
import { type Headers, systemOf } from './event.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (given: string | undefined, expected: string) =>
  given !== undefined && timingSafeEqual(digest(given), digest(expected));

const hmac = (algorithm: 'sha1' | 'sha256', secret: string, body: Buffer) =>
  createHmac(algorithm, secret).update(body).digest('hex');

/** Secrets of who can sign nothing; Tekton's stood in a header or in the address, and so may those of the other two. */
const tokenNames = ['tekton-secret', 'four-keys-secret'] as const;

export function isVerified(
  { secret, pagerduty_secret: pagerDuty }: Pick<FourKeysConfig, 'secret' | 'pagerduty_secret'>,
  body: Buffer,
  headers: Headers,
  query: PushRequest['query'] = {},
): boolean {
  const system = systemOf(headers);
  if (system === 'pagerduty') {
    if (pagerDuty === undefined) return false;
    const expected = `v1=${hmac('sha256', pagerDuty, body)}`;
    // Several while a secret is being replaced.
    return (headers['x-pagerduty-signature'] ?? '').split(',').some(given => isSame(given.trim(), expected));
  }
  if (secret === undefined) return false;
  switch (system) {
    case 'github': {
      const strong = headers['x-hub-signature-256'];
      // The handler knew the older one alone; who sends both is held to the better.
      return strong === undefined
        ? isSame(headers['x-hub-signature'], `sha1=${hmac('sha1', secret, body)}`)
        : isSame(strong, `sha256=${hmac('sha256', secret, body)}`);
    }
    case 'circleci':
      return isSame(headers['circleci-signature'], `v1=${hmac('sha256', secret, body)}`);
    case 'gitlab':
      return isSame(headers['x-gitlab-token'], secret);
    default:
      // Tekton, Cloud Build, Argo CD, and messages of Pub/Sub, which brings no header of the sender's.
      return tokenNames.some(name => isSame(headers[name] ?? query[name], secret));
  }
}
