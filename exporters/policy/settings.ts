/** Brings what views read of the configuration into the ledger, and keeps the policies' requirements in step. */
import { readFileSync } from 'node:fs';
import { versionSpans } from '../catalog/timeline.ts';
import { ownershipOfVersion, versionsOf } from '../catalog/versions.ts';
import { replaceConfigured } from '../core/configured.ts';
import type { Transaction } from '../core/ledger.ts';
import type { MetricsConfig } from './metrics-config.ts';
import type { RequirementMapping } from './requirements.ts';

const rulesSql = readFileSync(new URL('./rules.sql', import.meta.url), 'utf8');

const settingNames = [
  ...(['minimum_samples', 'top_policies', 'top_services', 'top_scopes', 'expiring_days', 'clean_days'] as const),
];

/** `mappings`: of those that match a policy the first counts. Runs after the version of ownership is recorded. */
export async function configurePolicy(
  tx: Transaction,
  config: MetricsConfig,
  mappings: readonly RequirementMapping[],
): Promise<void> {
  await replaceConfigured(
    tx,
    'policy_settings',
    { name: 'VARCHAR', value: 'DOUBLE' },
    settingNames.map(name => ({ name, value: config[name] })),
  );
  const isChanged = await replaceConfigured(
    tx,
    'policy_requirements',
    { position: 'INTEGER', engine: 'VARCHAR', policy: 'VARCHAR', requirement: 'VARCHAR' },
    [...config.requirements, ...mappings].map((mapping, position) => ({ position, ...mapping })),
  );
  await replaceConfigured(
    tx,
    'catalog_services',
    { service: 'VARCHAR', team: 'VARCHAR', valid_from: 'DATE', valid_to: 'DATE' },
    await catalogServices(tx),
  );
  // derivePolicy fills it again.
  if (isChanged) await tx.run('DELETE FROM policy_rules');
}

async function catalogServices(tx: Transaction) {
  const rows: Record<'service' | 'team' | 'valid_from' | 'valid_to', string>[] = [];
  for (const { from, to, version } of versionSpans(await versionsOf(tx))) {
    const { document } = await ownershipOfVersion(tx, version);
    for (const { service, team = 'unowned' } of document.directory.services)
      rows.push({ service, team, valid_from: from, valid_to: to });
  }
  return rows;
}

/** Gives every policy that is new in the ledger its requirement. */
export async function derivePolicy(tx: Transaction): Promise<void> {
  await tx.run(`CREATE OR REPLACE TEMP TABLE new_rules AS
    SELECT engine, policy FROM findings
    UNION SELECT engine, policy FROM finding_tallies
    UNION SELECT engine, policy FROM finding_totals
    UNION SELECT engine, policy FROM finding_policies
    UNION SELECT engine, policy FROM finding_blocks
    UNION SELECT engine, policy FROM finding_exceptions
    EXCEPT SELECT engine, policy FROM policy_rules`);
  if ((await tx.scalar('SELECT EXISTS (FROM new_rules)')) === true) {
    await tx.run(rulesSql);
    tx.touch('policy_rules');
  }
  await tx.run('DROP TABLE new_rules');
}
