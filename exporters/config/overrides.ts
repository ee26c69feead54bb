/** What a container or a service manager sets from outside, whatever the file says. */
import path from 'node:path';
import type { z } from 'zod';
import { rememberSecrets } from '../core/secrets.ts';
import type { Environment } from './environment.ts';
import { PlumblineError } from './errors.ts';
import { httpUrl, otlpSchema } from './schema.ts';
import { shown } from './secrecy.ts';
import { readSecret } from './secret-files.ts';

interface Overridden {
  readonly data_dir: string;
  readonly server: { readonly host: string };
  readonly remote_write: readonly object[];
  readonly otlp?: z.output<typeof otlpSchema> | undefined;
}

/** Names the target that PLUMBLINE_REMOTE_WRITE_URL is; where it is several, the second is `environment-2`. */
const environmentTarget = 'environment';
export const isOfEnvironment = (target: string): boolean => /^environment(-\d+)?$/.test(target);

/** Errors: CONFIG_ENVIRONMENT_INVALID. */
export function withEnvironment<Values extends Overridden>(config: Values, env: Environment): Values {
  const { PLUMBLINE_DATA_DIR: dataDir, PLUMBLINE_HOST: host, PLUMBLINE_REMOTE_WRITE_URL: url } = env;
  const urls = url ? url.split(/[\s,]+(?=https?:)/) : [];
  const named = { PLUMBLINE_REMOTE_WRITE_URL: urls, PLUMBLINE_OTLP_ENDPOINT: [env.PLUMBLINE_OTLP_ENDPOINT] };
  for (const [name, values] of Object.entries(named))
    for (const value of values)
      if (value && !httpUrl.safeParse(value).success)
        throw new PlumblineError('CONFIG_ENVIRONMENT_INVALID', {
          ...{ name, value: shown(value, ['url']), expected: 'a URL that begins with http:// or https://' },
        });
  // A target that the file names by itself is not joined by a second one.
  const remote =
    config.remote_write.length > 0
      ? []
      : urls.map((each, index) => ({
          name: index === 0 ? environmentTarget : `${environmentTarget}-${index + 1}`,
          ...{ url: each, headers: {}, window_days: 400 },
        }));
  return {
    ...config,
    ...(dataDir ? { data_dir: path.resolve(dataDir) } : {}),
    server: { ...config.server, ...(host ? { host } : {}) },
    remote_write: [...config.remote_write, ...remote],
    ...otlpOf(config, env),
  };
}

/** Where the file names no endpoint: that of the environment, with the token of a file. */
function otlpOf(config: Overridden, env: Environment): Pick<Overridden, 'otlp'> {
  const { PLUMBLINE_OTLP_ENDPOINT: endpoint, PLUMBLINE_OTLP_TOKEN_FILE: file } = env;
  if (config.otlp !== undefined || !endpoint) return {};
  if (!file) return { otlp: otlpSchema.parse({ endpoint }) };
  const token = readSecret(file);
  if ('error' in token)
    throw new PlumblineError('CONFIG_ENVIRONMENT_INVALID', {
      ...{
        name: 'PLUMBLINE_OTLP_TOKEN_FILE',
        value: JSON.stringify(file),
        expected: `a file that holds the token; it ${token.error}`,
      },
    });
  rememberSecrets([token.value]);
  return { otlp: otlpSchema.parse({ endpoint, bearer_token: token.value }) };
}
