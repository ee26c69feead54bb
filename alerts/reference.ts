/** The reference page of alerts, made from their definitions, so that page and rules cannot differ. */
import { promqlText } from '../dashboards/lib/promql.ts';
import { alertGroups } from './index.ts';
import type { Alert } from './lib/alert.ts';
import { matches } from './lib/routing.ts';
import { labelsOf } from './lib/rules.ts';
import { templateOf } from './lib/text.ts';
import { inhibitions } from './routes/inhibitions.ts';
import { anySloAlerts, type RoutedAlert } from './routes/routed.ts';
import { meaningOf } from './runbook.ts';
import { defaultSettings, type Settings } from './settings.ts';

/** Markdown of every alert, by group, with the thresholds of the settings. */
export function alertsReference(settings: Settings = defaultSettings): string {
  const groups = alertGroups(settings);
  const rows = groups.flatMap(group => group.alerts.map(alert => overviewRow(alert, settings)));
  const sections = groups.flatMap(({ name, alerts }) => [
    `## ${name}.rules.yml\n`,
    ...alerts.map(alert => section(alert, settings)),
  ]);
  const ofSlos = anySloAlerts.map(alert => sloRow(alert));
  const sloSections = anySloAlerts.map(sloSection);
  return `# Alerts

Generated from the definitions; do not edit. Thresholds are the defaults; \`alerts\` and \`cost\` in plumbline.yaml change them.

- \`page\`: someone gets up. \`ticket\`: someone works on it in days. \`digest\`: read once a day; what developers say and use, once a week. \`none\`: always fires, and its absence is the news.
- Words in \`{{ … }}\` are filled in when the alert fires.

| alert | severity | team | for | kept quiet by |
|---|---|---|---|---|
${[...rows, ...ofSlos].join('\n')}

${sections.join('\n')}
## slo-<service>-<name>.rules.yml

What any SLO may have. Each SLO's file has those that it asks for, with windows, thresholds and words of its own, and ships
a test of them beside it: \`slo-<service>-<name>.test.yml\`.

${sloSections.join('\n')}`;
}

const quietedBy = (name: string): string => {
  const sources = inhibitions
    .filter(({ target }) => matches(target, { alertname: name }))
    .map(({ source }) => String(source.alertname));
  return [...new Set(sources)].join(', ');
};

const sloRow = ({ name, severity }: RoutedAlert): string =>
  `| [${name}](runbooks/${name}.md) | ${severity} | the SLO's | by SLO | ${quietedBy(name)} |`;

const sloSection = ({ name, severity, labels }: RoutedAlert): string => `### ${name}

${meaningOf(name)}

- Severity: ${severity}; team: the SLO's; labels: ${Object.keys(labels).join(', ')}
- Runbook: [${name}](runbooks/${name}.md)
`;

function overviewRow(alert: Alert, settings: Settings): string {
  return `| [${alert.name}](runbooks/${alert.name}.md) | ${alert.severity} | ${teamWords(alert, settings)} | ${
    alert.for ?? 'at once'
  } | ${quietedBy(alert.name)} |`;
}

function teamWords(alert: Alert, settings: Settings): string {
  const { team } = labelsOf(alert, settings);
  const fixed = team?.parts.every(part => typeof part === 'string');
  return fixed && team ? templateOf(team) : `the series' team, else ${settings.alerts.platform_team}`;
}

function section(alert: Alert, settings: Settings): string {
  return `### ${alert.name}

${templateOf(alert.description)}

\`\`\`promql
${promqlText(alert.expr)}
\`\`\`

- Severity: ${alert.severity}; team: ${teamWords(alert, settings)}; for: ${alert.for ?? 'at once'}
- Summary: ${templateOf(alert.summary)}
- Value: ${templateOf(alert.value)}
- Runbook: [${alert.name}](runbooks/${alert.name}.md)
- Proved by: ${alert.cases.map(each => each.name).join('; ')}
`;
}
