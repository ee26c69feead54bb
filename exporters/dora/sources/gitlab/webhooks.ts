/**
 * GitLab's webhooks: POST /push/dora/NAME-webhooks with the secret token in X-Gitlab-Token. A delivery that is tried again
 * has the same Idempotency-Key; older versions have X-Gitlab-Event-UUID, which events share that one event has caused.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { PlumblineError } from '../../../core/errors.ts';
import type { Transaction } from '../../../core/ledger.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { BatchCounts, PushRequest, PushSource } from '../../../core/source.ts';
import { completedDeployments, completedIncidents, completedPullRequests } from '../../completed.ts';
import type { Facts } from '../../facts.ts';
import { isNewDelivery } from '../../marks.ts';
import { refuseTeams } from '../../refuse-teams.ts';
import { storeFacts } from '../../store-facts.ts';
import type { GitLabConfig } from './config.ts';
import { type ReadEvent, readEvent } from './events.ts';
import { rejectionOf } from './reading.ts';

/** Their facts are those of the source itself: what either of them tells of a deployment is of one deployment. */
export function gitlabWebhooks(config: GitLabConfig): PushSource {
  const { name, webhook_secret: secret } = config;
  const source = `${name}-webhooks`;
  const rules = { incidentLabels: config.incident_labels };
  return {
    kind: 'push',
    name: source,
    everySeconds: config.every,
    ...(secret === undefined
      ? {}
      : {
          verify: (_: Buffer, headers: PushRequest['headers']) =>
            isSame(headers['x-gitlab-token'], secret)
              ? ({ name: `the webhook token of ${name}`, role: 'admin' } as const)
              : undefined,
        }),
    accept: async (context, { body, headers, principal }) => {
      refuseTeams(principal, source);
      const payload = parse(body, source);
      const delivery = deliveryOf(body, headers);
      const nothing: BatchCounts = { records: 1, changed: 0, rejected: {} };
      return {
        cursor: { delivery },
        write: async tx => {
          const now = context.now();
          if (!(await isNewDelivery(tx, source, delivery, now))) return nothing;
          const event = readEvent(payload, rules);
          if (event === undefined) return nothing;
          if (!event.success) {
            // An answer other than 2xx would have GitLab switch the webhook off after some.
            const file = `webhook ${delivery}`;
            const rejections = [{ file, ...rejectionOf(payload, event.error, 'event') }];
            return { ...nothing, rejected: await keepRejections(tx, name, { read: [file], rejections }, now) };
          }
          return { ...nothing, changed: await storeEvent(tx, name, event.data, now) };
        },
      };
    },
  };
}

export async function storeEvent(
  tx: Transaction,
  source: string,
  { facts, notIncidents = [] }: ReadEvent,
  now: Date,
): Promise<number> {
  const { deployments = [], pullRequests = [], incidents = [] } = facts;
  const known = await tx.all(
    `SELECT DISTINCT incident FROM incidents
     WHERE source = $source AND list_contains(from_json($ids::JSON, '["VARCHAR"]'), incident)`,
    { source, ids: JSON.stringify(notIncidents.map(({ fact }) => fact.incident)) },
  );
  const were = new Set(known.map(row => String(row.incident)));
  const completed: Facts = {
    ...facts,
    // The name of a job and the commits of a merge request are told by the API alone.
    deployments: await completedDeployments(tx, source, deployments, ({ task = '' }) => task !== ''),
    pullRequests: await completedPullRequests(
      tx,
      source,
      pullRequests,
      ({ firstCommitAt = '' }) => firstCommitAt !== '',
    ),
    incidents: await completedIncidents(
      tx,
      source,
      [...incidents, ...notIncidents.flatMap(({ fact, wasOne }) => (wasOne || were.has(fact.incident) ? fact : []))],
      { isRead: true },
    ),
  };
  return storeFacts(tx, source, completed, now);
}

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest();

/** In constant time, whatever the lengths. */
export const isSame = (given: string | undefined, secret: string): boolean =>
  given !== undefined && timingSafeEqual(digest(given), digest(secret));

export function deliveryOf(body: Buffer, headers: PushRequest['headers']): string {
  const key = headers['idempotency-key'];
  if (key) return key;
  return [headers['x-gitlab-event-uuid'], digest(body).toString('hex')].filter(Boolean).join(' ');
}

function parse(body: Buffer, source: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    const reason = `the body is not JSON: ${(error as Error).message}`;
    throw new PlumblineError('PUSH_INVALID', { source, reason }, error);
  }
}
