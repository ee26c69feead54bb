/** Alerts as the values of a Prometheus rule file and of its promtool test file. */
import { promqlText } from '../../dashboards/lib/promql.ts';
import type { Settings } from '../settings.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { type AlertCase, type Firing, sampleSeconds } from './cases.ts';
import { fillIn, labelInQuery, labelOr, type Text, templateOf, text } from './text.ts';

/** How every generated file begins. */
export const generatedBy = '# Made by `plumbline render alerts`';
export const generatedComment = 'Made by `plumbline render alerts`; change alerts/*.ts, not this file.';

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

/** Every annotation of an alert. */
export function annotationsOf(alert: Alert, { links, alerts }: Settings): Readonly<Record<string, Text>> {
  const pages = {
    team: text`${links.grafana}/d/plumbline-team?var-team=${labelInQuery('team', alert.team ?? alerts.platform_team)}`,
    cost: text`${links.grafana}/d/plumbline-cost`,
    delivery: text`${links.grafana}/d/plumbline-delivery`,
    policy: text`${links.grafana}/d/plumbline-policy`,
    experience: text`${links.grafana}/d/plumbline-experience`,
    roadmap: text`${links.grafana}/d/plumbline-roadmap`,
    'supply-chain': text`${links.grafana}/d/plumbline-supply-chain`,
    sources: text`${links.exporter}/`,
  } as const;
  return {
    summary: alert.summary,
    description: alert.description,
    runbook_url: text`${links.runbooks}/${alert.name}`,
    dashboard_url: pages[alert.page],
  };
}

/** The value of a Prometheus rule file. */
export function ruleFile({ name, alerts }: AlertGroup, settings: Settings): object {
  const rules = alerts.map(alert => ({
    alert: alert.name,
    expr: promqlText(alert.expr),
    ...(alert.for === undefined ? {} : { for: alert.for }),
    ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: alert.keepFiringFor }),
    labels: texts(labelsOf(alert, settings), templateOf),
    annotations: texts(annotationsOf(alert, settings), templateOf),
  }));
  return { groups: [{ name: `plumbline-${name}`, rules }] };
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
    const filled = (entries: Readonly<Record<string, Text>>) => texts(entries, one => fillIn(one, labels, value));
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
