/** What prometheus-operator makes Prometheus' configuration of: where it scrapes, and the rules. */
import { parse } from 'yaml';
import type { KubernetesConfig } from './config.ts';
import { type Manifest, metadata, objectName, partOf } from './objects.ts';
import { scrapeFields, type WebPlan } from './web.ts';
import { portNameOf } from './workload.ts';

/**
 * One monitor for every exporter. Its series are the same wherever and however often a pod runs: what the operator adds of
 * the pod is dropped, `job` is the configured one, and `instance` the exporter's name, as history writes them. All have one certificate, which is held against the name of one of them.
 */
export function serviceMonitor(
  kubernetes: KubernetesConfig,
  job: string,
  { web, exporter }: { readonly web: WebPlan | undefined; readonly exporter: string },
): Manifest {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: metadata(kubernetes, 'plumbline', 'monitoring', { labels: kubernetes.labels }),
    spec: {
      selector: { matchLabels: partOf },
      endpoints: [
        {
          ...{ port: portNameOf(web), path: '/metrics', interval: '30s', scrapeTimeout: '20s' },
          ...scrapeFields(kubernetes, web, exporter),
          // Else our `service` becomes `exported_service`, and daily samples lose the day that they are about.
          ...{ honorLabels: true, honorTimestamps: true },
          relabelings: [
            { action: 'replace', targetLabel: 'job', replacement: job },
            { action: 'replace', sourceLabels: ['__meta_kubernetes_service_name'], targetLabel: 'instance' },
            { action: 'labeldrop', regex: '(pod|container|endpoint|namespace|service|node)' },
          ],
        },
      ],
    },
  };
}

interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly { readonly alert?: string; readonly labels?: Readonly<Record<string, string>> }[];
  }[];
}

/**
 * The rules of `NAME.rules.yml`. Alerts say their namespace, by which an Alertmanager tells whose AlertmanagerConfig they
 * are for unless its `alertmanagerConfigMatcherStrategy` is None; of their series they would have none.
 */
export function prometheusRule(kubernetes: KubernetesConfig, file: string, text: string): Manifest {
  const { groups } = parse(text) as RuleFile;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: metadata(kubernetes, objectName(`plumbline-${file.replace(/\.rules\.yml$/, '')}`), 'rules', {
      labels: kubernetes.labels,
    }),
    spec: {
      groups: groups.map(group => ({
        ...group,
        rules: group.rules.map(rule =>
          rule.alert === undefined ? rule : { ...rule, labels: { ...rule.labels, namespace: kubernetes.namespace } },
        ),
      })),
    },
  };
}
