/** What every object of the cluster has in common. */
import type { KubernetesConfig } from './config.ts';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** By which every object of ours is known, whatever its component. */
export const partOf = { 'app.kubernetes.io/part-of': 'plumbline' } as const;

export const selectorOf = (component: string) => ({
  'app.kubernetes.io/name': 'plumbline',
  'app.kubernetes.io/component': component,
});

export const labelsOf = (component: string) => ({ ...selectorOf(component), ...partOf });

/** The name of everything that belongs to an exporter; also its `instance`, which no restart changes. */
export const exporterName = (exporter: string): string => `plumbline-${exporter}`;

/** A name that Kubernetes takes (RFC 1123), of any text. */
export function objectName(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  return plain
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 200)
    .replace(/[^a-z0-9]+$/, '');
}

/** A key of a ConfigMap or a Secret for a path, different for different paths. */
export function dataKey(file: string, taken: Iterable<string> = []): string {
  const others = new Set(taken);
  const plain = file.replace(/^(\.?\.?\/)+/, '').replace(/[^-._a-zA-Z0-9]+/g, '-') || 'file';
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? plain : `${plain}-${n}`;
    if (!others.has(key)) return key;
  }
}

export const metadata = (
  { namespace }: KubernetesConfig,
  name: string,
  component: string,
  more: Omit<Manifest['metadata'], 'name' | 'namespace' | 'labels'> & {
    readonly labels?: Readonly<Record<string, string>>;
  } = {},
): Manifest['metadata'] => ({ ...more, name, namespace, labels: { ...labelsOf(component), ...more.labels } });
