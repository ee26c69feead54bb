/**
 * Requests that Kyverno refused, or would have: its reports hold what was let in alone. Sources: pkg/event of
 * kyverno/kyverno; Event of core/v1 and of events.k8s.io/v1, which are the same objects in other words.
 */
import { z } from 'zod';
import { policyId } from './engine.ts';
import type { ReportedResource } from './report.ts';
import { typeOf, type Untyped } from './untyped.ts';

/** An event as it is kept between two readings. */
export interface ViolationEvent {
  readonly uid: string;
  /** How often it has happened: later ones count up, and are no events of their own. */
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** `NAME` or `NAMESPACE/NAME`, as results name it. */
  readonly name: string;
  readonly rule: string;
  readonly policy: string;
  readonly resource: ReportedResource;
  readonly isBlocked: boolean;
  readonly message: string;
}

const text = z.string().nullish().catch(undefined);
const reference = z.looseObject({ kind: text, namespace: text, name: text }).nullish().catch(undefined);
const count = z.number().nullish().catch(undefined);
const schema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: text, uid: text, creationTimestamp: text }),
  reason: text,
  action: text,
  regarding: reference,
  involvedObject: reference,
  related: reference,
  note: text,
  message: text,
  reportingController: text,
  reportingComponent: text,
  source: z.looseObject({ component: text }).nullish().catch(undefined),
  deprecatedSource: z.looseObject({ component: text }).nullish().catch(undefined),
  eventTime: text,
  firstTimestamp: text,
  lastTimestamp: text,
  deprecatedFirstTimestamp: text,
  deprecatedLastTimestamp: text,
  count,
  deprecatedCount: count,
  series: z.looseObject({ count, lastObservedTime: text }).nullish().catch(undefined),
});

export const isEvent = (object: Untyped): boolean => {
  const { apiVersion, group, kind } = typeOf(object);
  return kind === 'Event' && (apiVersion === 'v1' || group === 'events.k8s.io');
};

/** `Pod shop/cart: [check-image] fail (blocked); not signed`. */
const told =
  /^(?<kind>\S+) (?:(?<namespace>[^\s/]+)\/)?(?<name>[^\s:]*): (?:\[(?<rule>[^\]]*)\] )?(?<status>fail|error|warn)/;
const policyKinds = /^(Cluster)?Policy$|^(Namespaced)?\w+Policy$/;

/** Undefined where it tells of no request that violates a policy: another reason, or what a background scan found. */
export function readEvent(object: Readonly<Record<string, unknown>>): ViolationEvent | undefined {
  const { data } = schema.safeParse(object);
  if (data?.reason !== 'PolicyViolation') return undefined;
  const about = data.regarding ?? data.involvedObject;
  if (!about?.name || !policyKinds.test(about.kind ?? '')) return undefined;
  const controller =
    data.reportingController ||
    data.reportingComponent ||
    data.source?.component ||
    data.deprecatedSource?.component ||
    '';
  const message = data.note ?? data.message ?? '';
  const isBlocked = data.action === 'Resource Blocked' || /\((blocked|request blocked)\)/.test(message);
  // What a scan finds stands in the reports.
  if (!isBlocked && controller !== 'kyverno-admission') return undefined;
  const { kind, namespace, name, rule = '' } = told.exec(message)?.groups ?? {};
  const { related, metadata } = data;
  const firstAt = [
    ...[data.eventTime, data.firstTimestamp, data.deprecatedFirstTimestamp],
    metadata.creationTimestamp,
  ].find(isTime);
  if (firstAt === undefined) return undefined;
  const own = about.namespace ? `${about.namespace}/${about.name}` : about.name;
  return {
    uid: metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`,
    count: Math.max(1, Math.floor(data.series?.count ?? data.count ?? data.deprecatedCount ?? 1)),
    firstAt,
    lastAt: [data.series?.lastObservedTime, data.lastTimestamp, data.deprecatedLastTimestamp].find(isTime) ?? firstAt,
    name: own,
    rule,
    policy: policyId(own, rule, /^(Cluster)?Policy$/.test(about.kind ?? '') ? 'kyverno' : `Kyverno${about.kind}`),
    resource: {
      kind: related?.kind ?? kind ?? '',
      namespace: related?.namespace ?? namespace ?? '',
      name: related?.name ?? name ?? '',
    },
    isBlocked,
    message: message.slice(0, 2_000),
  };
}

const isTime = (value: string | null | undefined): value is string => !Number.isNaN(Date.parse(value ?? ''));
