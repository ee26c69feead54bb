/** The platform team's page: a line per domain, and nothing that is not known looks like 0. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overviewDashboard } from '../../dashboards/overview.ts';
import { exprsOf, labelled, proved } from './proved.ts';

const page = overviewDashboard();
const queriesOf = (panel: string) => exprsOf(page, panel, { currency: 'EUR', cost_basis: 'effective' });

test('every domain has one line of the page, from its left to its right, and its first number leads to its page', () => {
  const [answer, movement] = (page.panels ?? []).filter(({ type }) => type === 'row').map(row => row.gridPos?.y ?? 0);
  const stats = (page.panels ?? []).filter(({ gridPos }) => gridPos && gridPos.y > answer! && gridPos.y < movement!);
  const lines = Map.groupBy(stats, ({ gridPos }) => gridPos?.y);
  const names = [...lines.values()].map(([first]) => first?.title?.split(':')[0]);
  assert.deepEqual(names, [
    ...['Cost', 'Delivery', 'Policy', 'Supply chain', 'Experience', 'Golden path', 'SLOs', 'Plumbline'],
  ]);
  const uids = [...lines.values()].map(([first]) => /\/d\/(plumbline-[a-z-]+)\?/.exec(JSON.stringify(first))?.[1]);
  assert.deepEqual(uids, [
    ...['plumbline-cost', 'plumbline-delivery', 'plumbline-policy', 'plumbline-supply-chain'],
    ...['plumbline-experience', 'plumbline-scorecard', 'plumbline-slo', 'plumbline-health'],
  ]);
  for (const [, line] of lines)
    assert.equal(
      line.reduce((sum, { gridPos }) => sum + (gridPos?.w ?? 0), 0),
      24,
    );
});

test('what nobody looks at has no violations, findings or lost checks: not 0 of them', async t => {
  for (const [title, looks] of [
    ['Policy: open violations', `policy_results${labelled({ team: 'web', outcome: 'pass' })}`],
    ['Supply chain: past limit', `supply_chain_images_by_scan${labelled({ team: 'web', status: 'fresh' })}`],
    ['Required, lost', `platform_services${labelled({ team: 'web', coverage: 'measured' })}`],
    ['SLOs that burn', `slo:objective:ratio${labelled({ team: 'web', service: 'cart', slo: 'up', objective: 'up' })}`],
  ] as const) {
    const [expr = ''] = queriesOf(title);
    await proved(t, [{ series: 'other', values: '1x3' }], [{ expr, at: '2h', finds: [] }]);
    await proved(t, [{ series: looks, values: '3x3' }], [{ expr, at: '2h', finds: [['{}', 0]] }]);
  }
});

test('violations that all were mended are a fall, and what began within the month has no past', async t => {
  const [drift = ''] = queriesOf('Violations since 30 days');
  const results = { series: `policy_results${labelled({ team: 'web', outcome: 'pass' })}`, values: '3x760' };
  const violations = {
    series: `policy_violations${labelled({ team: 'web', state: 'open', severity: 'high' })}`,
    values: '4x24 _x736',
  };
  await proved(t, [results, violations], [{ expr: drift, at: '740h', finds: [['{}', -4]] }]);
  await proved(t, [{ ...results, values: '_x700 3x60' }], [{ expr: drift, at: '740h', finds: [] }]);
});

test('an alert is told as firing or pending, once for each name, and one that always fires is not', async t => {
  const [, state = '', n = ''] = queriesOf('Alerts');
  const of = (alertname: string, severity: string, alertstate: string, service: string) => ({
    series: `ALERTS${labelled({ alertname, severity, alertstate, service, team: 'web' })}`,
    values: '1x3',
  });
  const named = (alertname: string) => labelled({ alertname, severity: 'ticket', team: 'web' });
  await proved(
    t,
    [
      ...[of('RequiredCheckLost', 'ticket', 'firing', 'a'), of('RequiredCheckLost', 'ticket', 'firing', 'b')],
      ...[of('FindingsDue', 'ticket', 'pending', 'a'), of('Watchdog', 'none', 'firing', 'a')],
    ],
    [
      { expr: state, at: '2h', finds: [[named('FindingsDue'), 0] as const, [named('RequiredCheckLost'), 1] as const] },
      { expr: n, at: '2h', finds: [[named('FindingsDue'), 1] as const, [named('RequiredCheckLost'), 2] as const] },
    ],
  );
});

test('no panel reads over time what only rules record', () => {
  const charts = (page.panels ?? []).filter(({ type }) => type === 'timeseries');
  assert.ok(charts.length > 4);
  assert.doesNotMatch(JSON.stringify(charts), /slo:|ALERTS/);
});
