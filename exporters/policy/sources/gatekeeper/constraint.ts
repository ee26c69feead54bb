/** Constraints and their templates as the Kubernetes API has them: what they do, and what the last audit left in their status. */
import type { Enforcement } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { instantOf } from './entry.ts';
import { messageOf, policyOf, severityIn, strongest, titleIn, type Violation, wordsOf } from './violation.ts';

export const constraintGroup = 'constraints.gatekeeper.sh';
export const templateGroup = 'templates.gatekeeper.sh';

export interface Constraint {
  readonly policy: string;
  readonly kind: string;
  readonly title?: string;
  /** Of its annotations, else of its labels. */
  readonly severity?: string;
  /** What becomes of a request that violates it. */
  readonly enforcement: Enforcement;
  /** The audit that its status is of; absent where none has been. */
  readonly auditedAt?: string;
  readonly violations: readonly Violation[];
  /** All that the audit found; absent in the status of old versions. */
  readonly total?: number;
  /** Violations that could not be read. */
  readonly rejected: number;
  /** Why its status is not to be believed wholly. */
  readonly reason?: string;
}

export interface Template {
  /** The kind of the constraints that are made of it. */
  readonly kind: string;
  readonly title?: string;
}

const groupOf = ({ apiVersion }: JsonObject): string => String(apiVersion ?? '').split('/')[0] ?? '';
export const isConstraint = (object: JsonObject): boolean => groupOf(object) === constraintGroup;
export const isTemplate = (object: JsonObject): boolean => groupOf(object) === templateGroup;

/** Where requests are refused or warned of. */
const admission = new Set(['validation.gatekeeper.sh', 'vap.k8s.io', '*']);
/** `--constraint-violations-limit` unless given: a list of so many may be cut where nothing says how many there are. */
const usualLimit = 20;

/** None in the spec is deny; a scoped one does what it does at admission. */
export function admissionEnforcement(spec: JsonObject): Enforcement {
  const action = wordOf(spec.enforcementAction, 50) ?? 'deny';
  if (action !== 'scoped') return strongest([action]);
  return strongest(
    listOf(spec.scopedEnforcementActions)
      .map(objectOf)
      .filter(({ enforcementPoints }) =>
        listOf(enforcementPoints).some(point => admission.has(String(objectOf(point).name))),
      )
      .map(({ action: own }) => own),
  );
}

export function readTemplate(object: JsonObject): Template | undefined {
  const metadata = objectOf(object.metadata);
  const names = objectOf(objectOf(objectOf(objectOf(object.spec).crd).spec).names);
  const kind = wordOf(names.kind, 200);
  const title = titleIn(wordsOf(metadata.annotations));
  return kind === undefined ? undefined : { kind, ...(title === undefined ? {} : { title }) };
}

export function readConstraint(object: JsonObject): Constraint | undefined {
  const metadata = objectOf(object.metadata);
  const policy = policyOf(object.kind, metadata.name);
  if (policy === undefined) return undefined;
  const spec = objectOf(object.spec);
  const status = objectOf(object.status);
  const annotations = wordsOf(metadata.annotations);
  const [title, severity] = [titleIn(annotations), severityIn(annotations, wordsOf(metadata.labels))];
  const words = { ...(title === undefined ? {} : { title }), ...(severity === undefined ? {} : { severity }) };
  const listed = listOf(status.violations);
  const violations = listed.flatMap(each => statusViolation(each, policy, words) ?? []);
  const total = Number.isSafeInteger(status.totalViolations) ? (status.totalViolations as number) : undefined;
  const auditedAt = instantOf(status.auditTimestamp);
  const reason = isIdle(status)
    ? 'constraint_not_enforced'
    : violations.length < listed.length
      ? 'records_rejected'
      : total === undefined && listed.length >= usualLimit
        ? 'total_unknown'
        : undefined;
  return {
    ...{ policy, kind: String(object.kind), ...words, enforcement: admissionEnforcement(spec), violations },
    ...(auditedAt === undefined ? {} : { auditedAt }),
    ...(total === undefined ? {} : { total }),
    rejected: listed.length - violations.length,
    ...(reason === undefined ? {} : { reason }),
  };
}

function statusViolation(value: unknown, policy: string, words: Pick<Violation, 'title' | 'severity'>) {
  if (!isObject(value)) return undefined;
  const kind = wordOf(value.kind, 200);
  const name = wordOf(value.name, 300);
  if (kind === undefined || name === undefined) return undefined;
  const message = messageOf(value.message);
  const violation: Violation = {
    ...{ policy, ...words, kind, name, namespace: wordOf(value.namespace, 300) ?? '' },
    ...{ action: wordOf(value.enforcementAction, 50), actions: listOf(value.enforcementActions) },
    ...(message === undefined ? {} : { message }),
  };
  return violation;
}

/** A pod that audits has not taken it in, or could not. */
const isIdle = ({ byPod }: JsonObject): boolean =>
  listOf(byPod)
    .map(objectOf)
    .some(
      ({ operations, enforced, errors }) =>
        listOf(operations).includes('audit') && (enforced === false || listOf(errors).length > 0),
    );
