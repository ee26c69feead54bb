/** The pages about SLOs: one, several or all chosen; what is absent is not 0; burn beside its thresholds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSlo } from '../../alerts/slo/compile.ts';
import { sloRecordings } from '../../alerts/slo/metrics.ts';
import { panelsOf } from '../../dashboards/index.ts';
import type { DashboardJson } from '../../dashboards/lib/json.ts';
import { sloDashboard } from '../../dashboards/slo.ts';
import { sloDetailDashboard } from '../../dashboards/slo-detail.ts';
import { options, sloOf } from '../alerts/slo/given.ts';
import { exprsOf, labelled, proved } from './proved.ts';

const overview = sloDashboard();
const detail = sloDetailDashboard();
const all = { team: '.*', service: '.*', slo: '.*', objective: '.*', __range: '30d' };
const one = { service: 'shop', slo: 'checkout', objective: '99.9', __range: '3h' };

type Labels = Readonly<Record<string, string>>;
const shop = { team: 'sales', service: 'shop', slo: 'checkout', objective: '99.9' };
const strict = { ...shop, objective: '99.99' };
const search = { team: 'find', service: 'search', slo: 'latency', objective: '95' };
const idle = { team: 'find', service: 'search', slo: 'idle', objective: '99' };

const series = (name: string, of: Labels, values: string | number, more: Labels = {}) => ({
  series: `${name}${labelled({ ...of, ...more })}`,
  values: typeof values === 'number' ? `${values}x4` : values,
});
const fires = (of: Labels, alertname: string, severity: string, alertstate = 'firing') =>
  series('ALERTS', of, 1, { alertname, severity, alertstate });

/** Four promises: one that pages, one overspent, one well, one without traffic; and an alert of something else. */
const organisation = [
  ...[shop, strict, search, idle].map(of => series('slo:objective:ratio', of, Number(of.objective) / 100)),
  series('slo:error_budget_remaining:ratio', shop, 0.2),
  series('slo:error_budget_remaining:ratio', strict, -1),
  series('slo:error_budget_remaining:ratio', search, 0.75),
  series('slo:time_to_exhaustion:seconds', shop, 7200),
  series('slo:time_to_exhaustion:seconds', strict, 0),
  series('slo:burn_rate:ratio', shop, 20, { window: '1h' }),
  series('slo:burn_rate:ratio', shop, 90, { window: '5m' }),
  series('slo:burn_rate:ratio', strict, 200, { window: '2d' }),
  series('slo:burn_rate:ratio', search, 0, { window: '1h' }),
  fires(shop, 'SloBudgetBurnFast', 'page'),
  fires(shop, 'SloBudgetBurnSlow', 'ticket'),
  fires(strict, 'SloBudgetBurnSlow', 'ticket', 'pending'),
  fires(strict, 'SloBudgetExhausted', 'ticket'),
  fires({ team: 'sales', service: 'shop' }, 'DeploymentsStopped', 'ticket'),
  series('ALERTS_FOR_STATE', shop, 3600, { alertname: 'SloBudgetBurnFast', severity: 'page' }),
  series('ALERTS_FOR_STATE', strict, 3600, { alertname: 'SloBudgetBurnSlow', severity: 'ticket' }),
  series('ALERTS_FOR_STATE', { team: 'sales' }, 3600, { alertname: 'DeploymentsStopped', severity: 'ticket' }),
];

const numbers: readonly (readonly [panel: string, ofAll: number | undefined, ofSome: number, ofOne: number])[] = [
  ['n: SLOs', 4, 3, 1],
  ['n: with traffic', 3, 2, 0],
  ['Without traffic', 1, 1, 1],
  ['Burn now', 1, 1, 0],
  ['Of these, page', 1, 1, 0],
  ['Budget spent', 1, 0, 0],
  ['75 % spent', 2, 1, 0],
  ['Burn above 1', 1, 1, 0],
];

test('counts are of what is chosen: all, several or one', async t => {
  const several = { ...all, slo: '(checkout|latency|idle)', objective: '(99.9|95|99)' };
  const single = { ...all, slo: 'idle' };
  await proved(
    t,
    organisation,
    numbers.flatMap(([panel, ...counts]) =>
      [all, several, single].map((values, index) => ({
        expr: exprsOf(overview, panel, values)[0] ?? '',
        at: '2h',
        finds: [['{}', counts[index] ?? Number.NaN]] as const,
      })),
    ),
  );
});

test('without an SLO nothing is told, and without traffic nothing is kept', async t => {
  const stats = (panelsOf(overview) as readonly { readonly type?: string; readonly title?: string }[]).flatMap(each =>
    each.type === 'stat' ? [each.title ?? ''] : [],
  );
  assert.ok(stats.length >= 12);
  const nothing = stats.flatMap(panel =>
    exprsOf(overview, panel, { ...all, service: 'nobody' }).map(expr => ({ expr, at: '2h', finds: [] })),
  );
  const idleAlone = ['Within budget', 'Least budget left', 'First one spent in', 'Fastest burn, 1 h'].flatMap(panel =>
    exprsOf(overview, panel, { ...all, slo: 'idle' }).map(expr => ({ expr, at: '2h', finds: [] })),
  );
  await proved(t, organisation, [...nothing, ...idleAlone]);
});

test('of many, the worst is told: the least budget, the next one to be spent, the fastest burn', async t => {
  const expected: readonly (readonly [string, number])[] = [
    ['Within budget', 2 / 3],
    ['Least budget left', -1],
    // what is spent already is no longer waited for
    ['First one spent in', 7200],
    ['Fastest burn, 1 h', 20],
  ];
  await proved(
    t,
    organisation,
    expected.map(([panel, value]) => ({
      expr: exprsOf(overview, panel, all)[0] ?? '',
      at: '2h',
      finds: [['{}', value]],
    })),
  );
});

test('each team and service has the least of its budgets, and a 0 where nothing burns', async t => {
  const teams = exprsOf(overview, 'By team', all);
  const services = exprsOf(overview, 'By service', all);
  const of = (label: string, ...values: readonly (readonly [string, number])[]) =>
    values.map(([name, value]) => [`{${label}="${name}"}`, value] as const);
  const rows = (label: string, [queries, first, second]: readonly [readonly string[], string, string]) => [
    { expr: queries[0] ?? '', at: '2h', finds: of(label, [first, -1], [second, 0.75]) },
    { expr: queries[1] ?? '', at: '2h', finds: of(label, [first, 1], [second, 0]) },
    { expr: queries[2] ?? '', at: '2h', finds: of(label, [first, 1], [second, 0]) },
    { expr: queries[4] ?? '', at: '2h', finds: of(label, [first, 2], [second, 2]) },
  ];
  await proved(t, organisation, [
    ...rows('team', [teams, 'sales', 'find']),
    ...rows('service', [services, 'shop', 'search']),
  ]);
});

test('the table has each SLO once, with what burns, and no number where nothing was counted', async t => {
  const queries = exprsOf(overview, 'SLOs, the least budget first', all);
  const row = (of: Labels, value: number) => [labelled(of), value] as const;
  await proved(t, organisation, [
    { expr: queries[0] ?? '', at: '2h', finds: [row(shop, 0.2), row(strict, -1), row(search, 0.75)] },
    { expr: queries[1] ?? '', at: '2h', finds: [row(shop, 1), row(strict, 0), row(search, 0), row(idle, 0)] },
    { expr: queries[2] ?? '', at: '2h', finds: [row(shop, 20), row(search, 0)] },
    // data of days have no burn over 6 h
    { expr: queries[3] ?? '', at: '2h', finds: [row(strict, 200)] },
    { expr: queries[6] ?? '', at: '2h', finds: [shop, strict, search, idle].map(of => row(of, +of.objective / 100)) },
  ]);
});

test('alerts that fire are those of SLOs, with their age, and none that is pending', async t => {
  const [age = '', firing = ''] = exprsOf(overview, 'Alerts that fire', all);
  await proved(t, organisation, [
    { expr: age, at: '2h', finds: [[labelled({ alertname: 'SloBudgetBurnFast', ...shop }), 3600]] },
    {
      expr: firing,
      at: '2h',
      finds: [
        [labelled({ alertname: 'SloBudgetBurnFast', ...shop }), 1],
        [labelled({ alertname: 'SloBudgetBurnSlow', ...shop }), 1],
        [labelled({ alertname: 'SloBudgetExhausted', ...strict }), 1],
      ],
    },
  ]);
});

test('an SLO whose team changed is one SLO, on its own page', async t => {
  const moved = { ...shop, team: 'platform' };
  await proved(
    t,
    [
      series('slo:error_budget_remaining:ratio', shop, '0.5 0.5 stale'),
      series('slo:error_budget_remaining:ratio', moved, '_ _ 0.4 0.4'),
      series('slo:events:count', shop, '100 100 stale'),
      series('slo:events:count', moved, '_ _ 100 100'),
      series('slo:bad_events:count', shop, '10 0 stale'),
      series('slo:bad_events:count', moved, '_ _ 5 0'),
      series('slo:bad_events:count', strict, 99),
      series('slo:events:count', strict, 100),
    ],
    [
      { expr: exprsOf(detail, 'Budget left', one)[0] ?? '', at: '3h', finds: [['{}', 0.4]] },
      { expr: exprsOf(detail, 'Events by part, over the time range', one)[0] ?? '', at: '3h', finds: [['{}', 5]] },
      {
        expr: exprsOf(detail, 'Events by part, over the time range', { ...one, __range: '3h1m' })[0] ?? '',
        at: '3h',
        finds: [['{}', 15]],
      },
      {
        expr: exprsOf(detail, 'Events by part, over the time range', { ...one, __range: '3h1m' })[2] ?? '',
        at: '3h',
        finds: [['{}', 15 / 400]],
      },
    ],
  );
});

test('good and bad make all events, each once, and an hour without bad ones is 0', async t => {
  const recorded = [
    series('slo:events:count', shop, '100 100 100 100'),
    series('slo:bad_events:count', shop, '10 0 0 4'),
  ];
  const [goodByDay = '', badByDay = ''] = exprsOf(detail, 'Events by day, good and bad', one);
  const at = (panel: string, moment: string, value: number) => ({
    expr: exprsOf(detail, panel, one)[0] ?? '',
    at: moment,
    finds: [['{}', value]] as const,
  });
  await proved(t, recorded, [
    at('Bad events per hour', '2h', 0),
    at('Bad events per hour', '3h', 4),
    at('Good events per hour', '3h', 96),
    at('Error ratio per hour', '3h', 0.04),
    at('Error ratio per hour', '1h', 0),
    // a bar is drawn where its day begins, whose first sample belongs to the day before
    { expr: goodByDay, at: '0s', finds: [['{}', 296]] },
    { expr: badByDay, at: '0s', finds: [['{}', 4]] },
    { expr: exprsOf(detail, 'Error ratio per hour', one)[0] ?? '', at: '6h', finds: [] },
  ]);
});

test('burn stands beside the thresholds of its severity, by pair of windows', async t => {
  const threshold = (severity: string, long: string, window: string, value: number) =>
    series('slo:burn_rate_threshold:ratio', shop, value, { severity, long, window });
  const burn = (window: string, value: number) => series('slo:burn_rate:ratio', shop, value, { window });
  const recorded = [
    threshold('page', '1h', '1h', 14.4),
    threshold('page', '1h', '5m', 14.4),
    threshold('page', '6h', '6h', 6),
    threshold('page', '6h', '30m', 6),
    threshold('ticket', '1d', '1d', 3),
    threshold('ticket', '1d', '2h', 3),
    ...[burn('5m', 0), burn('1h', 28.8), burn('6h', 3), burn('2h', 12)],
    series('slo:burn_rate:ratio', strict, 999, { window: '1h' }),
  ];
  const [beside = '', above = ''] = exprsOf(detail, 'Burn that pages', one);
  const [share = '', now = '', from = ''] = exprsOf(detail, 'Windows of tickets', one);
  const window = (name: string, value: number) => [`{window="${name}"}`, value] as const;
  await proved(t, recorded, [
    { expr: beside, at: '2h', finds: [window('5m', 0), window('1h', 28.8), window('6h', 3)] },
    {
      expr: above,
      at: '2h',
      finds: [
        ['{long="1h"}', 14.4],
        ['{long="6h"}', 6],
      ],
    },
    { expr: share, at: '2h', finds: [['{long="1d",window="2h"}', 4]] },
    { expr: now, at: '2h', finds: [['{long="1d",window="2h"}', 12]] },
    {
      expr: from,
      at: '2h',
      finds: [
        ['{long="1d",window="1d"}', 3],
        ['{long="1d",window="2h"}', 3],
      ],
    },
  ]);
});

test('it says since when there are data, over changes of what it is, and younger than an hour', async t => {
  const info = (window: string, values: string) => series('slo:info', shop, values, { window, title: 'Checkout' });
  const [since = ''] = exprsOf(detail, 'Data since', one);
  await proved(
    t,
    [info('28d', '_x4 1x5 stale'), info('30d', '_x10 1x20')],
    [
      { expr: since, at: '3h', finds: [] },
      { expr: since, at: '4h', finds: [['{}', 0]] },
      { expr: since, at: '20h', finds: [['{}', 16 * 3600]] },
      { expr: exprsOf(detail, 'Window', one)[0] ?? '', at: '20h', finds: [['{window="30d"}', 1]] },
    ],
  );
});

test('alerts of one SLO are its own, and 0 where none fires', async t => {
  const [fire = ''] = exprsOf(detail, 'Alerts that fire', one);
  const [, firing = '', pending = ''] = exprsOf(detail, 'Alerts now', { ...one, objective: '99.99' });
  const [quiet = ''] = exprsOf(detail, 'Alerts that fire', { ...one, service: 'search', slo: 'idle', objective: '99' });
  const [unknown = ''] = exprsOf(detail, 'Alerts that fire', { ...one, slo: 'gone' });
  await proved(t, organisation, [
    { expr: fire, at: '2h', finds: [['{}', 2]] },
    { expr: firing, at: '2h', finds: [['{alertname="SloBudgetExhausted",severity="ticket"}', 1]] },
    { expr: pending, at: '2h', finds: [['{alertname="SloBudgetBurnSlow",severity="ticket"}', 1]] },
    { expr: quiet, at: '2h', finds: [['{}', 0]] },
    { expr: unknown, at: '2h', finds: [] },
  ]);
});

test('what the rules of an SLO record is all that the pages read of it, with its labels', () => {
  const compiled = compileSlo(sloOf({ displayName: 'Checkout' }), options);
  const recorded = new Map<string, Set<string>>();
  for (const rule of compiled.groups.flatMap(({ rules }) => rules))
    if ('record' in rule)
      recorded.set(rule.record, new Set([...(recorded.get(rule.record) ?? []), ...Object.keys(rule.labels)]));
  // of composites, and of calendar windows
  const elsewhere = new Set(['part', 'start']);
  for (const { name, labels } of sloRecordings.filter(each => each.name !== 'slo:window_start:timestamp_seconds'))
    assert.deepEqual(
      labels.filter(each => !elsewhere.has(each) && !recorded.get(name)?.has(each)),
      [],
      name,
    );
});

test('the recorded thresholds are those that the alerts compare with', () => {
  const { groups } = compileSlo(sloOf({ displayName: 'Checkout' }), options);
  const rules = groups.flatMap(each => each.rules);
  const thresholds = rules.flatMap(rule =>
    'record' in rule && rule.record === 'slo:burn_rate_threshold:ratio' ? [rule] : [],
  );
  assert.deepEqual(
    thresholds.map(({ labels, expr }) => [labels.severity, labels.long, labels.window, expr]),
    [
      ['page', '1h', '1h', 'vector(14.4)'],
      ['page', '1h', '5m', 'vector(14.4)'],
      ['page', '6h', '6h', 'vector(6)'],
      ['page', '6h', '30m', 'vector(6)'],
      ['ticket', '1d', '1d', 'vector(3)'],
      ['ticket', '1d', '2h', 'vector(3)'],
      ['ticket', '3d', '3d', 'vector(1)'],
      ['ticket', '3d', '6h', 'vector(1)'],
    ],
  );
  for (const { labels, expr } of thresholds) {
    const alert = rules.find(
      rule => 'alert' in rule && rule.labels.severity === labels.severity && /Burn/.test(rule.alert),
    );
    const compared = `window="${labels.window}"} > ${/[\d.]+/.exec(expr)?.[0]}`;
    assert.ok(alert?.expr.includes(compared), `${compared} in ${alert?.expr}`);
  }
});

test('the address in an alert chooses one SLO, by variables that the page has', () => {
  const { groups } = compileSlo(sloOf(), options);
  const alerts = groups.flatMap(each => each.rules).flatMap(rule => ('alert' in rule ? [rule] : []));
  assert.ok(alerts.length > 3);
  for (const { annotations } of alerts) {
    const address = new URL(annotations.dashboard_url ?? '');
    assert.ok(address.pathname.endsWith(`/d/${detail.uid}`), address.pathname);
    const names = [...address.searchParams.keys()].flatMap(key => /^var-(.+)/.exec(key)?.[1] ?? []);
    assert.deepEqual(names, ['service', 'slo', 'objective']);
    for (const name of names)
      assert.ok(
        variablesOf(detail).some(each => each.name === name),
        name,
      );
  }
});

const variablesOf = (page: DashboardJson) =>
  (page.templating.list ?? []) as readonly { readonly name: string; readonly multi?: boolean }[];

test('tables and charts lead to the page of one SLO by variables that it has, one value each', () => {
  const links = [...JSON.stringify(overview).matchAll(/"url":"(\/d\/plumbline-slo-detail[^"]*)"/g)];
  assert.ok(links.length >= 4, `${links.length} links`);
  for (const [, url = ''] of links)
    assert.deepEqual(
      [...url.matchAll(/var-(\w+)=/g)].map(([, name]) => name),
      ['service', 'slo', 'objective'],
    );
  for (const name of ['service', 'slo', 'objective'])
    assert.equal(variablesOf(detail).find(each => each.name === name)?.multi, false, name);
  assert.ok(variablesOf(detail).find(each => each.name === 'team')?.multi);
});
