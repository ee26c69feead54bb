/** Lines as Gatekeeper 3.23 writes them: zap's production encoder, names of fields by its pkg/logging. */

export interface Subject {
  readonly constraint?: readonly [kind: string, name: string];
  readonly action?: string;
  readonly actions?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly msg?: string;
}

let microseconds = 0;
const stamp = (at: string): number => {
  microseconds += 1;
  return Date.parse(at) / 1000 + microseconds / 1e6;
};

const line = (at: string, msg: string, more: object): string =>
  JSON.stringify({ level: 'info', ts: stamp(at), logger: 'controller', msg, process: 'audit', audit_id: at, ...more });

export const started = (at: string): string =>
  line(at, 'auditing constraints and violations', { event_type: 'audit_started', semantic: true });
export const finished = (at: string): string =>
  line(at, 'auditing is complete', { event_type: 'audit_finished', semantic: true, duration: '2.1s' });

const about = ({
  constraint: [kind, name] = ['K8sContainerLimits', 'container-must-have-limits'],
  action = 'deny',
}: Subject) => ({
  ...{ constraint_group: 'constraints.gatekeeper.sh', constraint_api_version: 'v1beta1', constraint_kind: kind },
  ...{ constraint_name: name, constraint_namespace: '', constraint_action: action },
});
const resource = ({ kind = 'Pod', namespace = 'shop', name = 'cart' }: Subject) => ({
  ...{ resource_group: '', resource_api_version: 'v1', resource_kind: kind },
  ...{ resource_namespace: namespace, resource_name: name },
});

/** The totals of an audit are text. */
export const total = (at: string, violations: number, subject: Subject = {}): string =>
  line(at, 'audit results for constraint', {
    ...{ event_type: 'constraint_audited', semantic: true, ...about(subject) },
    ...{ constraint_status: 'enforced', constraint_violations: String(violations) },
  });

export const violation = (at: string, subject: Subject = {}): string =>
  line(at, subject.msg ?? 'container <main> has no resource limits', {
    ...{ details: {}, event_type: 'violation_audited', semantic: true, ...about(subject) },
    constraint_enforcement_actions: subject.actions ?? [],
    constraint_annotations: subject.annotations ?? {},
    ...{ ...resource(subject), resource_labels: subject.labels ?? {} },
  });

export const failure = (at: string, msg: string, more: object = {}): string =>
  line(at, msg, { level: 'error', error: 'the server is currently unable to handle the request', ...more });

export const denial = (at: string, subject: Subject = {}, username = 'ci'): string =>
  JSON.stringify({
    ...{ level: 'info', ts: stamp(at), logger: 'webhook', msg: `denied admission: ${subject.msg ?? 'no limits'}` },
    ...{ hookType: 'validation', semantic: true, process: 'admission', details: {}, event_type: 'violation' },
    ...{ ...about(subject), constraint_namespace: undefined, constraint_enforcement_actions: subject.actions ?? null },
    ...{ ...resource(subject), request_username: username },
  });

/** A whole audit of the constraints' violations; `totals` where it counted others than it lists. */
export function audit(
  at: string,
  subjects: readonly Subject[],
  { totals = {} }: { totals?: Record<string, number> } = {},
) {
  const byName = Map.groupBy(subjects, subject => about(subject).constraint_name);
  return [
    started(at),
    ...subjects.map(subject => violation(at, subject)),
    ...[...byName].map(([name, own]) => total(at, totals[name] ?? own.length, own[0])),
    finished(at),
  ];
}

export const text = (...lines: readonly (string | readonly string[])[]): string => `${lines.flat().join('\n')}\n`;
