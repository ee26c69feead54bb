/**
 * The web configuration file in a cluster: it and the files that it names come from a Secret, and whoever asks (a kubelet,
 * Prometheus, the scorecard) is told how. Nothing of it but names of files stands in a manifest.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../exporters/config.ts';
import { parseWebConfig, readWebText, type WebFile } from '../../exporters/core/web/config.ts';
import type { KubernetesConfig } from './config.ts';
import { PlumblineError } from './errors.ts';
import { dataKey, exporterName } from './objects.ts';

/** Where the file is in a pod, and where what a client of other exporters needs is. */
export const webFolder = '/etc/plumbline-web';
export const clientFolder = '/etc/plumbline-web-client';
const webKey = 'web.yml';
export const caConfigMap = 'plumbline-ca';

export interface Replacement {
  readonly from: string;
  readonly to: string;
}

export interface WebPlan {
  readonly isTls: boolean;
  /** Users and passwords are asked for. */
  readonly hasUsers: boolean;
  /** Nobody gets in without a certificate. */
  readonly needsCertificate: boolean;
  /** The volume at `webFolder`, without its name. */
  readonly volume: object;
  /** Keys of `web.secret`: the file itself, and the files that it names, from where they are on this machine. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths in the file that are none of a pod, and what stands for them. */
  readonly replacements: readonly Replacement[];
  readonly notes: readonly string[];
}

type Named = 'cert_file' | 'key_file' | 'client_ca_file';

/** Undefined where there is none. Errors: KUBERNETES_WEB_CONFIG, WEB_CONFIG_UNREADABLE, WEB_CONFIG_INVALID. */
export function webPlan({ kubernetes, server, directory }: Config, exporters: readonly string[]): WebPlan | undefined {
  const { web_config_file: file } = server;
  if (file === undefined) return undefined;
  const text = readWebText(file);
  const config = parseWebConfig(text, file);
  const { tls_server_config: tls, basic_auth_users: users } = config;
  const { secret, tls_secret } = kubernetes.web;
  const refused = (reason: string) => new PlumblineError('KUBERNETES_WEB_CONFIG', { file, reason });
  if (tls_secret !== undefined && (tls?.cert_file === undefined || tls.key_file === undefined))
    throw refused(`kubernetes.web.tls_secret is ${tls_secret}, but it has no cert_file and key_file to stand for`);

  const here = (name: string) => path.relative(directory, path.resolve(path.dirname(file), name));
  const files = new Map([[webKey, path.relative(directory, file)]]);
  const own = [{ key: webKey, path: webKey }];
  const issued: { key: string; path: string }[] = [];
  const replacements = new Map<string, string>();
  for (const name of ['cert_file', 'key_file', 'client_ca_file'] as const satisfies readonly Named[]) {
    const written = tls?.[name];
    if (written === undefined) continue;
    const known = [...own, ...issued].find(item => item.path === placed(written, replacements));
    if (known !== undefined) continue;
    const inside = isInside(written);
    const key = dataKey(inside ? path.posix.normalize(written) : path.basename(written), files.keys());
    const at = inside ? path.posix.normalize(written) : key;
    if (!inside) replacements.set(written, at);
    if (tls_secret !== undefined && name !== 'client_ca_file')
      issued.push({ key: name === 'cert_file' ? 'tls.crt' : 'tls.key', path: at });
    else {
      files.set(key, here(written));
      own.push({ key, path: at });
    }
  }
  const list = [...replacements].map(([from, to]) => ({ from, to }));
  if (!isRewritten(text, file, config, list))
    throw refused(`the paths ${list.map(({ from }) => from).join(', ')} can’t be told from its other text`);
  const asks = tls?.client_auth_type ?? 'NoClientCert';
  return {
    isTls: tls !== undefined,
    hasUsers: Object.keys(users).length > 0,
    needsCertificate:
      asks.startsWith('Require') || (asks !== 'NoClientCert' && (tls?.client_allowed_sans.length ?? 0) > 0),
    volume: {
      projected: {
        // Readable by the pod's group, which is its own.
        defaultMode: 0o440,
        sources: [
          { secret: { name: secret, items: own } },
          ...(issued.length === 0 ? [] : [{ secret: { name: tls_secret, items: issued } }]),
        ],
      },
    },
    files,
    replacements: list,
    notes:
      tls?.cert_file === undefined || tls_secret !== undefined
        ? []
        : nameNotes(path.resolve(path.dirname(file), tls.cert_file), kubernetes, exporters),
  };
}

const placed = (written: string, replacements: ReadonlyMap<string, string>) =>
  replacements.get(written) ?? path.posix.normalize(written);

/** A key of a Secret may lie in a folder of its volume, and nowhere else. */
const isInside = (name: string) =>
  !path.isAbsolute(name) && !path.posix.normalize(name).split('/').includes('..') && !name.includes('\\');

export const rewritten = (text: string, replacements: readonly Replacement[]): string =>
  replacements.reduce((so, { from, to }) => so.replaceAll(from, to), text);

/** Whether replacing its paths as text changes nothing else of it. */
function isRewritten(text: string, file: string, config: WebFile, replacements: readonly Replacement[]): boolean {
  if (replacements.length === 0) return true;
  const to = (name: string | undefined) =>
    name === undefined ? undefined : (replacements.find(({ from }) => from === name)?.to ?? name);
  const { tls_server_config: tls } = config;
  const wanted = tls && {
    ...tls,
    ...{ cert_file: to(tls.cert_file), key_file: to(tls.key_file), client_ca_file: to(tls.client_ca_file) },
  };
  const found = parseWebConfig(rewritten(text, replacements), file);
  return JSON.stringify(sorted({ ...config, tls_server_config: wanted })) === JSON.stringify(sorted(found));
}

const sorted = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .filter(([, each]) => each !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, each]) => [key, sorted(each)]),
      );

/** The name that an exporter is reached by in the whole cluster, and its certificate has to hold. */
export const hostOf = ({ namespace }: KubernetesConfig, exporter: string): string =>
  `${exporterName(exporter)}.${namespace}.svc`;

/** Names that the certificate lacks, in a sentence; none where it isn't on this machine. */
function nameNotes(file: string, kubernetes: KubernetesConfig, exporters: readonly string[]): readonly string[] {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(readFileSync(file));
  } catch {
    return [];
  }
  const { server_name } = kubernetes.web;
  const names = server_name === undefined ? exporters.map(name => hostOf(kubernetes, name)) : [server_name];
  const lacking = names.filter(name => certificate.checkHost(name) === undefined);
  if (lacking.length === 0) return [];
  return [
    `the certificate is not of ${lacking.join(', ')}: Prometheus and the scorecard would refuse it; have it made for *.${kubernetes.namespace}.svc, or say its name in kubernetes.web.server_name`,
  ];
}

/** What Prometheus and the scorecard connect with, by its key in `web.client_secret`. */
export const clientKeys = ({ web }: KubernetesConfig, plan: WebPlan) => ({
  tls: [
    ...(plan.isTls && web.ca === 'secret' ? ['ca.crt'] : []),
    ...(plan.needsCertificate ? ['tls.crt', 'tls.key'] : []),
  ],
  user: plan.hasUsers ? ['username', 'password'] : [],
});

/** The volume at `clientFolder`, of a pod that asks others, without its name; undefined where it needs nothing of it. */
export function clientVolume({ web }: KubernetesConfig, plan: WebPlan): object | undefined {
  const keys = clientKeys({ web } as KubernetesConfig, plan).tls;
  const items = keys.map(key => ({ key, path: key }));
  const sources = [
    ...(items.length === 0 ? [] : [{ secret: { name: web.client_secret, items } }]),
    ...(plan.isTls && web.ca === 'config_map'
      ? [{ configMap: { name: caConfigMap, items: [{ key: 'ca.crt', path: 'ca.crt' }] } }]
      : []),
  ];
  return sources.length === 0 ? undefined : { projected: { defaultMode: 0o440, sources } };
}

/** Keys of an item of scorecard.exporters, by what is in that volume. */
export const remoteKeys = ({ web }: KubernetesConfig, plan: WebPlan | undefined) =>
  plan?.isTls
    ? {
        ...(web.ca === 'system' ? {} : { ca_file: `${clientFolder}/ca.crt` }),
        ...(plan.needsCertificate
          ? { client_certificate_file: `${clientFolder}/tls.crt`, client_key_file: `${clientFolder}/tls.key` }
          : {}),
        ...(web.server_name === undefined ? {} : { server_name: web.server_name }),
      }
    : {};

/** Of a ServiceMonitor's endpoint: how Prometheus gets in. */
export function scrapeFields(kubernetes: KubernetesConfig, plan: WebPlan | undefined, exporter: string): object {
  if (plan === undefined) return {};
  const { web } = kubernetes;
  const of = (key: string) => ({ name: web.client_secret, key });
  const ca = { secret: { secret: of('ca.crt') }, config_map: { configMap: { name: caConfigMap, key: 'ca.crt' } } };
  return {
    ...(plan.isTls
      ? {
          scheme: 'https',
          tlsConfig: {
            ...(web.ca === 'system' ? {} : { ca: ca[web.ca] }),
            ...(plan.needsCertificate ? { cert: { secret: of('tls.crt') }, keySecret: of('tls.key') } : {}),
            // A pod is asked by its address, which no certificate holds.
            serverName: web.server_name ?? hostOf(kubernetes, exporter),
          },
        }
      : {}),
    ...(plan.hasUsers ? { basicAuth: { username: of('username'), password: of('password') } } : {}),
  };
}

/**
 * Asks the exporter by what it leaves for commands in its own pod, where the address of the pod asks for more than a
 * kubelet has; the path is the argument.
 */
const askLocally = `const {readFileSync} = require('node:fs');
const of = name => readFileSync(process.env.PLUMBLINE_DATA_DIR + '/' + name, 'utf8').trim();
fetch(of('server-address') + process.argv[1], {headers: {authorization: 'Bearer ' + of('admin-token')}})
  .then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1));
`;

/** By HTTP or HTTPS (a kubelet verifies nothing) where all is open, else by a command. */
export const probeOf = (plan: WebPlan | undefined, port: string, path: string): object =>
  plan?.hasUsers || plan?.needsCertificate
    ? { exec: { command: ['node', '-e', askLocally, path] } }
    : { httpGet: { path, port, ...(plan?.isTls ? { scheme: 'HTTPS' } : {}) } };
