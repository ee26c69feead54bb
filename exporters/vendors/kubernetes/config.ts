/** How any source reaches the API of a Kubernetes cluster: keys of its item in plumbline.yaml. */
import { z } from 'zod';

const text = z.string().trim().min(1);

/** Where a pod finds its service account. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export const kubernetesShape = {
  server: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://10.0.0.1:6443' })
    .optional()
    .describe('Where the API server is; that of the cluster which the exporter runs in unless given.'),
  token: text.optional().describe('A bearer token of a service account that may list and watch; better in token_file.'),
  token_file: text
    .optional()
    .describe(
      "A file that holds the token, read anew at every request, for tokens are replaced; the pod's own service account unless given.",
    ),
  ca_file: text
    .optional()
    .describe("The certificate authorities of the API server (PEM); the pod's own where server is not given."),
  client_certificate_file: text.optional().describe('A client certificate (PEM), where there is no token.'),
  client_key_file: text.optional().describe('The key of the client certificate (PEM).'),
  insecure_skip_tls_verify: z.boolean().default(false).describe('True to trust any certificate; for trials only.'),
  timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
} as const;

export interface KubernetesAccess {
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly token_file?: string | undefined;
  readonly ca_file?: string | undefined;
  readonly client_certificate_file?: string | undefined;
  readonly client_key_file?: string | undefined;
  readonly insecure_skip_tls_verify: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** For `refine`: both or none. */
export const hasWholeCertificate = (access: Partial<KubernetesAccess>): boolean =>
  (access.client_certificate_file === undefined) === (access.client_key_file === undefined);
export const certificateHalf = {
  path: ['client_key_file'],
  error: 'expected client_certificate_file and client_key_file together',
};
