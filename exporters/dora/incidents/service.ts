/** Of which service an incident is that tells its repository alone. */
import type { Transaction } from '../../core/ledger.ts';
import { fromSqlTime } from '../../core/time.ts';

export interface Deployed {
  readonly service: string;
  /** The start of its first deployment. */
  readonly since: number;
}

/** The services that repositories are deployed as. */
export async function deployedServices(tx: Transaction): Promise<ReadonlyMap<string, readonly Deployed[]>> {
  const rows = await tx.all(`
    SELECT repository, service, min(started_at) AS since
    FROM (
      SELECT repository, service, outcome, started_at FROM production_deployments
      SEMI JOIN (SELECT repository FROM incidents WHERE service = '') USING (repository)
      QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at DESC) = 1
    )
    WHERE outcome <> '' AND repository <> ''
    GROUP BY ALL
    ORDER BY ALL`);
  const deployed = rows.map(row => ({
    repository: String(row.repository),
    service: String(row.service),
    since: fromSqlTime(String(row.since)).getTime(),
  }));
  return Map.groupBy(deployed, ({ repository }) => repository);
}

/**
 * The service of an incident of which its repository alone is known: what owns that (`owning`), where it is deployed as
 * such, else what alone it was deployed as by then; '' where that were several.
 */
export function serviceOf(
  owning: string | undefined,
  repository: string,
  deployed: readonly Deployed[],
  at: number,
): string {
  const before = deployed.filter(({ since }) => since <= at);
  const services = (before.length > 0 ? before : deployed).map(({ service }) => service);
  if (services.length === 0) return owning ?? repository;
  if (owning !== undefined && (services.includes(owning) || services.length > 1)) return owning;
  return services.length === 1 ? services[0]! : '';
}
