/** What a container or a service manager sets from outside, whatever the file says. */
import path from 'node:path';
import type { Environment } from './environment.ts';

interface Overridden {
  readonly data_dir: string;
  readonly server: { readonly host: string };
  readonly remote_write: readonly object[];
}

export function withEnvironment<Values extends Overridden>(config: Values, env: Environment): Values {
  const { PLUMBLINE_DATA_DIR: dataDir, PLUMBLINE_HOST: host, PLUMBLINE_REMOTE_WRITE_URL: url } = env;
  // A target that the file names by itself is not joined by a second one.
  const remote =
    url && config.remote_write.length === 0 ? [{ name: 'environment', url, headers: {}, window_days: 400 }] : [];
  return {
    ...config,
    ...(dataDir ? { data_dir: path.resolve(dataDir) } : {}),
    server: { ...config.server, ...(host ? { host } : {}) },
    remote_write: [...config.remote_write, ...remote],
  };
}
