/**
 * An event as Four Keys kept it: a row of events_raw. What was posted to its event handler is told apart and made a row of
 * exactly as its handler and its parsers did. Source: dora-team/fourkeys, event-handler/ and bq-workers/.
 */
import { createHash } from 'node:crypto';
import type { PushRequest } from '../../../core/source.ts';
import { gitlabTime } from '../../../vendors/gitlab/time.ts';

export const systems = ['github', 'gitlab', 'cloud_build', 'tekton', 'circleci', 'pagerduty', 'argocd'] as const;
export type System = (typeof systems)[number];

export interface FourKeysEvent {
  readonly system: System;
  readonly type: string;
  /** ISO 8601 in UTC; '' where the event has no time that can be read. */
  readonly at: string;
  readonly metadata: unknown;
  /** True for what Four Keys' own generator of sample data has made up. */
  readonly isMock: boolean;
}

export type Headers = PushRequest['headers'];

/**
 * Who sent it, by its headers (in lower case). As the handler did: GitLab, Tekton, GitHub, CircleCI, PagerDuty, else what
 * the User-Agent says, which is how Cloud Build and Argo CD name themselves.
 */
export function systemOf(headers: Headers): System | undefined {
  const agent = headers['user-agent'] ?? '';
  if (headers['x-gitlab-event'] !== undefined) return 'gitlab';
  if ((headers['ce-type'] ?? '').includes('tekton')) return 'tekton';
  if (agent.includes('GitHub-Hookshot')) return 'github';
  if (headers['circleci-event-type'] !== undefined) return 'circleci';
  if (headers['x-pagerduty-signature'] !== undefined) return 'pagerduty';
  const named = agent.toLowerCase().replace(/-/g, '_');
  return systems.find(system => system === named);
}

type Json = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A row of what was posted by a system; `type` is '' where the event names none. */
export function eventOf(system: System, headers: Headers, body: unknown): FourKeysEvent {
  const isMock = headers.mock !== undefined;
  const made = (type: string, at: unknown, metadata: unknown = body): FourKeysEvent => ({
    ...{ system, type, at: timeOf(at), metadata, isMock },
  });
  const said = objectOf(body);
  switch (system) {
    case 'github':
      return made(textOf(headers['x-github-event']), undefined);
    case 'gitlab':
      return made(textOf(said.object_kind), undefined);
    case 'cloud_build':
      return made('build', said.finishTime ?? said.startTime ?? said.createTime);
    case 'circleci':
      return made(textOf(headers['circleci-event-type']), said.happened_at);
    case 'pagerduty':
      return made(textOf(objectOf(said.event).event_type), objectOf(said.event).occurred_at);
    case 'argocd':
      return made('deployment', said.time);
    case 'tekton': {
      // A cloud event has its attributes in headers and its data in the body, or all of it in the body.
      const isWhole = said.data !== undefined && said.specversion !== undefined;
      const event: Json = isWhole ? said : { type: headers['ce-type'], time: headers['ce-time'], data: body };
      return made(textOf(event.type), event.time, event);
    }
  }
}

/** A row of an export. Undefined for a source that is none of the seven, such as one that was added by hand. */
export function rowEvent(row: {
  readonly source: string;
  readonly type: string;
  readonly at: string;
  readonly metadata: unknown;
}): FourKeysEvent | undefined {
  const isMock = row.source.endsWith('mock');
  const named = row.source.replace(/mock$/, '').toLowerCase().replace(/-/g, '_');
  const system = systems.find(one => one === named);
  return system && { system, type: row.type, at: timeOf(row.at), metadata: row.metadata, isMock };
}

/** A message of Pub/Sub, as Four Keys' own topics and Cloud Build's carry events to a push subscription. */
export interface Envelope {
  readonly headers: Headers;
  readonly body: string;
  readonly isCloudBuild: boolean;
}

/** Undefined where the body is no such message. */
export function envelopeOf(body: unknown): Envelope | undefined {
  const message = objectOf(objectOf(body).message);
  if (typeof message.data !== 'string') return undefined;
  const attributes = objectOf(message.attributes);
  const carried = headersIn(attributes.headers);
  return {
    headers: carried,
    body: Buffer.from(message.data, 'base64').toString('utf8').trim(),
    isCloudBuild: attributes.buildId !== undefined,
  };
}

/** The handler published the headers of what it took as JSON, by their names as sent. */
function headersIn(attribute: unknown): Headers {
  try {
    const said = objectOf(JSON.parse(textOf(attribute) || '{}'));
    return Object.fromEntries(Object.entries(said).map(([name, value]) => [name.toLowerCase(), textOf(value)]));
  } catch {
    return {};
  }
}

/** In any of the spellings of the seven, or of an export. */
export const timeOf = (said: unknown): string => {
  if (typeof said !== 'string') return '';
  const known = gitlabTime(said);
  if (known !== undefined) return known;
  const at = new Date(said);
  return /^\d{4}-\d\d-\d\dT/.test(said) && !Number.isNaN(at.getTime()) ? at.toISOString() : '';
};

/** Names a delivery by what it holds: GitLab's and PagerDuty's events had a new signature at every redelivery. */
export const deliveryOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
