import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Alert, allAlerts, withoutComparison } from '../../alerts/index.ts';
import { alertsOf, defineAlert, defineGroup } from '../../alerts/lib/alert.ts';
import type { AlertCase } from '../../alerts/lib/cases.ts';
import { label, text } from '../../alerts/lib/text.ts';
import { absent, compare, current, latest, promqlText, up } from '../../dashboards/lib/promql.ts';
import { budgetConsumption, restated } from '../../exporters/cost/metrics.ts';

const firing = [{ labels: {}, value: 1 }];
const cases: readonly AlertCase[] = [
  { kind: 'fires', name: 'fires', given: [], atHours: 1, firing },
  { kind: 'quiet', name: 'is quiet', given: [], atHours: 1 },
  { kind: 'stopped', name: 'holds', given: [], atHours: 1, firing },
];

const good = {
  name: 'BudgetAtRisk',
  severity: 'ticket',
  expr: compare(latest(budgetConsumption), '>=', 0.8),
  summary: text`Budget ${label('budget')} is nearly used`,
  description: text`It is.`,
  value: text`much`,
  page: 'team',
  cases,
} as const satisfies Alert<'budget' | 'team' | 'cost_basis' | 'currency'>;

test('a well-made alert is taken, and can not be changed afterwards', () => {
  assert.equal(defineAlert(good).name, 'BudgetAtRisk');
  assert.ok(Object.isFrozen(defineAlert(good)));
});

test('an expression without a comparison is refused', () => {
  assert.throws(() => defineAlert({ ...good, expr: latest(budgetConsumption) }), /BudgetAtRisk.*no comparison/);
});

test('a template in a label is refused, since each value would be another alert', () => {
  assert.throws(() => defineAlert({ ...good, labels: { value: '{{ $value }}' } }), /label value is a template/);
  assert.throws(() => defineAlert({ ...good, team: '{{ $value }}' }), /label team is a template/);
  assert.throws(() => defineAlert({ ...good, labels: { severity: 'page' } }), /repeat severity/);
});

test('an alert without a runbook is refused', () => {
  assert.throws(() => defineAlert({ ...good, name: 'NobodyWroteAboutIt' }), /no runbook alerts\/runbooks\/NobodyWrote/);
});

test('a label that the series do not have is refused, and does not compile', () => {
  // @ts-expect-error: the series have no label cluster
  const wrong = () => defineAlert({ ...good, summary: text`Cluster ${label('cluster')}` });
  assert.throws(wrong, /label cluster, which its series don't have/);
});

test('a page is for what may wake someone, and nothing else', () => {
  // @ts-expect-error: a page says what it is for
  assert.throws(() => defineAlert({ ...good, severity: 'page' }), /a page is for slo-burn/);
  // @ts-expect-error: and not for anything
  assert.throws(() => defineAlert({ ...good, severity: 'page', pagesFor: 'budget' }), /a page is for slo-burn/);
  assert.equal(defineAlert({ ...good, severity: 'page', pagesFor: 'slo-burn' }).severity, 'page');
});

test('a severity that does not exist is refused', () => {
  // @ts-expect-error: there is no such severity
  assert.throws(() => defineAlert({ ...good, severity: 'warning' }), /severity is warning/);
});

test('what fires on absence waits for two scrapes', () => {
  const gone = {
    ...good,
    expr: compare(absent(current(up)), '==', 1),
    summary: text`Gone`,
    description: text`It is.`,
    value: text`gone`,
  };
  assert.throws(() => defineAlert(gone), /absent.*120 s/);
  assert.throws(() => defineAlert({ ...gone, for: '1m' }), /absent.*120 s/);
  assert.equal(defineAlert({ ...gone, for: '2m' }).for, '2m');
});

test('an alert that nothing proves is refused', () => {
  for (const kind of ['fires', 'quiet', 'stopped'] as const)
    assert.throws(() => defineAlert({ ...good, cases: cases.filter(each => each.kind !== kind) }), new RegExp(kind));
  const mixed = cases.map(each => ({ ...each, firing }));
  assert.throws(() => defineAlert({ ...good, cases: mixed }), /"is quiet" is not of its kind/);
});

test('a page and a ticket never share a name, within a group or across groups', () => {
  const ticket = defineAlert(good);
  const page = defineAlert({ ...good, severity: 'page', pagesFor: 'slo-burn' });
  assert.throws(() => defineGroup('budgets', [ticket, page]), /defined twice, as ticket and page/);
  const groups = [
    { name: 'a', alerts: [ticket] },
    { name: 'b', alerts: [page] },
  ];
  assert.throws(() => alertsOf(groups), /defined twice/);
});

test('without its comparison an alert asks for the data it watches', () => {
  const asked = (name: string) => promqlText(withoutComparison(allAlerts.find(each => each.name === name)!));
  assert.equal(
    asked('BudgetExceeded'),
    'max by (budget, cost_basis, currency, team) (last_over_time(finops_budget_consumption_ratio[1d]))',
  );
  assert.equal(asked('PlumblineDown'), 'up{job="plumbline"} or absent(up{job="plumbline"})');
  for (const { name } of allAlerts) assert.doesNotMatch(asked(name), /[<>=]=|[<>]/, name);
});

test('a team is not a label of what is counted by provider', () => {
  // @ts-expect-error: restatements have no team
  assert.throws(() => latest(restated, { team: 'shop' }), /no label team/);
});
