/** Brings what views read of the configuration into the ledger. */
import { replaceConfigured } from '../core/configured.ts';
import type { Transaction } from '../core/ledger.ts';
import { severities } from '../findings/report.ts';
import { sbomGaps } from './document.ts';
import type { MetricsConfig, Sla } from './metrics-config.ts';
import type { WatchConfig } from './watch/config.ts';

const numbers = [
  ...(['due_days', 'minimum_samples', 'top_services', 'expiring_days', 'epss_high', 'sbom_stale_days'] as const),
  'provenance_level' as const,
];

export async function configureSupplyChain(
  tx: Transaction,
  config: MetricsConfig & { readonly watch: readonly WatchConfig[] },
): Promise<void> {
  await replaceConfigured(
    tx,
    'supply_chain_watches',
    { watch: 'VARCHAR', purl: 'VARCHAR', range: 'VARCHAR' },
    config.watch.map(({ name, purl, range = '' }) => ({ watch: name, purl, range })),
  );
  await replaceConfigured(tx, 'supply_chain_settings', { name: 'VARCHAR', value: 'DOUBLE' }, [
    ...numbers.map(name => ({ name, value: config[name] })),
    { name: 'sla_from_fix', value: Number(config.sla.clock === 'fix_available') },
    ...sbomGaps
      .filter(gap => !config.sbom_optional.includes(gap))
      .map(gap => ({ name: `sbom_required_${gap}`, value: 1 })),
  ]);
  await replaceConfigured(
    tx,
    'supply_chain_sla',
    { severity: 'VARCHAR', is_exploited: 'BOOLEAN', sla_days: 'DOUBLE' },
    slaRows(config.sla),
  );
}

/** What is exploited has the shorter of both limits. */
const slaRows = (sla: Sla) =>
  severities.flatMap(severity => {
    const limit = sla[severity];
    return [
      ...(limit === undefined ? [] : [{ severity, is_exploited: false, sla_days: limit }]),
      { severity, is_exploited: true, sla_days: Math.min(sla.exploited, limit ?? sla.exploited) },
    ];
  });
