/** A configuration with every exporter and channel, and its manifests. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { type KubernetesFiles, kubernetesFiles } from '../../../compose/kubernetes/manifests.ts';
import type { Manifest } from '../../../compose/kubernetes/objects.ts';
import { type Config, loadConfig } from '../../../exporters/config.ts';
import { configuredExporters, exporterNames } from '../../../exporters/registry.ts';
import { bill, type Workplace } from '../../cli/command.ts';
import { settle } from '../../e2e/lib/plumbline.ts';
import { requireTool } from '../../tools/tools.ts';

/** What must never be in a manifest. */
export const secrets = {
  environment: 'env-secret-0123456789',
  file: 'file-secret-0123456789',
  comment: 'comment-secret-0123456789',
} as const;

export const configuration = `# ${secrets.comment}
catalog: {files: [catalog/*.yaml]}
links: {grafana: 'https://grafana.example', runbooks: 'https://plumbline.example/runbooks'}
kubernetes:
  labels: {release: kube-prometheus-stack}
  volumes: [{path: bills, claim: bills}]
  clients: [ingress]
server:
  tokens: [{name: ci, role: team, team: shop, token: "\${CI_TOKEN}"}]   # ${secrets.comment}
remote_write: [{name: own, url: 'http://prometheus.monitoring:9090/api/v1/write', headers: {X-Scope-OrgID: "\${TENANT:-acme}"}}]
ownership:
  rules:
    - {name: accounts, account: {012345678901: {team: shop}}}
    - {name: shared, resource: '*shared*', split: shared}
  splits: [{name: shared, method: usage, usage: requests}]
cost:
  focus: [{name: bill, path: 'bills/*.csv'}]
  usage: [{name: requests, url: 'http://prometheus.monitoring:9090', query: 'sum by (team) (x)'}]
dora:
  git: []
policy:
  kyverno: [{cluster: prod, read: [policies, reports]}]
supply_chain:
  kubernetes: [{cluster: prod, namespaces: [shop, pay]}]
  registries: [{url: 'https://ghcr.io:5000', token_file: ./secrets/ghcr.token}]
experience:
  privacy: {pseudonym_key_file: secrets/ghcr.token}
alerts:
  smtp: {smarthost: 'mail.example:587', from: plumbline@example.org, auth_username: p, auth_password_file: mail.password}
  watchdog: {webhook_url_file: outside}
  receivers:
    - {team: platform, webhook_url_file: secrets/platform, pagerduty: {routing_key_file: pager}}
    - {team: shop, time_zone: Asia/Tokyo, slack: {api_url_file: secrets/slack, channel: '#shop', severities: [page, ticket, digest]}, email: {to: shop@example.org, kinds: [cost], severities: [ticket]}}
    - {team: ml, jira: {api_url: 'https://jira.example/rest/api/3', token_file: jira, project: ML}, msteams: {webhook_url_file: teams, severities: [digest]}}
    - {team: 'say "hi"', jsm: {api_key_file: jsm}}
`;

const catalog = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: shop}
spec: {type: team, children: []}
`;

export interface Place {
  readonly folder: string;
  readonly load: () => Promise<Config>;
  /** `plumbline` as `--plumbline` says it. */
  readonly render: (plumbline?: string) => Promise<KubernetesFiles>;
}

export function place(t: TestContext, text = configuration): Place {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-kubernetes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, 'secrets'));
  mkdirSync(path.join(folder, 'catalog'));
  writeFileSync(path.join(folder, 'plumbline.yaml'), text);
  writeFileSync(path.join(folder, 'catalog', 'all.yaml'), catalog);
  writeFileSync(path.join(folder, 'secrets', 'ghcr.token'), secrets.file.repeat(2));
  const load = () => loadConfig(path.join(folder, 'plumbline.yaml'), { env: { CI_TOKEN: secrets.environment } });
  const render = async (plumbline?: string) => {
    const config = await load();
    const exporters = configuredExporters(config);
    return kubernetesFiles({ config, exporters, known: exporterNames, teams: new Map(), plumbline });
  };
  return { folder, load, render };
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is Kubernetes', and asserted by the test
export type Any = any;

export const documentsIn = (text: string): readonly (Manifest & Any)[] =>
  parseAllDocuments(text).map(document => document.toJS() as Manifest & Any);

export const manifestsOf = ({ files }: KubernetesFiles) =>
  Object.entries(files)
    .filter(([name]) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .flatMap(([, text]) => documentsIn(text));

/** Writes texts by name and returns their paths. */
export function lay(folder: string, files: Readonly<Record<string, string>>): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return Object.entries(files).map(([name, text]) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  });
}

export type OperatorCheck = (...args: readonly string[]) => Promise<{ readonly ok: boolean; readonly text: string }>;

/** The API server's and prometheus-operator's own words, or undefined after skipping the test. */
export async function operatorCheck(t: TestContext): Promise<OperatorCheck | undefined> {
  const tool = await requireTool(t, 'operator-check');
  if (tool === undefined) return undefined;
  return async (...args) => {
    try {
      const { stdout } = await promisify(execFile)(tool.path, [...args], { maxBuffer: 64 * 2 ** 20 });
      return { ok: true, text: stdout };
    } catch (error) {
      const { stderr = '' } = error as { readonly stderr?: string };
      return { ok: false, text: stderr };
    }
  };
}

/** A bill of five days ago: every day of it is this one, and its billing period is none. */
export function writeRecentBill(at: Workplace): void {
  const day = new Date(Date.now() - 5 * 864e5).toISOString().slice(0, 10);
  at.write('bills/bill.csv', bill.replaceAll(/2026-05-0\d/g, day).replaceAll('2026-06-01', '2099-01-01'));
  settle(path.join(at.folder, 'bills/bill.csv'));
}
