/** What `plumbline explain` says of a deployment and of a pull request. */
import type { Ledger } from '../core/ledger.ts';
import type { DoraConfig } from './config.ts';
import { explainDeployment } from './explain/deployment.ts';
import { explainPullRequest } from './explain/pull-request.ts';

/** Undefined where nothing is known of it, or the kind is none of ours. */
export const explainDelivery = (
  ledger: Ledger,
  config: Pick<DoraConfig, 'production'>,
  kind: string,
  id: string,
): Promise<string | undefined> =>
  ledger.read(async reader => {
    if (kind === 'deployment') return explainDeployment(reader, config, id);
    return kind === 'pull-request' ? explainPullRequest(reader, id) : undefined;
  });
