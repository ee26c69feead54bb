/**
 * What Backstage's Grafana plugin shows on an entity's page: dashboards by their tags, alerts by a label, one page embedded.
 * https://github.com/backstage/community-plugins/tree/main/workspaces/grafana/plugins/grafana/docs
 */
import { allDashboards } from '../../../dashboards/index.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { directoryOf } from '../../catalog/directory.ts';
import type { Entity } from '../../catalog/entity.ts';

export const dashboardSelector = 'grafana/dashboard-selector';
export const alertSelector = 'grafana/alert-label-selector';
export const overviewDashboard = 'grafana/overview-dashboard';

export type Annotations = Readonly<Record<string, string>>;

export interface Annotated {
  readonly entity: Entity;
  readonly annotations: Annotations;
}

const ours = "tags @> 'plumbline'";
/** Those that every page has, or that say how pages link to each other. */
const general = new Set(['plumbline', 'overview']);

/** True of a selector that was made here, and may be made anew. */
export const isOurs = (selector: string): boolean => selector.startsWith(ours);

let built: readonly ReturnType<(typeof allDashboards)[number]['build']>[] | undefined;
/** Made once: there are many panels. */
const pages = () => {
  built ??= allDashboards.map(({ build }) => build());
  return built;
};

/** Selects the pages of the domains of which one page can be asked about one thing. */
export function selectorOf(variable: 'team' | 'service'): string {
  const tags = pages()
    .filter(({ templating }) => (templating?.list ?? []).some(({ name }) => name === variable))
    .flatMap(page => (page.tags ?? []).filter(tag => !general.has(tag)));
  const some = [...new Set(tags)].sort().map(tag => `tags @> '${tag}'`);
  return `${ours} && (${some.join(' || ')})`;
}

/** Every Component and Group, by reference. `grafana`: its address; without it no page is embedded. */
export function annotationsOf(catalog: Catalog, grafana: string | undefined): readonly Annotated[] {
  const { teams, services } = directoryOf(catalog);
  const [ofTeam, ofService] = [selectorOf('team'), selectorOf('service')];
  const embedded = (choice: Readonly<Record<string, string | undefined>>): Annotations => {
    if (grafana === undefined || choice.team === undefined) return {};
    const chosen = Object.entries(choice).flatMap(([name, value]) =>
      value === undefined ? [] : [`var-${name}=${encodeURIComponent(value)}`],
    );
    return { [overviewDashboard]: `${grafana.replace(/\/+$/, '')}/d/plumbline-team?${chosen.join('&')}&kiosk` };
  };
  const all = [
    ...teams.map(({ ref, team }) => ({ ref, annotations: { ...of('team', team, ofTeam), ...embedded({ team }) } })),
    ...services.map(({ ref, service, team }) => ({
      ref,
      annotations: { ...of('service', service, ofService), ...embedded({ team, service }) },
    })),
  ];
  return all
    .flatMap(({ ref, annotations }) => {
      const entity = catalog.entities.get(ref);
      return entity === undefined ? [] : [{ entity, annotations }];
    })
    .sort((a, b) => (a.entity.ref < b.entity.ref ? -1 : 1));
}

const of = (label: string, value: string, selector: string): Annotations => ({
  [dashboardSelector]: selector,
  [alertSelector]: `${label}=${value}`,
});
