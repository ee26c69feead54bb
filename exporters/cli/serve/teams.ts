/** What pages of teams tell besides what the exporters do: all teams of the catalog, their SLOs and their dashboards. */
import { compiledSlos } from '../../../alerts/index.ts';
import { durationText } from '../../../alerts/slo/durations.ts';
import type { Slo } from '../../../alerts/slo/model.ts';
import { sloPage, teamPage } from '../../../dashboards/lib/links.ts';
import type { Ownership } from '../../catalog/ownership.ts';
import type { Config } from '../../config.ts';
import { describeError } from '../../core/errors.ts';
import type { TeamCell, TeamDirectory, TeamLink, TeamSection } from '../../core/team/section.ts';

export function teamDirectory(config: Config, ownership: Pick<Ownership, 'teams' | 'document'>): TeamDirectory {
  const grafana = config.links.grafana?.replace(/\/+$/, '');
  const dashboard = (uid: string, variables: Readonly<Record<string, string>>) =>
    grafana === undefined
      ? undefined
      : `${grafana}/d/${uid}?${new URLSearchParams(Object.entries(variables).map(([name, value]) => [`var-${name}`, value] as [string, string]))}`;
  return {
    teams: () => ownership.teams,
    links: team => linkTo('The team in Grafana', dashboard(teamPage, { team })),
    sections: async team => [slosOf(team, { config, ownership, dashboard })],
  };
}

const linkTo = (text: string, href: string | undefined): readonly TeamLink[] =>
  href === undefined ? [] : [{ text, href }];

interface Context {
  readonly config: Config;
  readonly ownership: Pick<Ownership, 'document'>;
  readonly dashboard: (uid: string, variables: Readonly<Record<string, string>>) => string | undefined;
}

/** Whether budgets last only Prometheus knows; what is promised stands in files. */
function slosOf(team: string, { config, ownership, dashboard }: Context): TeamSection {
  const section = {
    title: 'SLOs',
    about: 'Objectives that are defined for its services. What is left of their budgets Prometheus alone knows.',
    links: [],
  };
  const { services } = ownership.document.directory;
  const owned = new Map(
    services.flatMap(({ service, team: by }) => (by === undefined ? [] : [[service, by] as const])),
  );
  try {
    const all = compiledSlos(config, owned).map(({ slo }) => slo);
    const own = all.filter(slo => slo.team === team);
    const names = [...owned].flatMap(([service, by]) => (by === team ? [service] : []));
    const covered = names.filter(service => own.some(slo => slo.service === service)).length;
    return {
      ...section,
      numbers: [
        {
          label: 'SLOs defined',
          amount: all.length === 0 ? undefined : { value: own.length, unit: 'count' },
          absent: 'the configuration names no SLOs of anybody',
          ...(names.length > 0 &&
            all.length > 0 && { detail: `of ${covered} of its n = ${names.length} services in the catalog` }),
        },
      ],
      tables: [
        {
          caption: 'What is promised',
          columns: ['Service', 'SLO', 'Objective', 'Window', 'Runbook', ...(config.links.grafana ? ['Budget'] : [])],
          rows: own.map(slo => rowOf(slo, dashboard)),
          empty: 'No SLO is defined for its services.',
        },
      ],
    };
  } catch (error) {
    return { ...section, about: `They could not be read: ${describeError(error)}`, numbers: [], tables: [] };
  }
}

function rowOf(slo: Slo, dashboard: Context['dashboard']): readonly TeamCell[] {
  const { service, name, displayName, objective, parts, window } = slo;
  const target = parts
    .map(part => `${part.name ? `${part.name} ` : ''}${part.target.times(100).toString()} %`)
    .join(', ');
  const own = linkTo('Grafana', dashboard(sloPage, { service, slo: name, objective }));
  return [
    service,
    displayName || name,
    target,
    window.kind === 'rolling' ? `${durationText(window.seconds)}, rolling` : `${window.count} ${window.unit}, calendar`,
    { text: 'SloBudgetBurnFast', href: '/runbooks/SloBudgetBurnFast' },
    ...own,
  ];
}
