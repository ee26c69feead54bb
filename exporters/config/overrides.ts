/** What a container or a service manager sets from outside, whatever the file says. */
import path from 'node:path';
import type { Environment } from './environment.ts';
import { PlumblineError } from './errors.ts';
import { httpUrl } from './schema.ts';
import { shown } from './secrecy.ts';

interface Overridden {
  readonly data_dir: string;
  readonly server: { readonly host: string };
  readonly remote_write: readonly object[];
}

/** Names the target that PLUMBLINE_REMOTE_WRITE_URL is. */
export const environmentTarget = 'environment';

/** Errors: CONFIG_ENVIRONMENT_INVALID. */
export function withEnvironment<Values extends Overridden>(config: Values, env: Environment): Values {
  const { PLUMBLINE_DATA_DIR: dataDir, PLUMBLINE_HOST: host, PLUMBLINE_REMOTE_WRITE_URL: url } = env;
  if (url && !httpUrl.safeParse(url).success)
    throw new PlumblineError('CONFIG_ENVIRONMENT_INVALID', {
      name: 'PLUMBLINE_REMOTE_WRITE_URL',
      value: shown(url, ['url']),
      expected: 'a URL that begins with http:// or https://',
    });
  // A target that the file names by itself is not joined by a second one.
  const remote =
    url && config.remote_write.length === 0 ? [{ name: environmentTarget, url, headers: {}, window_days: 400 }] : [];
  return {
    ...config,
    ...(dataDir ? { data_dir: path.resolve(dataDir) } : {}),
    server: { ...config.server, ...(host ? { host } : {}) },
    remote_write: [...config.remote_write, ...remote],
  };
}
