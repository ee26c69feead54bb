/** Brings what views and derivations read of the configuration into the ledger. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../catalog/ownership.ts';
import type { Transaction } from '../core/ledger.ts';
import type { DoraConfig } from './config.ts';
import { mark } from './marks.ts';

/** Where a rule of the derivation has changed, everything is derived anew. */
export async function configureDora(tx: Transaction, config: DoraConfig): Promise<void> {
  const rules = {
    ...{ production: config.production, services: config.services, bots: config.bots },
    ...{ labels: config.hotfix_labels, branches: config.hotfix_branches, definitions: config.definitions },
    devlake: config.devlake,
    ...{ incident: config.incident_hours, remedy: config.remedy_hours, gap: config.longest_gap_days },
  };
  const digest = createHash('sha256').update(canonicalJson(rules)).digest();
  const settings: Readonly<Record<string, number>> = {
    minimum_samples: config.minimum_samples,
    listed_incidents: config.listed_incidents,
    is_devlake: config.definitions === 'devlake' ? 1 : 0,
    // The first 48 bits, which a double holds exactly.
    rules_digest: digest.readUIntBE(0, 6),
    ...Object.fromEntries(config.pipelines.map(pattern => [`pipeline:${pattern}`, 1])),
  };
  const known = await tx.all('SELECT name, value FROM dora_settings');
  const values = new Map(known.map(({ name, value }) => [String(name), Number(value)]));
  const changed = Object.entries(settings).filter(([name, value]) => values.get(name) !== value);
  const gone = [...values.keys()].filter(name => name.startsWith('pipeline:') && settings[name] === undefined);
  if (changed.length + gone.length === 0) return;
  await tx.run(`DELETE FROM dora_settings WHERE name IN (SELECT unnest(from_json($names::JSON, '["VARCHAR"]')))`, {
    names: JSON.stringify([...Object.keys(settings), ...gone]),
  });
  await tx.run(
    `INSERT INTO dora_settings SELECT s.name, s.value
     FROM (SELECT unnest(from_json($rows::JSON, '[{"name":"VARCHAR","value":"DOUBLE"}]')) AS s)`,
    { rows: JSON.stringify(Object.entries(settings).map(([name, value]) => ({ name, value }))) },
  );
  tx.touch('dora_settings');
  if (changed.some(([name]) => name === 'rules_digest')) await mark(tx, ['*']);
}
