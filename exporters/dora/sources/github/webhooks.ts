/**
 * GitHub's webhooks: POST /push/dora/NAME-webhooks, signed with a secret. What they tell goes by the name of the source
 * that asks the API, so that both make one ledger; a delivery counts once, however often it comes.
 */
import { verify } from '@octokit/webhooks-methods';
import type { Principal, PushRequest, PushSource } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { isNewDelivery } from '../../marks.ts';
import { refuseTeams } from '../../refuse-teams.ts';
import type { GitHubConfig } from './config.ts';
import { newsOfEvent } from './events.ts';
import { isOurs } from './repositories.ts';
import { storeOf } from './store.ts';

const sender: Principal = { name: 'github webhook', role: 'admin' };

/** Undefined where no secret is configured: nobody could be believed. */
export function githubWebhooks(config: GitHubConfig): PushSource | undefined {
  const secrets = config.webhook_secrets.flatMap(({ secret }) => secret ?? []);
  if (secrets.length === 0) return undefined;
  const name = `${config.name}-webhooks`;
  const store = storeOf(config);
  const ours = isOurs(config);
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
      refuseTeams(principal, name);
      const event = headers['x-github-event'];
      if (event === undefined)
        throw new PlumblineError('PUSH_INVALID', { source: name, reason: 'it has no header X-GitHub-Event' });
      const news = newsOfEvent(event, payloadOf(name, { body, headers }), config, ours);
      if (news === undefined)
        throw new PlumblineError('PUSH_INVALID', { source: name, reason: `it is no payload of the event ${event}` });
      const delivery = headers['x-github-delivery'];
      return {
        cursor: null,
        write: async tx => {
          const now = context.now();
          if (delivery !== undefined && !(await isNewDelivery(tx, name, delivery, now)))
            return { records: 0, changed: 0, rejected: {} };
          return store(tx, news, now);
        },
      };
    },
  };
}

/** The JSON of the body; a webhook of the content type application/x-www-form-urlencoded has it in `payload`. */
function payloadOf(source: string, { body, headers }: Pick<PushRequest, 'body' | 'headers'>): unknown {
  const text = body.toString('utf8');
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  try {
    return JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
  } catch {
    // What JSON.parse says quotes the body.
    throw new PlumblineError('PUSH_INVALID', { source, reason: 'it is no JSON' });
  }
}
