/** Constraints as the Kubernetes API has them. */
import type { ApiObject } from '../../../vendors/kubernetes/api-server.ts';

export interface Given {
  readonly kind?: string;
  readonly name?: string;
  readonly action?: string;
  readonly spec?: object;
  readonly annotations?: object;
  readonly labels?: object;
  readonly at?: string;
  /** Names of pods that violate it, as many as are listed. */
  readonly listed?: readonly string[];
  readonly total?: number;
  readonly status?: object;
}

export function constraint(given: Given = {}): ApiObject {
  const { kind = 'K8sContainerLimits', name = 'container-must-have-limits', action, at, listed = [], total } = given;
  return {
    ...{ apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind },
    metadata: { name, annotations: given.annotations ?? {}, labels: given.labels ?? {} },
    spec: { ...(action === undefined ? {} : { enforcementAction: action }), ...given.spec },
    status: {
      ...(at === undefined ? {} : { auditTimestamp: at, totalViolations: total ?? listed.length }),
      byPod: [{ id: 'gatekeeper-audit-7d9f', enforced: true, operations: ['audit', 'status'], observedGeneration: 1 }],
      ...(listed.length > 0
        ? {
            violations: listed.map(pod => ({
              ...{
                enforcementAction: action ?? 'deny',
                group: '',
                version: 'v1',
                kind: 'Pod',
                namespace: 'shop',
                name: pod,
              },
              message: 'container <main> has no resource limits',
            })),
          }
        : {}),
      ...given.status,
    },
  };
}

export const template = (kind: string, title: string): ApiObject => ({
  ...{ apiVersion: 'templates.gatekeeper.sh/v1', kind: 'ConstraintTemplate' },
  metadata: { name: kind.toLowerCase(), annotations: { 'metadata.gatekeeper.sh/title': title } },
  spec: { crd: { spec: { names: { kind } } }, targets: [] },
});

export const names = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `app${String(index + from).padStart(3, 'a')}`);
