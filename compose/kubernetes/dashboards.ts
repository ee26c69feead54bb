/** Dashboards as ConfigMaps, found by Grafana's sidecar. */
import { dashboardsFor } from '../../dashboards/render.ts';
import type { KubernetesConfig } from './config.ts';
import { PlumblineError } from './errors.ts';
import { type Manifest, metadata } from './objects.ts';

/** Of a ConfigMap's data, by the API server's own check. */
const limit = 1_048_576;

/** `addressOf` says where a path of Plumbline's is asked. */
export const dashboardConfigMaps = (
  kubernetes: KubernetesConfig,
  addressOf: (path: string) => string,
): readonly Manifest[] =>
  dashboardsFor(addressOf).map(({ name, page }) =>
    configMap(
      kubernetes,
      `plumbline-dashboard-${name}`,
      'dashboards',
      // Without its indentation a page is a third of its file.
      { [`plumbline-${name}.json`]: JSON.stringify(page) },
      { labels: { grafana_dashboard: '1' }, annotations: { grafana_folder: kubernetes.dashboards_folder } },
    ),
  );

/** Errors: KUBERNETES_TOO_LARGE. */
export function configMap(
  kubernetes: KubernetesConfig,
  name: string,
  component: string,
  data: Readonly<Record<string, string>>,
  more: Parameters<typeof metadata>[3] = {},
): Manifest {
  const bytes = Object.entries(data).reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(text), 0);
  if (bytes > limit) throw new PlumblineError('KUBERNETES_TOO_LARGE', { name, bytes });
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(kubernetes, name, component, more), data };
}
