/** How any source reaches an OCI registry: keys of its item in plumbline.yaml. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const ociShape = {
  host: text
    .regex(/^[a-z0-9.-]+(:\d+)?$/i, 'expected a host as images name it, such as ghcr.io')
    .optional()
    .describe('The registry as references of images name it, such as ghcr.io; docker.io for Docker Hub.'),
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://registry.acme.io' })
    .optional()
    .describe('Where it is, where that is another address; https://HOST unless given.'),
  username: text.optional().describe('The user, where it is not read by anyone: of a robot account or a deploy token.'),
  password: text.optional().describe('Its password or token; better in password_file.'),
  password_file: text.optional().describe('A file that holds the password, read anew whenever it is asked for.'),
  token: text.optional().describe('A bearer token that the registry takes as it is; better in token_file.'),
  token_file: text.optional().describe('A file that holds the token, read anew at every request.'),
  ca_file: text.optional().describe('The certificate authorities of the registry (PEM), where it has its own.'),
  insecure_skip_tls_verify: z.boolean().default(false).describe('True to trust any certificate; for trials only.'),
  timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
  concurrency: z.int().min(1).max(32).default(4).describe('Requests under way at once.'),
  most_mib: z
    .number()
    .positive()
    .default(64)
    .describe('Signatures, attestations and bills of materials that are larger (MiB) are not read.'),
} as const;

export interface OciAccess {
  readonly host?: string | undefined;
  readonly url?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly password_file?: string | undefined;
  readonly token?: string | undefined;
  readonly token_file?: string | undefined;
  readonly ca_file?: string | undefined;
  readonly insecure_skip_tls_verify: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly concurrency: number;
  readonly most_mib: number;
}

/** For `refine`. */
export const hasRegistry = ({ host, url }: Pick<OciAccess, 'host' | 'url'>): boolean =>
  host !== undefined || url !== undefined;
export const registryMissing = { path: ['host'], error: 'expected host or url' };
export const hasWholeUser = (access: Partial<OciAccess>): boolean =>
  (access.username === undefined) === (access.password === undefined && access.password_file === undefined);
export const userHalf = { path: ['username'], error: 'expected username and password_file together' };

/** The host as images name it. */
export const hostOf = ({ host, url }: Pick<OciAccess, 'host' | 'url'>): string =>
  host?.toLowerCase() ?? new URL(url!).host;

/** Docker Hub answers elsewhere than it is called. */
export const urlOf = (access: Pick<OciAccess, 'host' | 'url'>): string => {
  const host = hostOf(access);
  return (access.url ?? `https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`).replace(/\/+$/, '');
};
