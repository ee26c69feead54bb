/** Alerts as the values of a Prometheus rule file and of its promtool test file. */
import { promqlText } from '../../dashboards/lib/promql.ts';
import type { Settings } from '../settings.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { type AlertCase, type Firing, sampleSeconds } from './cases.ts';
import { fillIn, labelInQuery, labelOr, type Text, templateOf, text, variable } from './text.ts';

/** How every generated file begins. */
export const generatedBy = '# Made by `plumbline render alerts`';
export const generatedComment =
  'Made by `plumbline render alerts` from plumbline.yaml: change it there, for this file is written anew.';

const texts = (entries: Readonly<Record<string, Text>>, toText: (each: Text) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, toText(value)]));

/** Every label an alert adds to its series' own. */
export function labelsOf(alert: Alert, settings: Settings): Readonly<Record<string, Text>> {
  const platform = settings.alerts.platform_team;
  const ofSeries = alert.team === undefined && alert.expr.labels.includes('team');
  const fixed = Object.entries(alert.labels ?? {}).map(([name, value]) => [name, text`${value}`] as const);
  return {
    severity: text`${alert.severity}`,
    team: ofSeries ? text`${labelOr('team', platform)}` : text`${alert.team ?? platform}`,
    ...Object.fromEntries(fixed),
  };
}

/** The pages that alerts lead to: what they are called in an address, which labels they choose by, and how far back they look. */
const pages = {
  team: { uid: 'plumbline-team', variables: ['currency', 'cost_basis', 'service', 'environment'], from: '90d' },
  cost: { uid: 'plumbline-cost', variables: ['currency', 'cost_basis', 'team', 'service', 'environment'], from: '90d' },
  delivery: { uid: 'plumbline-delivery', variables: ['team', 'service', 'environment'], from: '90d' },
  policy: { uid: 'plumbline-policy', variables: ['team', 'service', 'environment', 'engine'], from: '90d' },
  'supply-chain': { uid: 'plumbline-supply-chain', variables: ['team', 'service', 'environment'], from: '90d' },
  experience: { uid: 'plumbline-experience', variables: ['survey', 'question', 'team', 'feature'], from: '1y' },
  roadmap: { uid: 'plumbline-roadmap', variables: ['team'], from: '1y' },
  scorecard: { uid: 'plumbline-scorecard', variables: ['team', 'service', 'check'], from: '90d' },
  sources: { uid: 'plumbline-health', variables: ['exporter'], from: '7d' },
} as const satisfies Readonly<Record<Alert['page'], object>>;

/** The page of an alert, with what its series say of the page's variables. */
function pageOf(alert: Alert, { links, alerts }: Settings): Text {
  const { uid, variables, from } = pages[alert.page];
  const chosen: readonly string[] = variables.filter(name => alert.expr.labels.includes(name));
  const team = labelInQuery('team', alert.team ?? alerts.platform_team);
  const first = text`${links.grafana}/d/${uid}?from=now-${from}&to=now`;
  const parts = alert.page === 'team' ? text`&var-team=${team}`.parts : [];
  return { parts: [...first.parts, ...parts, ...chosen.map(variable)] };
}

/** Every annotation of an alert. */
export function annotationsOf(alert: Alert, settings: Settings): Readonly<Record<string, Text>> {
  return {
    summary: alert.summary,
    description: alert.description,
    value: alert.value,
    ...(alert.budget ? { budget: alert.budget } : {}),
    runbook_url: text`${settings.links.runbooks}/${alert.name}`,
    dashboard_url: pageOf(alert, settings),
  };
}

/** What is told once an hour or a day needs no look every 30 s, and its rules read a day of samples each time. */
const slowly = '2m';

/** The value of a Prometheus rule file. */
export function ruleFile({ name, alerts, live }: AlertGroup, settings: Settings): object {
  const rules = alerts.map(alert => ({
    alert: alert.name,
    expr: promqlText(alert.expr),
    ...(alert.for === undefined ? {} : { for: alert.for }),
    ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: alert.keepFiringFor }),
    labels: texts(labelsOf(alert, settings), templateOf),
    annotations: texts(annotationsOf(alert, settings), templateOf),
  }));
  return { groups: [{ name: `plumbline-${name}`, ...(live ? {} : { interval: slowly }), rules }] };
}

/** The value of the promtool test file that stands beside a rule file. */
export function testFile(group: AlertGroup, settings: Settings): object {
  return {
    rule_files: [`${group.name}.rules.yml`],
    evaluation_interval: group.testedEvery ?? '5m',
    tests: group.alerts.flatMap(alert => alert.cases.map(each => testOf(alert, each, settings))),
  };
}

function testOf(alert: Alert, each: AlertCase, settings: Settings): object {
  const expected = ({ labels, value }: Firing) => {
    const filled = (entries: Readonly<Record<string, Text>>) =>
      texts(entries, one => fillIn(one, labels, value, each.given));
    return {
      exp_labels: { ...labels, ...filled(labelsOf(alert, settings)) },
      exp_annotations: filled(annotationsOf(alert, settings)),
    };
  };
  return {
    name: `${alert.name} ${each.name}`,
    interval: `${sampleSeconds}s`,
    input_series: each.given,
    alert_rule_test: [
      {
        eval_time: `${Math.round(each.atHours * 60)}m`,
        alertname: alert.name,
        exp_alerts: (each.firing ?? []).map(expected),
      },
    ],
  };
}
