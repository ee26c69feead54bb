/**
 * Where the API server is and who asks: as given, else as a pod finds it. Source: "Accessing the Kubernetes API from a
 * Pod" of the Kubernetes documentation.
 */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import path from 'node:path';
import { rememberSecrets } from '../../core/secrets.ts';
import { type KubernetesAccess, serviceAccountFolder } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface AccessOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Instead of /var/run/secrets/kubernetes.io/serviceaccount. */
  readonly serviceAccount?: string;
}

export interface ResolvedAccess {
  readonly server: string;
  /** The token as it is now; undefined where a client certificate speaks. Errors: KUBERNETES_FILE. */
  readonly token: () => string | undefined;
  readonly agent: Agent;
}

/** Errors: KUBERNETES_NOT_IN_CLUSTER, KUBERNETES_FILE. */
export function resolveAccess(access: KubernetesAccess, options: AccessOptions = {}): ResolvedAccess {
  const { environment = process.env, serviceAccount = serviceAccountFolder } = options;
  const isInCluster = access.server === undefined;
  const { client_certificate_file: certificate, client_key_file: key } = access;
  const authorities = access.ca_file ?? (isInCluster ? path.join(serviceAccount, 'ca.crt') : undefined);
  const tokenFile =
    access.token_file ??
    (isInCluster && access.token === undefined && certificate === undefined
      ? path.join(serviceAccount, 'token')
      : undefined);
  return {
    server: access.server?.replace(/\/+$/, '') ?? inClusterServer(environment),
    token: () => {
      if (tokenFile === undefined) return access.token;
      const token = read(tokenFile, 'token of the service account').trim();
      rememberSecrets([token]);
      return token || undefined;
    },
    agent: new Agent({
      rejectUnauthorized: !access.insecure_skip_tls_verify,
      ...(authorities === undefined ? {} : { ca: read(authorities, 'certificate authorities') }),
      ...(certificate === undefined || key === undefined
        ? {}
        : { cert: read(certificate, 'client certificate'), key: read(key, 'key of the client certificate') }),
    }),
  };
}

function inClusterServer(environment: Readonly<Record<string, string | undefined>>): string {
  const host = environment.KUBERNETES_SERVICE_HOST;
  if (!host) throw new PlumblineError('KUBERNETES_NOT_IN_CLUSTER', { variable: 'KUBERNETES_SERVICE_HOST' });
  const port = environment.KUBERNETES_SERVICE_PORT || '443';
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new PlumblineError('KUBERNETES_FILE', { path: file, what, reason }, error);
  }
}
