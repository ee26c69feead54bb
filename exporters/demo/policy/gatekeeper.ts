/**
 * Two clusters with Gatekeeper: the log of aks-prod, a file a month with audits on Mondays and what was denied, one
 * audit of which broke off; and the constraints of aks-staging as kubectl printed them, whose lists are cut at 20.
 */
import { chance, dayMs } from '../chance.ts';
import { services } from '../world.ts';
import { type Episode, enforced, episodesOf, isOpen, mondays, type Span, storyDay, tuesday } from './story.ts';

type Files = ReadonlyMap<string, { readonly at: Date; readonly text: string }>;

interface Constraint {
  readonly kind: string;
  readonly name: string;
  readonly severity: string;
  readonly action: 'deny' | 'warn' | 'dryrun';
  /** Days from the story on which it began to deny. */
  readonly denies?: number;
  readonly message: string;
}

const constraints: readonly Constraint[] = (
  [
    ['K8sPSPPrivilegedContainer', 'no-privileged', 'high', 'deny', -700, 'Privileged container is not allowed: app'],
    ['K8sAllowedRepos', 'trusted-registries', 'medium', 'deny', -700, 'container <app> has an invalid image repo'],
    ['K8sContainerLimits', 'must-have-limits', 'medium', 'dryrun', -100, 'container <app> has no memory limit'],
    [
      'K8sPSPAllowedUsers',
      'run-as-non-root',
      'medium',
      'warn',
      undefined,
      'Container app is attempting to run as root',
    ],
    ['K8sRequiredLabels', 'cost-labels', 'low', 'warn', undefined, 'you must provide labels: {"cost-center"}'],
    ['K8sHttpsOnly', 'https-only', 'medium', 'dryrun', undefined, 'Ingress should be https'],
    ['K8sPSPAllowPrivilegeEscalationContainer', 'no-escalation', 'high', 'dryrun', undefined, 'Privilege escalation'],
    ['K8sBlockNodePort', 'no-node-ports', 'medium', 'dryrun', undefined, 'User is not allowed to use NodePort'],
  ] as const
).map(([kind, name, severity, action, denies, message]) => ({
  ...{ kind, name, severity, action, message },
  ...(denies === undefined ? {} : { denies }),
}));

const own = services.filter(({ provider }) => provider === 'Microsoft');
const workloads = own.flatMap(({ name, team }) =>
  [name, `${name}-worker`, `${name}-cache`].map(workload => ({ workload, service: name, team })),
);

/** Days from the story of the audit that broke off. */
const brokenOff = -18;

export function gatekeeperFiles(span: Span, story: Date): Files {
  return new Map([...logs(span, story), ...dumps(span, story)]);
}

function logs(span: Span, story: Date): Files {
  const spots = constraints.flatMap(constraint => {
    const inForce: readonly Episode[] =
      constraint.denies === undefined ? [] : [{ from: tuesday(story, constraint.denies), to: Number.MAX_VALUE }];
    return workloads.map(place => {
      const key = `aks-prod ${place.workload} ${constraint.name}`;
      const lives = episodesOf(place.team, key, story);
      return { ...place, constraint, inForce, ...enforced(lives, inForce, chance('mended', key)) };
    });
  });
  type Spot = (typeof spots)[number];
  const line = (at: number, audit: string, msg: string, more: object) =>
    JSON.stringify({
      ...{ level: 'info', ts: at / 1000, logger: 'controller', msg, process: 'audit', audit_id: audit, semantic: true },
      ...more,
    });
  const about = ({ constraint, workload, service, team, inForce }: Spot, at: number) => ({
    ...{ constraint_group: 'constraints.gatekeeper.sh', constraint_api_version: 'v1beta1' },
    ...{ constraint_kind: constraint.kind, constraint_name: constraint.name, constraint_namespace: '' },
    constraint_action: isOpen(inForce, at) ? 'deny' : constraint.action,
    constraint_annotations: { 'policy.acme.example/severity': constraint.severity },
    ...{ resource_group: 'apps', resource_api_version: 'v1', resource_kind: 'Deployment' },
    ...{ resource_namespace: service, resource_name: workload, resource_labels: { team, service } },
  });
  const audit = (at: Date): string[] => {
    const id = at.toISOString().replace('.000', '');
    const time = at.getTime();
    const found = spots.filter(({ kept }) => isOpen(kept, time));
    const begun = [line(time, id, 'auditing constraints and violations', { event_type: 'audit_started' })];
    const listed = found.map((spot, index) =>
      line(time + 1 + index, id, spot.constraint.message, { event_type: 'violation_audited', ...about(spot, time) }),
    );
    // Whoever restarts it in the middle has half of an audit.
    if (Math.abs(time - storyDay(story, brokenOff)) < 3.5 * dayMs)
      return [...begun, ...listed.slice(0, listed.length / 2)];
    const counted = constraints.map((constraint, index) =>
      line(time + 500 + index, id, 'audit results for constraint', {
        event_type: 'constraint_audited',
        ...{ constraint_kind: constraint.kind, constraint_name: constraint.name, constraint_namespace: '' },
        constraint_violations: String(found.filter(spot => spot.constraint === constraint).length),
      }),
    );
    return [
      ...begun,
      ...listed,
      ...counted,
      line(time + 900, id, 'auditing is complete', { event_type: 'audit_finished' }),
    ];
  };
  const denied = (spot: Spot, at: number) =>
    JSON.stringify({
      ...{
        level: 'info',
        ts: Math.floor(at) / 1000,
        logger: 'webhook',
        msg: `denied admission: ${spot.constraint.message}`,
      },
      ...{
        hookType: 'validation',
        process: 'admission',
        semantic: true,
        event_type: 'violation',
        request_username: 'ci',
      },
      ...about(spot, at),
    });
  const entries = [
    ...mondays(span, story, 4).map(at => ({ at: at.getTime(), lines: audit(at) })),
    ...spots.flatMap(spot =>
      spot.refused
        .filter(({ from }) => from >= span.from.getTime() && from < span.until.getTime())
        .map(({ from }) => ({ at: from, lines: [denied(spot, from)] })),
    ),
  ].sort((a, b) => a.at - b.at);
  const months = Map.groupBy(entries, ({ at }) => new Date(at).toISOString().slice(0, 7));
  return new Map(
    [...months].map(([month, of]) => [
      `aks-prod/audit-${month}.log`,
      { at: new Date(of.at(-1)!.at + 1000), text: `${of.flatMap(({ lines }) => lines).join('\n')}\n` },
    ]),
  );
}

const staged = own.flatMap(({ name, team }) =>
  Array.from({ length: 14 }, (_, index) => ({ workload: `${name}-preview-${index + 1}`, service: name, team })),
);
const mostListed = 20;

function dumps({ from, until }: Span, story: Date): Files {
  const spots = constraints.slice(2).flatMap(constraint =>
    staged.map(place => {
      // Nobody tidies up there.
      const lives = episodesOf('ml', `aks-staging ${place.workload} ${constraint.name}`, story);
      return { ...place, constraint, lives };
    }),
  );
  return new Map(
    mondays({ from: new Date(Math.max(from.getTime(), storyDay(story, -180))), until }, story, 4).map(at => {
      const items = constraints.slice(2).map(constraint => {
        const { kind, name, severity, action, message } = constraint;
        const found = spots.filter(spot => spot.constraint === constraint && isOpen(spot.lives, at.getTime()));
        return {
          ...{ apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind },
          metadata: { name, annotations: { 'policy.acme.example/severity': severity } },
          spec: { enforcementAction: action },
          status: {
            ...{ auditTimestamp: at.toISOString().replace('.000', ''), totalViolations: found.length },
            violations: found.slice(0, mostListed).map(({ workload, service }) => ({
              ...{ enforcementAction: action, group: 'apps', version: 'v1', kind: 'Deployment', message },
              ...{ namespace: service, name: workload },
            })),
          },
        };
      });
      const text = `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items })}\n`;
      return [`aks-staging/constraints-${at.toISOString().slice(0, 10)}.json`, { at, text }];
    }),
  );
}
