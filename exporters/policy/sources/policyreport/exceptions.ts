/**
 * Exceptions that someone allowed, and until when. Sources: kyverno.io v2alpha1 to v2 and policies.kyverno.io v1alpha1 to
 * v1 PolicyException (the latter with `expiresAt` and `properties`), `cleanup.kyverno.io/ttl` of the cleanup controller.
 */
import { z } from 'zod';
import { withoutAutogen } from './engine.ts';
import { typeOf, type Untyped } from './untyped.ts';

/** An exception as it is kept between two readings. */
export interface KnownException {
  /** `NAMESPACE/NAME`, behind `policies.kyverno.io:` where it is of that group. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly createdAt?: string;
  readonly expiresAt?: string;
  readonly reason?: string;
  readonly approvedBy?: string;
  /** Policies, as results name them, and rules of them; '*' and '?' are wildcards. Without rules, all of it. */
  readonly policies: readonly { readonly name: string; readonly rules?: readonly string[] }[];
  /** For people: kinds, names and namespaces that it is for; '' for all. */
  readonly resource: string;
  /** Namespaces of the resources that it is for, without wildcards; none where it doesn't say. */
  readonly namespaces: readonly string[];
}

const text = z.string().nullish().catch(undefined);
const words = z.array(z.string()).nullish().catch(undefined);
const texts = z.record(z.string(), z.unknown()).nullish().catch(undefined);
const filtersSchema = z
  .array(
    z.looseObject({
      resources: z.looseObject({ kinds: words, names: words, name: text, namespaces: words }).nullish(),
    }),
  )
  .nullish()
  .catch(undefined);
const schema = z.looseObject({
  apiVersion: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: text,
    creationTimestamp: text,
    labels: texts,
    annotations: texts,
  }),
  spec: z.looseObject({
    exceptions: z.array(z.looseObject({ policyName: z.string(), ruleNames: words })).nullish(),
    policyRefs: z.array(z.looseObject({ name: z.string() })).nullish(),
    match: z.looseObject({ any: filtersSchema, all: filtersSchema }).nullish().catch(undefined),
    matchConditions: z
      .array(z.looseObject({ expression: text }))
      .nullish()
      .catch(undefined),
    expiresAt: text,
    properties: texts,
  }),
});
type Whole = z.infer<typeof schema>;

export const isException = (object: Untyped): boolean => {
  const { group, kind } = typeOf(object);
  return kind === 'PolicyException' && (group === 'kyverno.io' || group === 'policies.kyverno.io');
};

/** Undefined where it is no exception by its shape. */
export function readException(object: Readonly<Record<string, unknown>>): KnownException | undefined {
  const { data } = schema.safeParse(object);
  if (data === undefined) return undefined;
  const { metadata, spec } = data;
  const namespace = metadata.namespace ?? '';
  const group = data.apiVersion.startsWith('policies.') ? 'policies.kyverno.io:' : '';
  const createdAt = timeOf(metadata.creationTimestamp);
  const expiresAt = expiryOf(data);
  const reason = word(data, /^(reason|justification|description|ticket)$/);
  const approvedBy = word(data, /^(approved-?by|approver|owner|requested-?by|author)$/);
  const { resource, namespaces } = matchOf(data);
  return {
    id: `${group}${namespace === '' ? '' : `${namespace}/`}${metadata.name}`,
    name: metadata.name,
    namespace,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(reason === undefined ? {} : { reason }),
    ...(approvedBy === undefined ? {} : { approvedBy }),
    policies: [
      ...(spec.exceptions ?? []).map(({ policyName, ruleNames }) => ({
        name: policyName,
        ...(ruleNames ? { rules: [...new Set(ruleNames.map(withoutAutogen))] } : {}),
      })),
      ...(spec.policyRefs ?? []).map(({ name }) => ({ name })),
    ],
    resource,
    namespaces,
  };
}

/** A word about it, by the last part of a property's or an annotation's name: `acme.io/approved-by`. */
function word({ metadata, spec }: Whole, name: RegExp): string | undefined {
  for (const map of [spec.properties, metadata.annotations, metadata.labels])
    for (const [key, value] of Object.entries(map ?? {}))
      if (typeof value === 'string' && value.trim() !== '' && name.test(key.split('/').at(-1)?.toLowerCase() ?? ''))
        return value.trim().slice(0, 500);
  return undefined;
}

const expiryName = /^(expires?(-?(at|on))?|expiry(-?date)?|expiration(-?date)?|valid-?until)$/;
const ttlLabel = 'cleanup.kyverno.io/ttl';

function expiryOf(whole: Whole): string | undefined {
  const { metadata, spec } = whole;
  const dated = timeOf(spec.expiresAt) ?? timeOf(word(whole, expiryName));
  if (dated !== undefined) return dated;
  // A label can't hold a colon: a duration since it was made, or 2026-10-01T120000Z.
  const ttl = metadata.labels?.[ttlLabel];
  if (typeof ttl !== 'string') return undefined;
  const compact = /^(\d{4}-\d{2}-\d{2}T\d{2})(\d{2})(\d{2}Z)$/.exec(ttl);
  const seconds = secondsOf(ttl);
  const created = Date.parse(metadata.creationTimestamp ?? '');
  if (seconds !== undefined && !Number.isNaN(created)) return new Date(created + seconds * 1000).toISOString();
  return timeOf(compact ? compact.slice(1).join(':') : ttl);
}

/** A day's exception holds to its end. */
function timeOf(value: string | null | undefined): string | undefined {
  const trimmed = value?.trim() ?? '';
  if (!/^\d{4}-\d{2}-\d{2}/.test(trimmed)) return undefined;
  const isDay = trimmed.length === 10;
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(trimmed.slice(10));
  const time = Date.parse(isDay ? `${trimmed}T23:59:59Z` : hasZone ? trimmed : `${trimmed.replace(' ', 'T')}Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };
function secondsOf(duration: string): number | undefined {
  if (!/^(\d+[smhdwy])+$/.test(duration)) return undefined;
  let seconds = 0;
  for (const [, amount, unit = ''] of duration.matchAll(/(\d+)([smhdwy])/g))
    seconds += Number(amount) * (units[unit] ?? 0);
  return seconds;
}

function matchOf({ spec: { match, matchConditions } }: Whole) {
  const filters = [...(match?.any ?? []), ...(match?.all ?? [])].flatMap(({ resources }) =>
    resources ? [resources] : [],
  );
  const namespaces = [...new Set(filters.flatMap(filter => filter.namespaces ?? []))];
  const parts = filters.map(({ kinds, names, name, namespaces: own }) =>
    [own, kinds, names ?? (name ? [name] : undefined)]
      .map(list => (list && list.length > 0 ? list.join(',') : '*'))
      .join('/'),
  );
  const conditions = (matchConditions ?? []).flatMap(({ expression }) => expression ?? []);
  return {
    resource: [...new Set([...parts, ...conditions])]
      .filter(part => part !== '*/*/*')
      .join(' ')
      .slice(0, 500),
    namespaces: namespaces.filter(each => !/[*?]/.test(each)),
  };
}
