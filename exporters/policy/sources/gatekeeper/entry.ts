/**
 * What one object of a log or of an export says. Names of fields: Gatekeeper's pkg/logging/logging.go, pkg/audit/manager.go
 * (logStart, logViolation, logConstraint, logFinish), pkg/webhook/policy.go (--log-denies) and pkg/export/util/util.go.
 */
import { type JsonObject, listOf, wordOf } from '../../../formats/json.ts';
import type { ReadLine } from './lines.ts';
import { messageOf, policyOf, severityIn, titleIn, type Violation, wordsOf } from './violation.ts';

/** Where it was said: the log counts violations of a constraint, an export does not. */
export type Origin = 'log' | 'export';

export type AuditEntry = { readonly run: string; readonly origin: Origin } & (
  | { readonly type: 'started' | 'finished' }
  /** How many violations a constraint has, by its audit. */
  | { readonly type: 'total'; readonly policy: string; readonly violations: number }
  /** `stamp` tells two violations apart that say the same. */
  | { readonly type: 'violation'; readonly violation: Violation; readonly stamp: string }
  /** Objects of a kind that were not audited, for they could not be listed. */
  | { readonly type: 'unlisted'; readonly kind: string }
  | { readonly type: 'incomplete'; readonly reason: string }
);

export interface Denial {
  readonly type: 'denial';
  readonly id: readonly string[];
  readonly at: string;
  readonly violation: Violation;
}

export type Entry =
  | AuditEntry
  | Denial
  | { readonly type: 'broken'; readonly reason: string; readonly field: string; readonly value: string }
  /** Gatekeeper's, and nothing of ours. */
  | { readonly type: 'other' };

const earliest = Date.UTC(2000, 0);

/** ISO 8601 in UTC; undefined for what is no time of a log. */
export function instantOf(value: unknown): string | undefined {
  const ms = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? timeOf(value) : Number.NaN;
  return ms >= earliest && ms <= Date.UTC(9999, 0) ? new Date(ms).toISOString() : undefined;
}

/** RFC 3339, or zap's own `2006-01-02T15:04:05.000-0700`, or seconds since 1970 as text. */
const timeOf = (text: string): number =>
  /^\d{9,11}(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));

const broken = (reason: string, field: string, value: unknown): Entry => ({
  ...{ type: 'broken', reason, field },
  value: (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 200),
});

/** Undefined where it is none of Gatekeeper's. */
export function entryOf({ value, at }: ReadLine): Entry | undefined {
  if (typeof value.eventType === 'string' || isMarker(value)) return exported(value, at);
  const type = value.event_type;
  if (type === undefined && typeof value.audit_id === 'string' && typeof value.error === 'string')
    return failure(value);
  if (typeof type !== 'string') return 'msg' in value || 'audit_id' in value ? { type: 'other' } : undefined;
  if (type === 'violation') return logged(value, at);
  if (!/^(audit_started|audit_finished|constraint_audited|violation_audited)$/.test(type)) return { type: 'other' };
  const run = instantOf(value.audit_id);
  if (run === undefined) return broken('missing_audit_id', 'audit_id', value.audit_id);
  const own = { run, origin: 'log' } as const;
  if (type === 'audit_started') return { type: 'started', ...own };
  if (type === 'audit_finished') return { type: 'finished', ...own };
  if (type === 'constraint_audited') {
    const policy = policyOf(value.constraint_kind, value.constraint_name);
    if (policy === undefined) return broken('missing_constraint', 'constraint_name', value.constraint_name);
    const violations = countOf(value.constraint_violations);
    if (violations === undefined) return broken('bad_violations', 'constraint_violations', value.constraint_violations);
    return { type: 'total', ...own, policy, violations };
  }
  const violation = loggedViolation(value);
  if (typeof violation === 'string') return brokenViolation(violation, value);
  return { type: 'violation', ...own, violation, stamp: String(value.ts ?? at ?? '') };
}

const countOf = (value: unknown): number | undefined => {
  const count = typeof value === 'number' ? value : /^\d{1,15}$/.test(String(value)) ? Number(value) : Number.NaN;
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
};

/** An export tells the beginning and the end of an audit by its message alone. */
const isMarker = ({ id, message }: JsonObject): boolean =>
  typeof id === 'string' && (message === 'audit is started' || message === 'audit is completed');

const isRead = ({ kind, policy }: { readonly kind: string | undefined; readonly policy: string | undefined }) =>
  policy === undefined ? 'missing_constraint' : kind === undefined ? 'missing_resource' : undefined;

function brokenViolation(reason: string, value: JsonObject): Entry {
  return broken(reason, reason === 'missing_constraint' ? 'constraint' : 'resource', value);
}

function loggedViolation(value: JsonObject): Violation | string {
  const policy = policyOf(value.constraint_kind, value.constraint_name);
  const kind = wordOf(value.resource_kind, 200);
  const fault = isRead({ kind, policy });
  if (fault !== undefined) return fault;
  return violationOf(policy!, kind!, {
    ...{ annotations: value.constraint_annotations, labels: value.resource_labels, message: value.msg },
    ...{ action: value.constraint_action, actions: value.constraint_enforcement_actions },
    ...{ namespace: value.resource_namespace, name: value.resource_name },
  });
}

function exportedViolation(value: JsonObject): Violation | string {
  const policy = policyOf(value.kind, value.name);
  const kind = wordOf(value.resourceKind, 200);
  const fault = isRead({ kind, policy });
  if (fault !== undefined) return fault;
  return violationOf(policy!, kind!, {
    ...{ annotations: value.constraintAnnotations, labels: value.resourceLabels, message: value.message },
    ...{ action: value.enforcementAction, actions: value.enforcementActions },
    ...{ namespace: value.resourceNamespace, name: value.resourceName },
  });
}

interface Fields {
  readonly annotations: unknown;
  readonly labels: unknown;
  readonly message: unknown;
  readonly action: unknown;
  readonly actions: unknown;
  readonly namespace: unknown;
  readonly name: unknown;
}

function violationOf(policy: string, kind: string, fields: Fields): Violation {
  const annotations = wordsOf(fields.annotations);
  const [title, severity, message] = [titleIn(annotations), severityIn(annotations), messageOf(fields.message)];
  return {
    policy,
    ...(title === undefined ? {} : { title }),
    ...(severity === undefined ? {} : { severity }),
    action: wordOf(fields.action, 50),
    actions: listOf(fields.actions),
    kind,
    namespace: wordOf(fields.namespace, 300) ?? '',
    name: wordOf(fields.name, 300) ?? '',
    labels: wordsOf(fields.labels),
    ...(message === undefined ? {} : { message }),
  };
}

/** A request that `--log-denies` told of. It has no id of its own: its time and words are. */
function logged(value: JsonObject, wrapped: string | undefined): Entry {
  const at = instantOf(value.ts) ?? instantOf(wrapped);
  if (at === undefined) return broken('missing_time', 'ts', value.ts);
  const read = loggedViolation(value);
  if (typeof read === 'string') return brokenViolation(read, value);
  const message = read.message?.replace(/^denied admission: /, '');
  const violation = { ...read, ...(message === undefined ? {} : { message }) };
  return {
    ...{ type: 'denial', at, violation },
    id: [String(value.ts ?? wrapped), String(value.request_username ?? ''), ...wordsOfSubject(violation)],
  };
}

const wordsOfSubject = ({ policy, kind, namespace, name, message = '' }: Violation): readonly string[] => [
  ...[policy, kind, namespace, name, message],
];

function exported(value: JsonObject, wrapped: string | undefined): Entry {
  const { eventType, id, message, timestamp } = value;
  if (eventType === 'violation_admission') {
    // Nobody meant it: `kubectl apply --dry-run=server`.
    if (value.dryRun === true) return { type: 'other' };
    const at = instantOf(timestamp) ?? instantOf(wrapped);
    if (at === undefined) return broken('missing_time', 'timestamp', timestamp);
    const violation = exportedViolation(value);
    if (typeof violation === 'string') return brokenViolation(violation, value);
    return { type: 'denial', at, violation, id: [wordOf(id, 300) ?? at, ...wordsOfSubject(violation)] };
  }
  if (eventType !== undefined && eventType !== 'violation_audited') return { type: 'other' };
  const run = instantOf(id);
  if (run === undefined) return broken('missing_audit_id', 'id', id);
  const own = { run, origin: 'export' } as const;
  if (eventType === undefined) return { type: message === 'audit is started' ? 'started' : 'finished', ...own };
  const violation = exportedViolation(value);
  return typeof violation === 'string'
    ? brokenViolation(violation, value)
    : { type: 'violation', ...own, violation, stamp: '' };
}

/** Failures that leave the list of violations whole: of exports, of metrics, of the writing of a status. */
const harmless = /^(failed to (export|report)|could not (update|get)|error while listing constraints)/;
const unlisted = /^Unable to (list objects|create parentDir)/;

/** Errors after which an audit goes on without what it could not look at, and says at its end that it is complete. */
function failure(value: JsonObject): Entry {
  const run = instantOf(value.audit_id);
  const message = String(value.msg ?? '');
  if (run === undefined || harmless.test(message)) return { type: 'other' };
  const own = { run, origin: 'log' } as const;
  const kind = wordOf(value.kind, 200);
  if (unlisted.test(message) && kind !== undefined && value.group !== 'constraints.gatekeeper.sh')
    return { type: 'unlisted', ...own, kind };
  return {
    ...{ type: 'incomplete', ...own },
    reason: /APIService/.test(message) ? 'api_group_unavailable' : 'objects_not_reviewed',
  };
}
