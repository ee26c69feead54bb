/** Brings what releases and views read of the configuration and the catalog into the ledger. */
import { createHash } from 'node:crypto';
import { replaceConfigured } from '../../core/configured.ts';
import type { Transaction } from '../../core/ledger.ts';
import type { ExperienceConfig } from '../config.ts';
import { featuresOf, type Kind } from './features.ts';
import { spansOf } from './people.ts';

type Config = Pick<ExperienceConfig, 'features' | 'privacy'>;

/** Tells releases that were made with another configuration. */
export const settingsDigest = ({ features, privacy }: Config): string =>
  createHash('sha256')
    .update(JSON.stringify([features, privacy.minimum_group]))
    .digest('hex')
    .slice(0, 16);

/** Runs after the version of ownership is recorded. */
export async function configureUsage(tx: Transaction, config: Config): Promise<void> {
  const span = { valid_from: 'DATE', valid_to: 'DATE' };
  const { people, teams } = await spansOf(tx);
  await replaceConfigured(
    tx,
    'usage_people',
    { person: 'VARCHAR', team: 'VARCHAR', ...span },
    people.map(row => ({ ...row })),
  );
  await replaceConfigured(
    tx,
    'usage_teams',
    { team: 'VARCHAR', ...span },
    teams.map(row => ({ ...row })),
  );
  await replaceConfigured(
    tx,
    'usage_features',
    { feature: 'VARCHAR', is_golden_path: 'BOOLEAN', has_templates: 'BOOLEAN' },
    config.features.map(({ feature, is_golden_path, templates }) => ({
      ...{ feature, is_golden_path, has_templates: templates !== undefined },
    })),
  );
  await replaceConfigured(tx, 'usage_settings', { name: 'VARCHAR', value: 'DOUBLE' }, [
    { name: 'minimum_group', value: config.privacy.minimum_group },
  ]);
  const features = featuresOf(config.features);
  const kinds = await tx.all('FROM usage_kinds');
  await replaceConfigured(
    tx,
    'usage_kind_features',
    { kind: 'VARCHAR', feature: 'VARCHAR' },
    kinds.flatMap(row => features.of(row as unknown as Kind).map(feature => ({ kind: String(row.kind), feature }))),
  );
}
