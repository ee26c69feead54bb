/**
 * PagerDuty's v3 webhooks: POST /push/dora/NAME-webhooks. Each is signed by the secret of its subscription, and may be
 * delivered more than once; it is known by its event's id. Source: "Webhooks Overview", "Verifying Signatures" and
 * "Behavior" of PagerDuty's developer documentation.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { PlumblineError } from '../../../core/errors.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { BatchCounts, PushSource } from '../../../core/source.ts';
import { isNewDelivery } from '../../marks.ts';
import { refuseTeams } from '../../refuse-teams.ts';
import { storeReports } from '../../reports.ts';
import { translator } from '../../service-words.ts';
import { type PagerDutyConfig, webhookSecrets } from './config.ts';
import { type Incident, incidentSchema, reportOf } from './incident.ts';

const payloadSchema = z.looseObject({
  event: z.looseObject({
    id: z.string().min(1),
    event_type: z.string(),
    occurred_at: z.iso.datetime({ offset: true }),
    data: z.unknown(),
  }),
});
type Event = z.infer<typeof payloadSchema>['event'];

/** Their facts are the API's: what either of them tells is one incident. */
export function webhookSource(config: PagerDutyConfig): PushSource {
  const { name } = config;
  const secrets = webhookSecrets(config);
  return {
    kind: 'push',
    name: `${name}-webhooks`,
    everySeconds: config.every,
    verify: (body, headers) =>
      isSigned(body, headers['x-pagerduty-signature'], secrets)
        ? { name: `the webhook signature of ${name}`, role: 'admin' }
        : undefined,
    accept: async (context, { body, principal }) => {
      refuseTeams(principal, `${name}-webhooks`);
      const { event } = parse(body, name);
      return {
        cursor: { event: event.id, occurredAt: event.occurred_at },
        write: async tx => {
          const now = context.now();
          if (!(await isNewDelivery(tx, name, event.id, now))) return { records: 1, changed: 0, rejected: {} };
          return write(tx, event);
        },
      };

      async function write(tx: Parameters<typeof storeReports>[0], { event_type, occurred_at, data }: Event) {
        const now = context.now();
        const nothing: BatchCounts = { records: 1, changed: 0, rejected: {} };
        if ((data as { readonly type?: unknown } | null)?.type !== 'incident') return nothing;
        const read = incidentSchema.safeParse(data);
        if (!read.success) {
          // An answer other than 2xx would have PagerDuty drop it, and switch the subscription off after three.
          const file = `webhook ${event.id}`;
          const value = z.prettifyError(read.error).replace(/\s+/g, ' ');
          const rejections = [{ file, reason: 'unreadable_incident', field: 'event.data', value }];
          return { ...nothing, rejected: await keepRejections(tx, name, { read: [file], rejections }, now) };
        }
        const incident = asOfEvent(read.data, event_type, occurred_at);
        if (incident === undefined) return nothing;
        const report = reportOf(incident, config, translator(config.services), occurred_at);
        return { ...nothing, changed: await storeReports(tx, name, [report], now) };
      }
    },
  };
}

/**
 * An event's incident has no time of resolution: that of `incident.resolved` is the event's own. Any later event about a
 * resolved incident doesn't say when that was, and says nothing that the API wouldn't: undefined.
 */
function asOfEvent(incident: Incident, type: string, occurredAt: string): Incident | undefined {
  if (incident.status !== 'resolved' || incident.resolved_at) return incident;
  return type === 'incident.resolved' ? { ...incident, resolved_at: occurredAt } : undefined;
}

/** True where one of the header's `v1=` signatures is the body's, by one of the secrets. */
export function isSigned(body: Buffer, header: string | undefined, secrets: readonly string[]): boolean {
  const given = (header ?? '')
    .split(',')
    .map(part => part.trim())
    .filter(part => part.startsWith('v1='))
    .map(part => Buffer.from(part.slice('v1='.length).toLowerCase()));
  let signed = false;
  // All are compared, so that the time tells nothing of which.
  for (const secret of secrets) {
    const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('hex'));
    for (const signature of given)
      if (signature.length === expected.length && timingSafeEqual(signature, expected)) signed = true;
  }
  return signed;
}

function parse(body: Buffer, source: string): z.infer<typeof payloadSchema> {
  const invalid = (reason: string, cause?: unknown) => new PlumblineError('PUSH_INVALID', { source, reason }, cause);
  let said: unknown;
  try {
    said = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw invalid(`the body is not JSON: ${(error as Error).message}`, error);
  }
  const read = payloadSchema.safeParse(said);
  if (!read.success) throw invalid(`it is no v3 webhook: ${z.prettifyError(read.error).replace(/\s+/g, ' ')}`);
  return read.data;
}
