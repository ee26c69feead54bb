/**
 * GitHub's webhooks of alerts: POST /push/supply-chain/NAME-webhooks, signed with a secret. What they tell goes by the name
 * of the source that asks the API, so that both make one ledger; a delivery counts once, however often it comes, and one
 * that comes late changes nothing that is newer.
 */
import { verify } from '@octokit/webhooks-methods';
import type { Transaction } from '../../../core/ledger.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { Principal, PushRequest, PushSource } from '../../../core/source.ts';
import { sqlTime } from '../../../core/time.ts';
import { isObject, type JsonObject } from '../../../formats/json.ts';
import { PlumblineError } from '../../errors.ts';
import { alertOf, isAlert } from '../dependabot/alert.ts';
import { slugIn } from '../github-alert.ts';
import type { DependabotApiConfig } from './config.ts';
import { isOurs, scopesOf } from './scopes.ts';
import { storeNews } from './store.ts';

const sender: Principal = { name: 'github webhook', role: 'admin' };
/** Undefined where no secret is configured: nobody could be believed. */
export function dependabotWebhooks(config: DependabotApiConfig): PushSource | undefined {
  const secrets = config.webhook_secrets.flatMap(({ secret }) => secret ?? []);
  if (secrets.length === 0) return undefined;
  const name = `${config.name}-webhooks`;
  const ours = isOurs(config);
  const isAsked = scopesOf(config).length > 0;
  return {
    kind: 'push',
    name,
    everySeconds: config.every,
    verify: async (body, headers) => {
      const signature = headers['x-hub-signature-256'];
      if (signature === undefined || body.length === 0) return undefined;
      const payload = body.toString('utf8');
      // All are tried, so that the time tells nothing of which.
      const held = await Promise.all(secrets.map(secret => verify(secret, payload, signature).catch(() => false)));
      return held.includes(true) ? sender : undefined;
    },
    accept: async (context, { body, headers, principal }) => {
      const invalid = (reason: string) => new PlumblineError('PUSH_INVALID', { source: name, reason });
      if (principal.role === 'team')
        throw new PlumblineError('PUSH_FORBIDDEN', {
          ...{ principal: principal.name, source: name },
          reason: 'webhooks tell of all teams, and a team writes its own facts only',
        });
      const event = headers['x-github-event'];
      if (event === undefined) throw invalid('it has no header X-GitHub-Event');
      const payload = payloadOf({ body, headers });
      if (payload === undefined) throw invalid('it is no JSON');
      const told = event === 'dependabot_alert' ? readEvent(payload) : undefined;
      if (event === 'dependabot_alert' && told === undefined) throw invalid(`it is no payload of the event ${event}`);
      const delivery = headers['x-github-delivery'];
      return {
        cursor: null,
        write: async tx => {
          const now = context.now();
          const nothing = { records: 0, changed: 0, rejected: {} };
          // Other events are sent to the same address, and tell nothing that is asked here.
          if (told === undefined) return nothing;
          if (delivery !== undefined && !(await isNew(tx, name, delivery, now))) return nothing;
          if (typeof told === 'string') {
            const rejections = [{ file: `delivery ${delivery ?? ''}`.trim(), reason: told }];
            const rejected = await keepRejections(tx, name, { read: [], rejections }, now);
            return { records: 1, changed: 0, rejected };
          }
          if (!ours(told.repository)) return nothing;
          const staleSeconds = Math.round(config.stale * 3600);
          const options = { source: config.name, now, ...(isAsked ? { staleSeconds } : {}) };
          return { records: 1, changed: await storeNews(tx, { scope: '', alerts: [told] }, options), rejected: {} };
        },
      };
    },
  };
}

/** Why it can't be read where it is a text; undefined where it is no such event. */
function readEvent(payload: JsonObject) {
  if (!isAlert(payload.alert) || !isObject(payload.alert)) return undefined;
  const alert = alertOf(payload.alert, slugIn(payload));
  return typeof alert !== 'string' && alert.repository === '' ? 'missing_subject' : alert;
}

/** The JSON of the body; a webhook of the content type application/x-www-form-urlencoded has it in `payload`. */
function payloadOf({ body, headers }: Pick<PushRequest, 'body' | 'headers'>): JsonObject | undefined {
  const text = body.toString('utf8');
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  try {
    const value: unknown = JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function isNew(tx: Transaction, source: string, delivery: string, now: Date): Promise<boolean> {
  const known = await tx.scalar(
    'SELECT count(*) FROM dependabot_deliveries WHERE source = $source AND delivery = $delivery',
    { source, delivery },
  );
  if (Number(known) > 0) return false;
  await tx.run('INSERT INTO dependabot_deliveries VALUES ($source, $delivery, $now::TIMESTAMP)', {
    ...{ source, delivery, now: sqlTime(now) },
  });
  return true;
}
