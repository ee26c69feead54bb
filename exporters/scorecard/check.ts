/** What of the scorecard's configuration selects nothing, for `plumbline check`. */
import { wildcard } from '../catalog/wildcard.ts';
import type { Notice } from '../core/exporter.ts';
import type { Ledger } from '../core/ledger.ts';
import { utcDay } from '../core/time.ts';
import type { CatalogService } from './catalog-facts.ts';
import type { ScorecardConfig } from './config.ts';
import type { AskedCheck } from './settings.ts';

export interface Checking {
  readonly config: ScorecardConfig;
  readonly checks: readonly AskedCheck[];
  readonly services: readonly CatalogService[];
  readonly now: Date;
}

export async function scorecardNotices(
  ledger: Ledger,
  { config, checks, services, now }: Checking,
): Promise<readonly Notice[]> {
  const told = await ledger.read(reader =>
    reader.all('SELECT DISTINCT concat(exporter, \'/\', "check") AS facts FROM subject_states'),
  );
  const known = told.map(({ facts }) => String(facts));
  const names = services.map(({ service }) => service);
  const teams = [...new Set(services.map(({ team }) => team))];
  const today = utcDay(now);
  return [
    ...(services.length === 0
      ? [{ subject: 'scorecard', text: 'the catalog has no Component, so that there is nothing to check' }]
      : []),
    ...checks
      // What is asked for by name; of the rest a platform may have nothing yet.
      .filter(({ id, facts }) => config.checks.some(one => one.id === id) && !known.includes(facts))
      .map(
        ({ id, facts }): Notice => ({
          ...{ subject: `check ${id}`, text: `nothing has told ${facts} yet, so that it is not measured` },
          ...{ word: facts, known },
        }),
      ),
    ...config.exemptions.flatMap(({ check, service, team, until }): Notice[] => {
      const subject = `exemption from ${check}`;
      if (until < today) return [{ subject, text: `it ended on ${until}; remove it, or renew it with its reason` }];
      if (service !== undefined && !names.some(wildcard([service])))
        return [{ subject, text: `no service of the catalog is ${service}`, word: service, known: names }];
      if (team !== undefined && !teams.includes(team))
        return [{ subject, text: `no service of the catalog is owned by ${team}`, word: team, known: teams }];
      return [];
    }),
  ];
}
