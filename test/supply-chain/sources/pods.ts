/** Pods as the API gives them, of a line each. */
import { createHash } from 'node:crypto';
import type { ApiObject } from '../../vendors/kubernetes/api-server.ts';

export const digest = (word: string): string => `sha256:${createHash('sha256').update(word).digest('hex')}`;

export interface PodWords {
  readonly image?: string;
  /** As the runtime says it. */
  readonly imageID?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly status?: object;
  readonly spec?: object;
  readonly state?: object;
}

/** `shop/cart-6d4cf56db6-x7zqp`, running since eight o'clock unless told otherwise. */
export function pod(where: string, words: PodWords = {}): ApiObject {
  const [namespace = '', name = ''] = where.split('/');
  const { image = 'ghcr.io/acme/cart:1.0', labels = {}, owner, status = {}, spec = {} } = words;
  const { imageID = `ghcr.io/acme/cart@${digest('cart 1.0')}` } = words;
  const { state = { running: { startedAt: '2026-11-20T08:00:00Z' } } } = words;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...{ name, namespace, labels },
      ...(owner ? { ownerReferences: [{ apiVersion: 'apps/v1', controller: true, ...owner }] } : {}),
    },
    spec: { nodeName: 'node-1', restartPolicy: 'Always', containers: [{ name: 'main', image }], ...spec },
    status: { phase: 'Running', containerStatuses: [{ name: 'main', image, imageID, state }], ...status },
  };
}

export const ofDeployment = (name: string, hash: string, labels: Readonly<Record<string, string>> = {}) => ({
  owner: { kind: 'ReplicaSet', name: `${name}-${hash}` },
  labels: { 'pod-template-hash': hash, ...labels },
});
