import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { address, type DashboardVariable } from './variables.ts';

/** Marks our pages; the links between them find each other by it. */
export const pageTag = 'plumbline';

/** Where Plumbline answers unless told otherwise. */
export const usualAddress = 'http://localhost:9464';

/** Where Plumbline serves its runbooks. */
export const runbooks = address('runbooks', { title: 'Runbooks', initially: `${usualAddress}/runbooks` });

/** Plumbline's own page: its sources with the error of each, and its metrics. */
export const ownPage = address('plumbline', { title: 'Plumbline', initially: usualAddress });

/** Leads to every source, and to the error of one that failed. */
export const linksToSources = (): readonly DashboardLinkBuilder[] => [
  new DashboardLinkBuilder('See its error and when it is asked again')
    .type(DashboardLinkType.Link)
    .url(`\${${ownPage.name}}/`)
    .targetBlank(true),
];

/** Marks those of them that take any choice of teams. */
export const overviewTag = 'overview';

/** The page of one team, by its address `/d/UID`. */
export const teamPage = 'plumbline-team';

/**
 * Links to all other pages that take any choice; they keep the time range and the variables that they share. In a list:
 * buttons of a dozen pages would take three rows of a small screen.
 */
export const linksToPages = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Other pages')
    .type(DashboardLinkType.Dashboards)
    .tags([pageTag, overviewTag])
    .asDropdown(true)
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

/** The page of one SLO, by its address; alerts lead to it. */
export const sloPage = 'plumbline-slo-detail';

/** Pages of one thing, which would be empty with a choice of all: they are left out of the links between pages. */
export const pagesOfOne: ReadonlySet<string> = new Set([teamPage, sloPage]);

const sloColumns = { service: 'Service', slo: 'SLO', objective: 'Objective' } as const;

function linkToSlo(fill: (label: string, column: string) => string): readonly DashboardLinkBuilder[] {
  const chosen = Object.entries(sloColumns).map(([label, column]) => `&var-${label}=${fill(label, column)}`);
  return [
    new DashboardLinkBuilder('Open the page of this SLO')
      .type(DashboardLinkType.Link)
      .url(`/d/${sloPage}?\${__url_time_range}&\${datasource:queryparam}${chosen.join('')}`),
  ];
}

/** Leads from a table's columns `Service`, `SLO` and `Objective` to the page of that SLO. */
export const linksToSlo = () => linkToSlo((_, column) => `\${__data.fields.${column}:percentencode}`);

/** The same from a chart's series, which has the labels. */
export const linksToSloOfSeries = () => linkToSlo(label => `\${__field.labels.${label}:percentencode}`);

/** Leads from a table's column `Alert` to what to do about it. */
export const linksToRunbookOf = (): readonly DashboardLinkBuilder[] => [
  new DashboardLinkBuilder('Open its runbook')
    .type(DashboardLinkType.Link)
    .url(`\${${runbooks.name}}/\${__data.fields.Alert:percentencode}`)
    .targetBlank(true),
];

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

/** Where Plumbline lists findings one by one, for who has a token. */
export const findings = address('findings', {
  title: 'Findings',
  initially: `${usualAddress}/api/policy/findings`,
});

/** The same of the supply chain: another list, and another name, so that links between pages don't hand one on for the other. */
export const supplyFindings = address('supply_findings', {
  title: 'Supply chain findings',
  initially: `${usualAddress}/api/supply-chain/findings`,
});

/** Where Plumbline lists what runs, with what is known of each image. */
export const supplyImages = address('supply_images', {
  title: 'Images',
  initially: `${usualAddress}/api/supply-chain/images`,
});

/** Where Plumbline answers which images have a package. */
export const components = address('components', {
  title: 'Components',
  initially: `${usualAddress}/api/components`,
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

/** Where Plumbline lists how each check of each service stands, with the evidence and where to mend it. */
export const checksList = address('scorecard_checks', {
  title: 'Checks',
  initially: `${usualAddress}/api/scorecard/checks`,
});

/** Where it lists what nothing in the catalog explains. */
export const shadowList = address('shadow', {
  title: 'Shadow',
  initially: `${usualAddress}/api/scorecard/shadow`,
});

/** Where it explains how a service comes to stand as it does. */
export const explain = address('explain', { title: 'Explain', initially: `${usualAddress}/explain` });

export const linksToChecks = linksToList(checksList);
export const linksToShadow = linksToList(shadowList);

const cell = (column: string): string => `\${__data.fields.${column}:percentencode}`;

/** Leads from a table's column `Service` to why each of its checks stands as it does, and to what is to be mended. */
export const linksToChecksOfService = (): readonly DashboardLinkBuilder[] => [
  ...linksToChecks('List what it fails, and where to mend it', { service: cell('Service'), state: 'fail' })(),
  ...linksToChecks('List all its checks', { service: cell('Service') })(),
  new DashboardLinkBuilder('Explain it')
    .type(DashboardLinkType.Link)
    .url(`\${${explain.name}}/service/${cell('Service')}`)
    .targetBlank(true),
];

/** Leads from a table's columns `Service` and `Check` to the evidence, and to where it is mended. */
export const linksToCheckOfService = linksToChecks('Why, and where to mend it', {
  service: cell('Service'),
  check: cell('Check'),
});

/** The same from a cell whose column is called as the check. */
export const linksToCheckOfCell = linksToChecks('Why, and where to mend it', {
  service: cell('Service'),
  check: `\${__field.name:percentencode}`,
});

/** Leads from a table's column `Check` to the services that fail it. */
export const linksToServicesOfCheck = linksToChecks('List the services that fail it', {
  check: cell('Check'),
  state: 'fail',
});

/** Leads from a cell that is a kind to what is meant, one by one; its value, and not the word that is shown for it. */
export const linksToShadowOfKind = linksToShadow('List them', { kind: `\${__value.raw}` });

/** Leads from a number of the overview to the page that tells of it; the page's currency goes with it. */
export const linksToPage = (title: string, page: string) => (): readonly DashboardLinkBuilder[] => [
  new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .url(
      `/d/plumbline-${page}?\${__url_time_range}&\${datasource:queryparam}&\${currency:queryparam}&\${cost_basis:queryparam}`,
    ),
];
