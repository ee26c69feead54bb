import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

/** Marks our pages; the links between them find each other by it. */
export const pageTag = 'plumbline';

/** Links to all other pages, which keep the time range and the variables that they share. */
export const linksToPages = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Plumbline')
    .type(DashboardLinkType.Dashboards)
    .tags([pageTag])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true);

/** Leads from a chart's series, or from a table's column `field`, to the page of the team it is about. */
export const linksToTeam = (field?: string) => (): readonly DashboardLinkBuilder[] => {
  const value =
    field === undefined ? `\${__field.labels.team:percentencode}` : `\${__data.fields.${field}:percentencode}`;
  const kept = `\${__url_time_range}&\${datasource:queryparam}&\${currency:queryparam}&\${cost_basis:queryparam}`;
  return [
    new DashboardLinkBuilder('Open the team page')
      .type(DashboardLinkType.Link)
      .url(`/d/plumbline-team?${kept}&var-team=${value}`),
  ];
};
