/** Rows of a usage metric in the words of their system, brought to teams and services of the catalog. */
import type { Names } from '../../../catalog/names.ts';
import { unowned } from '../../../catalog/ownership.ts';
import { fold } from '../../../catalog/refs.ts';
import type { Transaction } from '../../../core/ledger.ts';

/**
 * Makes `read_usage` from the temporary table `usage_rows` (charge_day DATE, team, service, environment, quantity
 * DECIMAL(38,10)). A service that is a Component brings its team; a team that no one knows is unowned; where neither is
 * told the team is ''.
 */
export async function nameOwners(tx: Transaction, names: Names): Promise<void> {
  const words = await tx.all('SELECT DISTINCT team, service, environment FROM usage_rows');
  const owners = words.map(row => {
    const [team, service, environment] = [row.team, row.service, row.environment].map(word => String(word ?? ''));
    return {
      words: { team, service, environment },
      ...ownerOf(names, team ?? '', service ?? ''),
      environment: fold(environment ?? ''),
    };
  });
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE read_usage AS
     SELECT charge_day, owner.team, owner.service, owner.environment, sum(quantity) AS quantity
     FROM usage_rows
     JOIN (
       SELECT unnest(from_json($owners, '[{"words":{"team":"VARCHAR","service":"VARCHAR","environment":"VARCHAR"},
         "team":"VARCHAR","service":"VARCHAR","environment":"VARCHAR"}]')) AS owner
     ) ON owner.words.team = coalesce(usage_rows.team, '') AND owner.words.service = coalesce(usage_rows.service, '')
       AND owner.words.environment = coalesce(usage_rows.environment, '')
     GROUP BY ALL`,
    { owners: JSON.stringify(owners) },
  );
}

function ownerOf(names: Names, team: string, service: string): { readonly team: string; readonly service: string } {
  if (service === '') return { team: team === '' ? '' : (names.teamOf(team) ?? unowned), service: '' };
  const known = names.serviceOf(service);
  return { team: (team === '' ? known.team : names.teamOf(team)) ?? unowned, service: known.service };
}
