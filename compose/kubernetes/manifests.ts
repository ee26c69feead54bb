/** All of it: every file of the folder that `plumbline render kubernetes` writes, as text. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { Document } from 'yaml';
import { alertFiles, routedAlerts, settingsOf, type TeamsOfServices } from '../../alerts/index.ts';
import type { Config } from '../../exporters/config.ts';
import { accessManifests, readsCluster } from './access.ts';
import type { KubernetesConfig } from './config.ts';
import { configMap, dashboardConfigMaps } from './dashboards.ts';
import { PlumblineError } from './errors.ts';
import { pageLinks } from './links.ts';
import { prometheusRule, serviceMonitor } from './monitor.ts';
import type { NeededSecret } from './needed-secret.ts';
import { notesPage } from './notes.ts';
import { dataKey, exporterName, type Manifest } from './objects.ts';
import { folders, type Part, partOf } from './part.ts';
import { alertmanagerConfig, routesSecret } from './routes.ts';
import { planOf, scorecard } from './scorecard.ts';
import { clientKeys, hostOf, remoteKeys, type WebPlan, webPlan } from './web.ts';
import { catalogName, exporterManifests, slosName } from './workload.ts';

export interface KubernetesInput {
  readonly config: Config;
  /** The exporters that the configuration has a section for, by name, and the names of all. */
  readonly exporters: readonly string[];
  readonly known: readonly string[];
  readonly teams: TeamsOfServices;
  /** Where readers reach Plumbline, for what pages and alerts link to; the Services unless given. */
  readonly plumbline?: string | undefined;
}

export interface KubernetesFiles {
  /** Texts by file name; kustomization.yaml names all but NOTES.md. */
  readonly files: Readonly<Record<string, string>>;
  readonly secrets: readonly NeededSecret[];
  /** What to know, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Errors: those of webPlan; KUBERNETES_SECRET_INLINE, KUBERNETES_FILES_UNMOUNTED, KUBERNETES_CONFIG_PART,
 * KUBERNETES_TOO_LARGE; those of alertFiles.
 */
export async function kubernetesFiles(input: KubernetesInput): Promise<KubernetesFiles> {
  const { exporters, known, teams, plumbline } = input;
  const config = linked(input.config, plumbline);
  const { kubernetes } = config;
  const web = webPlan(config, exporters);
  const catalogFiles = await textsOf(config, config.catalog.files);
  const port = config.server.port === 0 ? 9464 : config.server.port;
  const sloFiles = exporters.includes(scorecard) ? await textsOf(config, config.slos.files) : {};
  const mounted = (folder: string, texts: object) => Object.keys(texts).map(key => `${folder}/${key}`);
  const addressOf = (exporter: string) => `${web?.isTls ? 'https' : 'http'}://${hostOf(kubernetes, exporter)}:${port}`;
  const plan = planOf(config, {
    ...{ exporters, sloFiles: mounted(folders.slos, sloFiles), keys: remoteKeys(kubernetes, web) },
    urlOf: exporter => (web?.isTls ? addressOf(exporter) : `http://${exporterName(exporter)}:${port}`),
  });
  const text = readFileSync(config.file, 'utf8').replace(/^\uFEFF/, '');
  const parts = exporters.map(exporter =>
    partOf({
      ...{ file: config.file, text, kubernetes, exporter },
      sections: known.map(name => name.replaceAll('-', '_')),
      ...{ catalogFiles: mounted(folders.catalog, catalogFiles), plan },
    }),
  );
  const unmounted = parts.flatMap(part => part.unmounted);
  if (unmounted.length > 0)
    throw new PlumblineError('KUBERNETES_FILES_UNMOUNTED', { file: config.file, keys: unmounted.join(', ') });
  const links = pageLinks({ exporters, plumbline, serviceOf: addressOf });
  const routes = alertmanagerConfig(kubernetes, settingsOf(config), routedAlerts(config, teams));
  const rules = Object.entries(alertFiles(config, teams)).filter(([name]) => name.endsWith('.rules.yml'));
  const groups: Readonly<Record<string, readonly Manifest[]>> = {
    'namespace.yaml': [namespace(config)],
    ...(Object.keys(catalogFiles).length === 0
      ? {}
      : { 'catalog.yaml': [configMap(kubernetes, catalogName, 'catalog', catalogFiles)] }),
    ...(Object.keys(sloFiles).length === 0 ? {} : { 'slos.yaml': [configMap(kubernetes, slosName, 'slos', sloFiles)] }),
    ...Object.fromEntries(
      parts.map(part => [
        `${exporterName(part.exporter)}.yaml`,
        [
          ...accessManifests(part.exporter, kubernetes, config),
          ...exporterManifests({
            ...{ kubernetes, part, port, catalogFiles, web },
            sloFiles: part.exporter === scorecard ? sloFiles : {},
            readsCluster: readsCluster(part.exporter, config),
          }),
        ],
      ]),
    ),
    'servicemonitor.yaml': [serviceMonitor(kubernetes, config.scrape.job, { web, exporter: exporters[0]! })],
    'rules.yaml': rules.map(([name, value]) => prometheusRule(kubernetes, name, value)),
    'alertmanagerconfig.yaml': [routes.manifest],
    'dashboards.yaml': dashboardConfigMaps(kubernetes, links.addressOf),
  };
  const secrets: readonly NeededSecret[] = [
    ...parts.map(neededSecret),
    ...webSecrets(kubernetes, web),
    { name: routesSecret, files: routes.secretFiles, variables: new Map() },
  ];
  const needed = secrets.filter(
    ({ files, variables, literals }) => files.size + variables.size + (literals?.size ?? 0) > 0,
  );
  const notes = [...routes.notes, ...linkNotes(config), ...loopbackNotes(parts), links.note, ...(web?.notes ?? [])];
  const files = Object.fromEntries(
    Object.entries(groups).map(([name, manifests]) => [name, manifests.map(document).join('---\n')]),
  );
  return {
    files: {
      ...files,
      'kustomization.yaml': document({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: Object.keys(files),
      }),
      'NOTES.md': notesPage(config, needed, notes),
    },
    secrets: needed,
    notes,
  };
}

const namespace = ({ kubernetes }: Config): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: kubernetes.namespace,
    labels: {
      'app.kubernetes.io/part-of': 'plumbline',
      // The API server refuses whatever would ask for more.
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/enforce-version': 'latest',
    },
  },
});

/** What the web configuration file is made of, and what Prometheus and the scorecard get in with. */
function webSecrets(kubernetes: KubernetesConfig, web: WebPlan | undefined): readonly NeededSecret[] {
  if (web === undefined) return [];
  const { secret, client_secret } = kubernetes.web;
  const { tls, user } = clientKeys(kubernetes, web);
  return [
    { name: secret, files: web.files, variables: new Map(), replacements: web.replacements },
    {
      name: client_secret,
      files: new Map(tls.map(key => [key, key === 'ca.crt' ? key : key.replace('tls', 'client')])),
      variables: new Map(),
      literals: new Map(user.map(key => [key, `PLUMBLINE_SCRAPE_${key.toUpperCase()}`])),
    },
  ];
}

/** Alerts’ runbooks are where Plumbline is, unless the configuration says another place. */
const linked = (config: Config, plumbline: string | undefined): Config =>
  plumbline === undefined || config.links.runbooks !== undefined
    ? config
    : { ...config, links: { ...config.links, runbooks: `${plumbline.replace(/\/+$/, '')}/runbooks` } };

/** A remote write to 127.0.0.1 is what `init --prometheus` of this machine has left. */
function loopbackNotes(parts: readonly Part[]): string[] {
  const keys = [...new Set(parts.flatMap(({ loopback }) => loopback))];
  return keys.length === 0
    ? []
    : [`in a pod these addresses are the pod itself, so name the Services that are meant: ${keys.join(', ')}`];
}

const neededSecret = (part: Part): NeededSecret => ({
  name: exporterName(part.exporter),
  files: part.secretFiles,
  variables: part.variables,
});

/** Files by their key in a ConfigMap; the globs are read here, once. */
async function textsOf({ directory }: Config, patterns: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const pattern of patterns)
    for await (const name of glob(path.resolve(directory, pattern))) {
      const relative = path.relative(directory, name);
      found[dataKey(relative, Object.keys(found))] = readFileSync(name, 'utf8');
    }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const linkNotes = ({ links }: Config): readonly string[] => [
  ...(links.grafana === undefined
    ? ['set links.grafana, else alerts link to a Grafana of the reader’s own machine']
    : []),
  ...(links.runbooks === undefined
    ? [
        'set links.runbooks to an address where people reach /runbooks of an exporter, else alerts link to their own machine',
      ]
    : []),
];

/** YAML that the Go programs read as it is meant: they read YAML 1.1 in part. */
function document(value: object): string {
  const made = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  if (made.directives) made.directives.yaml.explicit = false;
  return made.toString({ lineWidth: 0, singleQuote: true });
}
