/**
 * The cluster prod-eu: what `kubectl get ns,cpol,polex,polr,events -A -o json` printed on Mondays. Its policies go from
 * Audit to Enforce one after the other; limits went badly, were withdrawn within days, and came again.
 */
import { chance, dayMs } from '../chance.ts';
import { services } from '../world.ts';
import { type Episode, enforced, episodesOf, isOpen, mondays, type Span, storyDay, tuesday } from './story.ts';

export const cluster = 'prod-eu';

interface DemoPolicy {
  readonly name: string;
  readonly rule: string;
  readonly title: string;
  readonly severity: 'high' | 'medium' | 'info';
  /** Days from the story: in force from, and up to. */
  readonly inForce: readonly (readonly [from: number, to?: number])[];
  readonly warns?: true;
  /** From this day of the story on nobody violates it any more. */
  readonly cleanFrom?: number;
}

const policies: readonly DemoPolicy[] = [
  ...(
    [
      ['disallow-privileged-containers', 'privileged-containers', 'Disallow Privileged Containers', 'high', [[-700]]],
      ['disallow-host-namespaces', 'host-namespaces', 'Disallow Host Namespaces', 'high', [[-330]]],
      ['require-run-as-nonroot', 'run-as-non-root', 'Require runAsNonRoot', 'medium', [[-230]]],
      ['restrict-image-registries', 'validate-registries', 'Restrict Image Registries', 'medium', [[-140]]],
      ['require-requests-limits', 'validate-resources', 'Require Limits and Requests', 'medium', [[-75, -66], [-25]]],
      ['require-labels', 'check-for-labels', 'Require Labels', 'info', []],
      ['restrict-automount-sa-token', 'validate-automount', 'Restrict Auto-Mount of Tokens', 'medium', []],
    ] as const
  ).map(([name, rule, title, severity, inForce]) => ({ name, rule, title, severity, inForce })),
  {
    ...{
      name: 'secrets-not-from-env-vars',
      rule: 'secrets-not-from-env-vars',
      title: 'Disallow Secrets from Env Vars',
    },
    ...{ severity: 'medium', inForce: [], warns: true },
  },
  {
    ...{ name: 'require-ingress-https', rule: 'has-tls', title: 'Require Ingress HTTPS', severity: 'medium' },
    ...{ inForce: [], cleanFrom: -38 },
  },
];

const workloads = services
  .filter(({ provider }) => provider !== 'Microsoft')
  .flatMap(({ name, team, provider }) =>
    (provider === 'AWS' ? [name, `${name}-worker`] : [name]).map(workload => ({ workload, service: name, team })),
  );

interface DemoException {
  readonly name: string;
  readonly service: string;
  readonly policy: string;
  readonly created: number;
  readonly approvedBy?: string;
  /** Days of the story, or from each Monday on for one that is renewed each time. */
  readonly expires?: number;
  readonly renewed?: number;
  /** Up to this day of the story it is there. */
  readonly removed?: number;
}

const exceptions: readonly DemoException[] = [
  {
    ...{ name: 'vendor-image', service: 'ledger', policy: 'restrict-image-registries', created: -130 },
    ...{ approvedBy: 'ada@acme.example', expires: 420 },
  },
  {
    ...{ name: 'spark-limits', service: 'event-pipeline', policy: 'require-requests-limits', created: -60 },
    ...{ approvedBy: 'grace@acme.example', renewed: 11 },
  },
  {
    ...{ name: 'gpu-driver', service: 'training', policy: 'disallow-privileged-containers', created: -300 },
    ...{ approvedBy: 'linus@acme.example', expires: -32 },
  },
  { name: 'for-now', service: 'indexer', policy: 'require-run-as-nonroot', created: -220 },
  {
    ...{ name: 'migration', service: 'cart', policy: 'disallow-host-namespaces', created: -210 },
    ...{ approvedBy: 'ada@acme.example', expires: -120, removed: -118 },
  },
];

const inForceOf = ({ inForce }: DemoPolicy, story: Date): readonly Episode[] =>
  inForce.map(([from, to]) => ({
    from: tuesday(story, from),
    to: to === undefined ? Number.MAX_VALUE : tuesday(story, to),
  }));

/** Documents by file name, each of the Monday on which it was printed. */
export function kyvernoFiles(
  span: Span,
  story: Date,
): ReadonlyMap<string, { readonly at: Date; readonly text: string }> {
  const modes = new Map(policies.map(policy => [policy, inForceOf(policy, story)]));
  const spots = workloads.flatMap(workload =>
    policies.map(policy => {
      const key = `${cluster} ${workload.workload} ${policy.name}`;
      const lives = episodesOf(workload.team, key, story).map(({ from, to }) => ({
        from,
        to: Math.min(to, policy.cleanFrom === undefined ? to : storyDay(story, policy.cleanFrom - 9 * chance(key))),
      }));
      return { ...workload, policy, ...enforced(lives, modes.get(policy)!, chance('mended', key)) };
    }),
  );
  const byWorkload = [...Map.groupBy(spots, ({ workload }) => workload).values()];
  let before = span.from.getTime();
  const dumps = mondays(span, story, 5).map((at): [string, { at: Date; text: string }] => {
    const since = before;
    before = at.getTime();
    const held = exceptions.filter(one => isThere(one, at, story));
    const items = [
      ...[...new Set(workloads.map(({ service }) => service))].map(namespace),
      ...policies.map(policy => policyObject(policy, isOpen(modes.get(policy)!, at.getTime()))),
      ...held.map(one => exceptionObject(one, at, story)),
      ...byWorkload.map(own => reportObject(own, held, at)),
      ...spots.flatMap(spot => events(spot, modes.get(spot.policy)!, { since, at })),
    ];
    const text = `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items })}\n`;
    return [`${cluster}/${at.toISOString().slice(0, 10)}.json`, { at, text }];
  });
  return new Map(dumps);
}

const teamOf = new Map(services.map(({ name, team }) => [name, team]));
const namespace = (service: string) => ({
  ...{ apiVersion: 'v1', kind: 'Namespace' },
  metadata: { name: service, labels: { team: teamOf.get(service), service } },
});

const policyObject = ({ name, rule, title, severity, warns }: DemoPolicy, isInForce: boolean) => ({
  ...{ apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy' },
  metadata: { name, annotations: { 'policies.kyverno.io/title': title, 'policies.kyverno.io/severity': severity } },
  spec: {
    ...(warns ? { emitWarning: true } : {}),
    rules: [{ name: rule, validate: { failureAction: isInForce ? 'Enforce' : 'Audit' } }],
  },
});

const isThere = ({ created, removed }: DemoException, at: Date, story: Date) =>
  at.getTime() >= storyDay(story, created) &&
  at.getTime() < (removed === undefined ? Number.MAX_VALUE : storyDay(story, removed));

function exceptionObject(one: DemoException, at: Date, story: Date) {
  const { name, service, policy, created, approvedBy, expires, renewed } = one;
  const end = renewed !== undefined ? at.getTime() + renewed * dayMs : expires && storyDay(story, expires);
  return {
    ...{ apiVersion: 'kyverno.io/v2', kind: 'PolicyException' },
    metadata: {
      ...{ name, namespace: service, creationTimestamp: new Date(storyDay(story, created)).toISOString() },
      annotations: {
        ...(approvedBy === undefined ? {} : { 'acme.example/approved-by': approvedBy }),
        ...(end === undefined ? {} : { 'acme.example/expires': new Date(end).toISOString() }),
      },
    },
    spec: {
      exceptions: [{ policyName: policy, ruleNames: policies.filter(own => own.name === policy).map(own => own.rule) }],
      match: { any: [{ resources: { kinds: ['Pod', 'Deployment'], names: [`${service}*`], namespaces: [service] } }] },
    },
  };
}

interface Spot {
  readonly workload: string;
  readonly service: string;
  readonly policy: DemoPolicy;
  readonly kept: readonly Episode[];
  readonly refused: readonly Episode[];
}

/** Whose registry can't be asked. */
const isUnreachable = (service: string, policy: string) =>
  service === 'geo-index' && policy === 'restrict-image-registries';

function reportObject(spots: readonly Spot[], held: readonly DemoException[], at: Date) {
  const { workload, service } = spots[0]!;
  const results = spots.map(({ policy: { name, rule, severity }, kept }) => {
    const exception = held.find(one => one.service === service && one.policy === name);
    const isViolated = isOpen(kept, at.getTime());
    return {
      ...{ policy: name, rule, severity, source: 'kyverno', scored: true },
      result: exception ? 'skip' : isUnreachable(service, name) ? 'error' : isViolated ? 'fail' : 'pass',
      ...(exception
        ? { properties: { exceptions: exception.name } }
        : isViolated
          ? { message: `validation error: ${rule} failed` }
          : {}),
      timestamp: { seconds: Math.floor(at.getTime() / 1000) - 1800, nanos: 0 },
    };
  });
  return {
    ...{ apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport' },
    metadata: { name: `polr-${workload}`, namespace: service, labels: { 'app.kubernetes.io/managed-by': 'kyverno' } },
    scope: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: service, name: workload },
    results,
  };
}

/**
 * Requests that were refused since the report before: what is new, and whatever is deployed while it is violated still.
 * Those that a policy only warns of were let through.
 */
function events(
  { workload, service, policy: { name, rule, warns }, kept, refused }: Spot,
  inForce: readonly Episode[],
  { since, at }: { readonly since: number; readonly at: Date },
) {
  const isWithin = ({ from }: Episode) => from >= since && from < at.getTime();
  const warned = warns ? kept.filter(isWithin).map(({ from }) => from) : [];
  const tried = refused.filter(isWithin).map(({ from }) => from);
  for (let day = since; day < at.getTime(); day += dayMs) {
    const roll = chance('deployed', workload, name, day);
    const time = day + roll * dayMs;
    if (time >= at.getTime() || roll >= 0.3 || !isOpen(kept, time)) continue;
    if (isOpen(inForce, time)) tried.push(time);
    else if (warns) warned.push(time);
  }
  const event = (time: number, isRefused: boolean) => ({
    ...{ apiVersion: 'v1', kind: 'Event', reason: 'PolicyViolation', type: 'Warning' },
    action: isRefused ? 'Resource Blocked' : 'Resource Passed',
    metadata: { name: `${name}.${time}`, namespace: 'default', uid: `${workload}-${name}-${Math.floor(time)}` },
    involvedObject: { apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', name },
    related: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: service, name: workload },
    ...{ reportingComponent: 'kyverno-admission', count: 1 + Math.floor(chance('tries', workload, name, time) * 3) },
    firstTimestamp: new Date(time).toISOString(),
    lastTimestamp: new Date(Math.min(time + 600_000, at.getTime())).toISOString(),
    message: `Deployment ${service}/${workload}: [${rule}] fail${isRefused ? ' (blocked)' : ''}; validation error`,
  });
  return [...tried.map(time => event(time, true)), ...warned.map(time => event(time, false))];
}
