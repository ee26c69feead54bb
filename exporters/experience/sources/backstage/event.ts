/**
 * A record as Backstage's generic HTTP analytics module posts it: an array of `{event: {action, subject, value,
 * attributes, context}, timestamp, user, sessionId, teamMetadata}` (@pfeifferj/backstage-plugin-analytics-generic; its
 * first versions said userId), or of events with a timestamp of their own, as modules that are made after
 * backstage.io/docs/plugins/analytics send. What teamMetadata says of the user is never looked at.
 */
import { z } from 'zod';
import type { UsageAction, UsageEvent } from '../../usage/told.ts';

const eventSchema = z.looseObject({
  action: z.string(),
  subject: z.unknown().optional(),
  value: z.unknown().optional(),
  attributes: z.unknown().optional(),
  context: z.unknown().optional(),
});

const recordSchema = z.looseObject({ timestamp: z.unknown().optional() });
const timeSchema = z.union([z.string(), z.number()]);

const actions: readonly string[] = ['navigate', 'click', 'create', 'search', 'discover'] satisfies UsageAction[];

export type EventFault = 'no_event' | 'no_time';

/** An event with the time that its browser's clock says; or what is wrong with it. */
export function readEvent(record: unknown): UsageEvent | EventFault {
  const outer = recordSchema.safeParse(record);
  const inner = eventSchema.safeParse(outer.data?.event ?? record);
  if (!inner.success || !outer.success) return 'no_event';
  const time = timeSchema.safeParse(outer.data.timestamp);
  const at = new Date(time.data ?? Number.NaN);
  if (Number.isNaN(at.getTime())) return 'no_time';
  const { action, value } = inner.data;
  const context = objectOf(inner.data.context);
  const subject = textOf(inner.data.subject) ?? '';
  const plugin = name(context.pluginId) ?? 'root';
  const entity = textOf(context.entityRef) ?? textOf(objectOf(inner.data.attributes).entityRef);
  const documentation = plugin === 'techdocs' ? (entity ?? entityOfPath(subject)) : undefined;
  const isView = action === 'navigate' && documentation !== undefined;
  const user = textOf(outer.data.user) ?? textOf(outer.data.userId);
  const route = name(context.routeRef) ?? name(context.extensionId);
  const extension = name(context.extension);
  const seen = isView ? documentation : entity;
  return {
    // The module tries again with the very same records. A session and milliseconds tell apart what else is alike.
    id: JSON.stringify([outer.data.timestamp, user, outer.data.sessionId, inner.data]),
    occurredAt: at.toISOString(),
    action: isView ? 'view' : actions.includes(action) ? (action as UsageAction) : 'other',
    ...{ plugin, subject },
    ...(route === undefined ? {} : { route }),
    ...(extension === undefined ? {} : { extension }),
    ...(seen === undefined ? {} : { entity: seen }),
    ...(user === undefined ? {} : { user }),
    ...(action === 'search' && typeof value === 'number' && value >= 0 ? { results: value } : {}),
  };
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const longest = 2_000;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest) : undefined;

/** Ids of plug-ins, routes and extensions; what looks like another thing, such as an address, is not kept. */
const name = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text === undefined ? undefined : /^[a-z0-9][\w.:/-]{0,99}$/i.test(text) ? text : 'other';
};

/** /docs/NAMESPACE/KIND/NAME/…, the route of a reader page. */
function entityOfPath(path: string): string | undefined {
  const [, namespace, kind, entity] = /^\/docs\/([\w.-]+)\/([\w.-]+)\/([\w.-]+)/.exec(path) ?? [];
  return entity === undefined ? undefined : `${kind}:${namespace}/${entity}`;
}
