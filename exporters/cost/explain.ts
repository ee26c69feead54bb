/** What `plumbline explain` says of a resource's cost, and of a repository's estimates. */
import { explainOwned } from '../catalog/explain.ts';
import type { Ledger } from '../core/ledger.ts';
import { utcDay } from '../core/time.ts';
import { explainSplits } from './explain-split.ts';

/**
 * Who owns a resource by which rule, what it cost in the 30 complete UTC days before `now`, and how that is split.
 * Undefined where the ledger has no such id: rules that read no resource ids keep none.
 */
export async function explainResource(ledger: Ledger, id: string, now: Date): Promise<string | undefined> {
  const today = utcDay(now);
  return ledger.read(async reader => {
    const owned = await explainOwned(reader, 'resource', id, today);
    const costs = await reader.all(
      `SELECT currency, sum(effective)::VARCHAR AS effective, sum(billed)::VARCHAR AS billed
       FROM charge_keys
       JOIN charges USING (key_id)
       WHERE resource_id = $id AND charge_day >= $today::DATE - 30 AND charge_day < $today::DATE
       GROUP BY currency ORDER BY currency`,
      { id, today },
    );
    const lines = costs.map(
      ({ currency, effective, billed }) =>
        `cost of the last 30 complete days: ${plain(effective)} ${String(currency)} effective, ${plain(billed)} billed`,
    );
    if (owned === undefined && lines.length === 0) return undefined;
    const splits = await explainSplits(reader, id, today);
    return [owned ?? `resource ${id}`, ...[...lines, ...splits].map(line => `  ${line}`)].join('\n');
  });
}

/**
 * Who owns a repository by which rule, and which service its projects' estimates are of. Undefined where nothing was ever
 * estimated in it.
 */
export async function explainRepository(ledger: Ledger, id: string, now: Date): Promise<string | undefined> {
  return ledger.read(async reader => {
    const projects = await reader.all(
      `SELECT project, max(s.team) AS team, max(s.service) AS service, max(committed_at)::DATE::VARCHAR AS newest
       FROM cost_estimates AS e LEFT JOIN estimate_services AS s USING (repository, project)
       WHERE repository = $id GROUP BY project ORDER BY project`,
      { id },
    );
    if (projects.length === 0) return undefined;
    const owned = await explainOwned(reader, 'repository', id, utcDay(now));
    const lines = projects.map(({ project, team, service, newest }) => {
      const of = service === null ? "the repository's owner" : `${String(team)}, ${String(service)} (cost.estimates)`;
      return `estimates of ${String(project)}, the newest of ${String(newest)}: ${of}`;
    });
    return [owned ?? `repository ${id}`, ...lines.map(line => `  ${line}`)].join('\n');
  });
}

/** Decimal text without the zeros at its end. */
const plain = (amount: unknown) => String(amount).replace(/\.?0+$/, '');
