/** An exporter in the cluster: one replica with a volume, for a ledger takes one process. */
import { createHash } from 'node:crypto';
import type { KubernetesConfig } from './config.ts';
import { exporterName, labelsOf, type Manifest, metadata, partOf as ours, selectorOf } from './objects.ts';
import { folders, type Part } from './part.ts';
import { scorecard } from './scorecard.ts';
import { clientFolder, clientVolume, probeOf, type WebPlan, webFolder } from './web.ts';

export interface Workload {
  readonly kubernetes: KubernetesConfig;
  readonly part: Part;
  readonly port: number;
  /** Of the ConfigMap `plumbline-catalog`; none where no catalog is in files. */
  readonly catalogFiles: Readonly<Record<string, string>>;
  /** Of the ConfigMap `plumbline-slos`; the scorecard's alone. */
  readonly sloFiles: Readonly<Record<string, string>>;
  /** Whether it speaks to the cluster's own API. */
  readonly readsCluster: boolean;
  /** Undefined without a web configuration file. */
  readonly web: WebPlan | undefined;
}

const dataDir = '/var/lib/plumbline';
export const catalogName = 'plumbline-catalog';
export const slosName = 'plumbline-slos';
/** Of the port of pods and Services. */
export const portNameOf = (web: WebPlan | undefined) => (web?.isTls ? 'https' : 'http');

export function exporterManifests(workload: Workload): readonly Manifest[] {
  const { kubernetes, part, port, readsCluster, web } = workload;
  const name = exporterName(part.exporter);
  const portName = portNameOf(web);
  return [
    {
      ...{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(kubernetes, name, part.exporter) },
      automountServiceAccountToken: readsCluster,
    },
    {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(kubernetes, name, part.exporter) },
      data: { 'plumbline.yaml': part.text },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: metadata(kubernetes, name, part.exporter) },
      spec: {
        selector: selectorOf(part.exporter),
        ports: [{ name: portName, port, targetPort: portName, protocol: 'TCP', appProtocol: portName }],
      },
    },
    statefulSet(workload),
    networkPolicy(workload),
  ];
}

function statefulSet(workload: Workload): Manifest {
  const { kubernetes, part, port, catalogFiles, sloFiles, readsCluster, web } = workload;
  const name = exporterName(part.exporter);
  const portName = portNameOf(web);
  const probe = (path: string) => ({ ...probeOf(web, portName, path), timeoutSeconds: 5 });
  const webVolumes = [
    ...(web === undefined ? [] : [{ name: 'web', mountPath: webFolder, volume: web.volume }]),
    ...(web === undefined || part.exporter !== scorecard
      ? []
      : [{ name: 'web-client', mountPath: clientFolder, volume: clientVolume(kubernetes, web) }]),
  ].filter(({ volume }) => volume !== undefined);
  const texts = [
    { name: 'catalog', configMap: catalogName, mountPath: folders.catalog, files: catalogFiles },
    { name: 'slos', configMap: slosName, mountPath: folders.slos, files: sloFiles },
  ].filter(({ files }) => Object.keys(files).length > 0);
  const mounts = [
    { name: 'data', mountPath: dataDir },
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'config', mountPath: folders.config, readOnly: true },
    ...texts.map(({ name: volume, mountPath }) => ({ name: volume, mountPath, readOnly: true })),
    ...webVolumes.map(({ name: volume, mountPath }) => ({ name: volume, mountPath, readOnly: true })),
    ...(part.secretFiles.size > 0 ? [{ name: 'secrets', mountPath: folders.secrets, readOnly: true }] : []),
    ...part.volumes.map(({ volume, at }, index) => ({
      ...{ name: `files-${index}`, mountPath: at, readOnly: true },
      ...(volume.sub_path === undefined ? {} : { subPath: volume.sub_path }),
    })),
  ];
  return {
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: metadata(kubernetes, name, part.exporter) },
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: selectorOf(part.exporter) },
      // What is in the ledger can't be read again from everywhere.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      template: {
        metadata: {
          labels: labelsOf(part.exporter),
          // A configuration that changes starts the exporter anew.
          annotations: { 'plumbline/configuration': digestOf(part, { ...catalogFiles, ...sloFiles }) },
        },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: readsCluster,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 60,
          ...(kubernetes.image_pull_secrets.length === 0
            ? {}
            : { imagePullSecrets: kubernetes.image_pull_secrets.map(each => ({ name: each })) }),
          securityContext: {
            ...{ runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
            ...{ fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } },
          },
          containers: [
            {
              name: 'plumbline',
              image: kubernetes.image,
              args: ['serve', part.exporter, '--config', `${folders.config}/plumbline.yaml`],
              env: [
                { name: 'PLUMBLINE_DATA_DIR', value: dataDir },
                { name: 'PLUMBLINE_HOST', value: '0.0.0.0' },
                ...variables(part),
              ],
              ports: [{ name: portName, containerPort: port, protocol: 'TCP' }],
              resources: {
                requests: kubernetes.requests,
                limits: kubernetes.limits,
              },
              // A ledger that is brought up to a new version may take minutes.
              startupProbe: { ...probe('/-/healthy'), periodSeconds: 5, failureThreshold: 120 },
              livenessProbe: { ...probe('/-/healthy'), periodSeconds: 15, failureThreshold: 4 },
              readinessProbe: { ...probe('/-/ready'), periodSeconds: 10 },
              securityContext: {
                ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
              },
              volumeMounts: mounts,
            },
          ],
          volumes: [
            { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
            { name: 'config', configMap: { name } },
            ...texts.map(({ name: volume, configMap }) => ({ name: volume, configMap: { name: configMap } })),
            ...webVolumes.map(({ name: volume, volume: of }) => ({ name: volume, ...of })),
            ...(part.secretFiles.size > 0 ? [{ name: 'secrets', secret: secretVolume(part) }] : []),
            ...part.volumes.map(({ volume }, index) => ({
              name: `files-${index}`,
              ...(volume.claim === undefined
                ? { nfs: { ...volume.nfs, readOnly: true } }
                : { persistentVolumeClaim: { claimName: volume.claim, readOnly: true } }),
            })),
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data', labels: labelsOf(part.exporter) },
          spec: {
            accessModes: ['ReadWriteOnce'],
            ...(kubernetes.storage_class === undefined ? {} : { storageClassName: kubernetes.storage_class }),
            resources: { requests: { storage: kubernetes.storage } },
          },
        },
      ],
    },
  };
}

const secretVolume = (part: Part) => ({
  secretName: exporterName(part.exporter),
  // Readable by the pod's group, which is its own.
  defaultMode: 0o440,
  items: [...part.secretFiles.keys()].map(key => ({ key, path: key })),
});

const variables = (part: Part) =>
  [...part.variables].map(([name, optional]) => ({
    name,
    valueFrom: {
      secretKeyRef: { name: exporterName(part.exporter), key: name, ...(optional ? { optional: true } : {}) },
    },
  }));

const digestOf = (part: Part, files: Readonly<Record<string, string>>): string =>
  createHash('sha256')
    .update(JSON.stringify([part.text, files]))
    .digest('hex')
    .slice(0, 32);

/** In: scrapes, and whoever may post. Out: names, one another, and the ports of what is read. */
function networkPolicy({ kubernetes, part, port, readsCluster }: Workload): Manifest {
  const named = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  });
  const tcp = (number: number) => ({ port: number, protocol: 'TCP' });
  // The address of a cluster's API is translated to this port before a policy sees it.
  const ports = [...new Set([...part.ports, ...(readsCluster ? [6443] : [])])];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(kubernetes, exporterName(part.exporter), part.exporter),
    spec: {
      podSelector: { matchLabels: selectorOf(part.exporter) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            ...[kubernetes.monitoring_namespace, ...kubernetes.clients].map(named),
            { podSelector: { matchLabels: ours } },
          ],
          ports: [tcp(port)],
        },
      ],
      egress: [
        { to: [named('kube-system')], ports: [{ port: 53, protocol: 'UDP' }, tcp(53)] },
        { to: [{ podSelector: { matchLabels: ours } }], ports: [tcp(port)] },
        { ports: ports.map(tcp) },
      ],
    },
  };
}
