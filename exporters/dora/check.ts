/** What of the dora configuration selects nothing in the ledger, and what the ledger can't count; else panels stay empty without a word. */
import { wildcard } from '../catalog/wildcard.ts';
import type { Notice } from '../core/exporter.ts';
import type { Ledger, Row } from '../core/ledger.ts';
import type { DoraConfig } from './config.ts';
import { destinations } from './production/services.ts';

/** Says nothing of a ledger without deployments: that a source brings none is told elsewhere. */
export async function checkDora(
  ledger: Ledger,
  { production, services }: Pick<DoraConfig, 'production' | 'services'>,
): Promise<readonly Notice[]> {
  const { environments, repositories, bases } = await ledger.read(async reader => ({
    environments: await reader.all(
      `SELECT environment, count(DISTINCT (source, deployment)) AS n FROM deployments GROUP BY ALL ORDER BY n DESC, environment`,
    ),
    repositories: await reader.all('SELECT DISTINCT repository FROM deployments ORDER BY repository'),
    bases: await reader.all(
      `SELECT repository, basis, count(*) AS n FROM (
         FROM deployment_ranges
         QUALIFY row_number() OVER (PARTITION BY deployment, service, environment, repository ORDER BY learned_at DESC) = 1
       ) WHERE holds AND basis IN ('unknown_commit', 'no_sha') GROUP BY ALL ORDER BY repository, basis`,
    ),
  }));
  if (environments.length === 0) return [];
  return [
    ...productionNotices(production, environments),
    ...serviceNotices(
      services,
      repositories.map(({ repository }) => String(repository)),
    ),
    ...bases.map(baseNotice),
  ];
}

function productionNotices(productions: DoraConfig['production'], environments: readonly Row[]): readonly Notice[] {
  const destinationOf = destinations(productions);
  const reached = environments.map(({ environment }) => destinationOf(String(environment)));
  const known = environments.map(({ environment }) => String(environment));
  return productions.flatMap(({ name, regions }) => {
    const own = reached.filter(destination => destination?.production.name === name);
    if (own.length === 0) {
      const told = environments.slice(0, 8).map(({ environment, n }) => `${environment || "''"} (${n})`);
      return [
        { subject: `production ${name}`, text: `no deployment goes to it; environments told are ${told.join(', ')}` },
      ];
    }
    return regions
      .filter(region => !own.some(destination => destination?.region === region))
      .map(region => ({
        ...{
          subject: `production ${name}`,
          text: `no deployment goes to its region ${region}, so nothing reaches all`,
        },
        ...{ word: region, known },
      }));
  });
}

const serviceNotices = (services: DoraConfig['services'], repositories: readonly string[]): readonly Notice[] =>
  services
    .filter(({ repository }) => !repositories.some(wildcard([repository], true)))
    .map(({ service, repository }) => ({
      ...{ subject: `service ${service}`, text: `no deployment is of its repository ${repository}` },
      ...{ word: repository, known: repositories },
    }));

const baseNotice = ({ repository, basis, n }: Row): Notice => ({
  subject: `deployments of ${repository}`,
  text:
    basis === 'no_sha'
      ? `${n} tell no commit, so their changes have no lead time`
      : `${n} have no lead times: their commit, or that of the deployment before, is in no history that was read; add the repository to dora.git, or read more of its past`,
});
