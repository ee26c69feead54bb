import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { address, type DashboardVariable } from './variables.ts';

/** Marks our pages; the links between them find each other by it. */
export const pageTag = 'plumbline';

/** Where Plumbline serves its runbooks: as its default configuration does, and to be changed on the page. */
export const runbooks = address('runbooks', { title: 'Runbooks', initially: 'http://localhost:9464/runbooks' });

/** Marks those of them that take any choice of teams. */
export const overviewTag = 'overview';

/** The page of one team, by its address `/d/UID`. */
export const teamPage = 'plumbline-team';

/** Links to all other pages that take any choice; they keep the time range and the variables that they share. */
export const linksToPages = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Plumbline')
    .type(DashboardLinkType.Dashboards)
    .tags([pageTag, overviewTag])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true);

/** Leads to the page of one team without the teams chosen here: of all of them, it would be empty. */
export const linkToTeamPage = (shared: readonly string[]): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Team')
    .type(DashboardLinkType.Link)
    .icon('apps')
    .url(`/d/${teamPage}?${['datasource', ...shared].map(name => `\${${name}:queryparam}`).join('&')}`)
    .keepTime(true);

/** Leads to what to do about each alert; where the runbooks stand is a variable of the page. */
export const linksToRunbooks = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Runbooks').type(DashboardLinkType.Link).url(`\${${runbooks.name}}`).targetBlank(true);

/** The page about experience, by its address `/d/UID`. */
export const experiencePage = 'plumbline-experience';

/** Leads from a table's column `Feature` to the use of that feature alone, over a year: when it was used last. */
export const linksToFeature = (): readonly DashboardLinkBuilder[] => [
  new DashboardLinkBuilder('See its use over a year')
    .type(DashboardLinkType.Link)
    .url(
      `/d/${experiencePage}?from=now-1y&to=now&\${datasource:queryparam}&\${survey:queryparam}&var-feature=\${__data.fields.Feature:percentencode}`,
    ),
];

/** Links of a table's column of teams. */
export type TeamLinks = ReturnType<typeof linksToTeam>;

interface LinkOptions {
  /** Whether the page has a currency, and a basis of cost, to hand on. */
  readonly currency?: boolean;
  readonly costBasis?: boolean;
}

/** Leads from a chart's series, or from a table's column `field`, to the page of the team it is about. */
export const linksToTeam =
  (field?: string, { currency = true, costBasis = currency }: LinkOptions = {}) =>
  (): readonly DashboardLinkBuilder[] => {
    const value =
      field === undefined ? `\${__field.labels.team:percentencode}` : `\${__data.fields.${field}:percentencode}`;
    const kept = `\${__url_time_range}&\${datasource:queryparam}${currency ? `&\${currency:queryparam}` : ''}${costBasis ? `&\${cost_basis:queryparam}` : ''}`;
    return [
      new DashboardLinkBuilder('Open the team page')
        .type(DashboardLinkType.Link)
        .url(`/d/${teamPage}?${kept}&var-team=${value}`),
    ];
  };

/** Where Plumbline lists findings one by one, for who has a token; to be changed on the page. */
export const findings = address('findings', {
  title: 'Findings',
  initially: 'http://localhost:9464/api/policy/findings',
});

/** The same of the supply chain: another list, and another name, so that links between pages don't hand one on for the other. */
export const supplyFindings = address('supply_findings', {
  title: 'Supply chain findings',
  initially: 'http://localhost:9464/api/supply-chain/findings',
});

/** Where Plumbline lists what runs, with what is known of each image. */
export const supplyImages = address('supply_images', {
  title: 'Images',
  initially: 'http://localhost:9464/api/supply-chain/images',
});

/** Where Plumbline answers which images have a package. */
export const components = address('components', {
  title: 'Components',
  initially: 'http://localhost:9464/api/components',
});

type LinksToList = (
  title: string,
  of: Readonly<Record<string, string>>,
  chosen?: readonly string[],
) => () => readonly DashboardLinkBuilder[];

/**
 * Leads to what something counts, one by one: `of` by their parameters, as texts that may hold variables. The variables
 * of the page in `chosen` narrow them; all of one is told as `.*`, which the lists take for any.
 */
const linksToList =
  (list: DashboardVariable): LinksToList =>
  (title, of, chosen = []) =>
  () => {
    const parameters = [
      ...Object.entries(of).map(([name, value]) => `${name}=${value}`),
      ...chosen.map(name => `${name}=\${${name}:csv}`),
    ];
    return [
      new DashboardLinkBuilder(title)
        .type(DashboardLinkType.Link)
        .url(`\${${list.name}}?${parameters.join('&')}`)
        .targetBlank(true),
    ];
  };

export const linksToFindings = linksToList(findings);
export const linksToSupplyFindings = linksToList(supplyFindings);
export const linksToSupplyImages = linksToList(supplyImages);
export const linksToComponents = linksToList(components);
