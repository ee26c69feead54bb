/** The layer over the SDK: what it adds to every page, and what it refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard, details, row } from '../../dashboards/lib/dashboard.ts';
import type { DashboardJson } from '../../dashboards/lib/json.ts';
import { linksToTeam } from '../../dashboards/lib/links.ts';
import { days, lines, ordered, type Panel, ranking, stat, type Threshold, table } from '../../dashboards/lib/panels.ts';
import { dayBars, dividedBy, latest, maxBy, minus, rate, sum, sumBy, times } from '../../dashboards/lib/promql.ts';
import { fillVariables, panelQueries, panelsOf } from '../../dashboards/lib/queries.ts';
import { faultsOf } from '../../dashboards/lib/sound.ts';
import { address, oneValue, oneValueOfAny, someValues } from '../../dashboards/lib/variables.ts';
import { daily, deployments, monthly, newest, share } from './sample-metrics.ts';

const currency = oneValue(monthly, 'currency', { title: 'Currency' });
const team = someValues(monthly, 'team', { title: 'Team', matchers: { currency } });
const money = { currency, cost_basis: 'effective' } as const;
const total = sum(latest(monthly, money));
const bars = sumBy(['team'], dayBars(daily, { ...money, team }));
const number = (title: string, size: { width?: number; height?: number } = {}) =>
  stat({ title, description: 'How much?', query: total, ...size });

const page = (...panels: readonly Panel[]): DashboardJson =>
  dashboard({
    uid: 'test',
    title: 'Test',
    description: 'A page.',
    tags: [],
    variables: [currency, team],
    rows: [row('Row', ...panels)],
    from: 'now-7d',
  });
type Writable = { -readonly [Key in string]: unknown };
/** A dashboard with the n-th panel (the row is 0) changed by hand, as only a defect of the layer would. */
function withPanel(n: number, change: Writable): DashboardJson {
  const json = structuredClone(page(number('A'), number('B'))) as unknown as { panels: Writable[] };
  Object.assign(json.panels[n]!, change);
  return json as unknown as DashboardJson;
}

test('a panel without a unit is refused, and takes its unit from the metrics', () => {
  const unitless = { title: 'Rate', description: 'How fast?', query: sum(rate(deployments, '5m')) };
  assert.throws(() => stat(unitless), /panel "Rate" has no unit/);
  assert.equal(unitOf(stat({ ...unitless, unit: 'per_second' })), 'cps');
  assert.equal(unitOf(number('Money')), 'locale');
  const growth = minus(dividedBy(total, total), 1);
  assert.equal(unitOf(stat({ title: 'Growth', description: 'How?', query: growth })), 'percentunit');
  const mixed = [
    { query: total, name: 'a' },
    { query: maxBy([], latest(share)), name: 'b' },
  ];
  assert.throws(() => lines({ title: 'Mixed', description: 'How?', queries: mixed }), /currency and ratio/);
  const time = maxBy([], latest(newest));
  assert.throws(() => stat({ title: 'Time', description: 'When?', query: time }), /show its age/);
});

test('a panel without a description or a title is refused', () => {
  assert.throws(() => stat({ title: 'A', description: ' ', query: total }), /panel "A" has no description/);
  assert.throws(() => stat({ title: '', description: 'How?', query: total }), /no title/);
});

test('a series name may read only labels that its query keeps', () => {
  const named = (name: string) => days({ title: 'Days', description: 'How?', queries: [{ query: bars, name }] });
  assert.throws(() => named('{{service}}'), /reads service, which its query doesn't keep/);
  assert.ok(named('{{team}}'));
});

test('days are asked in steps of a day, and never as of now', () => {
  const chart = page(days({ title: 'Days', description: 'How?', queries: [{ query: bars, name: '{{team}}' }] }));
  assert.deepEqual(
    panelQueries(chart).map(({ kind, step }) => ({ kind, step })),
    [{ kind: 'range', step: 86_400 }],
  );
  const asNow = stat({ title: 'Now', description: 'How?', query: sum(bars) });
  assert.throws(() => page(asNow), /has no value now, use its twin/);
  const notDays = [{ query: sumBy(['team'], latest(monthly, money)), name: '{{team}}' }];
  assert.throws(() => days({ title: 'Days', description: 'How?', queries: notDays }), /isn't a query of days/);
});

test('a table shows every label that its queries keep, and its queries keep no others', () => {
  const values = [{ title: 'Cost', query: sumBy(['team', 'service'], latest(monthly, money)) }] as const;
  const team = { label: 'team', title: 'Team' } as const;
  assert.throws(() => table({ title: 'T', description: 'How?', columns: [team], values }), /keeps other labels/);
  const raw = [{ title: 'Share', query: latest(share) }] as const;
  const columns = [team, { label: 'currency', title: 'Currency' }] as const;
  assert.throws(() => table({ title: 'T', description: 'How?', columns, values: raw }), /keeps other labels/);
});

test('panels flow from left to right without overlap, each with an id, refIds and the data source variable', () => {
  const two = [
    { query: bars, name: '{{team}}' },
    { query: times(bars, 2), name: 'twice {{team}}' },
  ];
  const json = page(
    number('A', { width: 10, height: 4 }),
    number('B', { width: 14, height: 6 }),
    days({ title: 'C', description: 'How?', queries: two, width: 24 }),
    ranking({ title: 'D', description: 'Who?', query: sumBy(['team'], latest(monthly, money)), name: '{{team}}' }),
  );
  const panels = json.panels as unknown as readonly {
    id: number;
    gridPos: object;
    datasource?: object;
    targets?: readonly { refId: string }[];
  }[];
  assert.deepEqual(
    panels.map(({ id }) => id),
    [1, 2, 3, 4, 5],
  );
  assert.deepEqual(
    panels.map(({ gridPos }) => gridPos),
    [
      { h: 1, w: 24, x: 0, y: 0 },
      { h: 4, w: 10, x: 0, y: 1 },
      { h: 6, w: 14, x: 10, y: 1 },
      { h: 10, w: 24, x: 0, y: 7 },
      { h: 10, w: 8, x: 0, y: 17 },
    ],
  );
  assert.deepEqual(
    panels[3]!.targets!.map(target => target.refId),
    ['A', 'B'],
  );
  for (const panel of panels.slice(1))
    assert.deepEqual(panel.datasource, { type: 'prometheus', uid: `\${datasource}` });
});

test('a closed row holds its panels, and the next row stands right below it', () => {
  const json = dashboard({
    uid: 'test',
    title: 'Test',
    description: 'A page.',
    tags: [],
    variables: [currency, team],
    rows: [row('Open', number('A')), details('Closed', number('B'), number('C')), row('Last', number('D'))],
    from: 'now-7d',
  });
  const places = (panels: readonly object[] | undefined) =>
    (panels as readonly { title: string; gridPos: { x: number; y: number }; collapsed?: boolean }[]).map(
      ({ title, gridPos: { x, y }, collapsed }) => [title, x, y, collapsed],
    );
  assert.deepEqual(places(json.panels), [
    ['Open', 0, 0, false],
    ['A', 0, 1, undefined],
    ['Closed', 0, 5, true],
    ['Last', 0, 6, false],
    ['D', 0, 7, undefined],
  ]);
  const [, , closed] = json.panels ?? [];
  assert.ok(closed !== undefined && 'panels' in closed);
  assert.deepEqual(places(closed.panels), [
    ['B', 0, 6, undefined],
    ['C', 4, 6, undefined],
  ]);
  assert.deepEqual(
    panelQueries(json).map(query => query.panel),
    ['A', 'B', 'C', 'D'],
  );
  assert.equal(new Set(panelsOf(json).map(panel => panel.id)).size, 7);
});

test('faults inside a closed row are seen', () => {
  const closed = (...panels: readonly Panel[]) =>
    dashboard({
      uid: 'test',
      title: 'Test',
      description: 'A page.',
      tags: [],
      variables: [currency],
      rows: [details('Closed', ...panels)],
      from: 'now-7d',
    });
  assert.throws(() => closed(number('A'), number('A')), /title "A" is twice in a row/);
  assert.throws(() => closed(number('A', { width: 25 })), /panel "A" leaves the grid/);
});

test('an interval is filled between its bounds', () => {
  const queries = [{ query: total, name: 'lower' }];
  const panel = lines({ title: 'A', description: 'How?', queries, between: ['lower', 'upper'] });
  const overrides = panel.draw().build().fieldConfig?.overrides ?? [];
  const upper = overrides.find(each => each.matcher.options === 'upper');
  assert.deepEqual(upper?.properties[0], { id: 'custom.fillBelowTo', value: 'lower' });
});

test('a 0 is shown beside others only where it is worth reading', () => {
  const hides = (more: object) =>
    lines({ title: 'A', description: 'How?', queries: [{ query: total, name: 'a' }], ...more })
      .draw()
      .build().options as { readonly tooltip?: { readonly hideZeros?: boolean } };
  assert.equal(hides({}).tooltip?.hideZeros, true);
  assert.equal(hides({ tellsZeros: true }).tooltip?.hideZeros, false);
});

test('bars of what has a most are filled by it, and others by the greatest', () => {
  const most = (more: object) =>
    ordered({ title: 'A', description: 'How?', bars: [{ query: total, name: 'a' }], ...more })
      .draw()
      .build().fieldConfig?.defaults?.max;
  assert.deepEqual([most({}), most({ most: 1 })], [undefined, 1]);
});

test('a link hands on the basis of cost only from a page that has one', () => {
  const url = (options?: { costBasis: boolean }) => linksToTeam('Team', options)()[0]?.build().url ?? '';
  assert.match(url(), /cost_basis:queryparam/);
  assert.doesNotMatch(url({ costBasis: false }), /cost_basis/);
});

test('an address is a text that a reader may change', () => {
  const drawn = address('wiki', { title: 'Wiki', initially: 'http://wiki.example' }).draw().build();
  assert.deepEqual([drawn.type, drawn.name, drawn.query], ['textbox', 'wiki', 'http://wiki.example']);
});

test('a page that is not sound is refused with every fault', () => {
  assert.throws(() => page(number('A'), number('A')), /title "A" is twice in a row/);
  assert.throws(() => page(number('A', { width: 25 })), /panel "A" leaves the grid/);
  assert.throws(() => page(number('A', { height: 0 })), /panel "A" is not placed/);
  const other = oneValue(monthly, 'team', { title: 'Team' });
  const stranger = { ...other, name: 'squad' };
  const query = sum(latest(monthly, { ...money, team: stranger }));
  assert.throws(
    () => page(stat({ title: 'A', description: 'How?', query })),
    /variable \$squad is used but not listed/,
  );
});

test('faults that only the layer itself could make are seen as well', () => {
  assert.deepEqual(faultsOf(withPanel(1, {})), []);
  const overlapping = { gridPos: { x: 2, y: 1, w: 4, h: 4 } };
  assert.deepEqual(faultsOf(withPanel(2, overlapping)), ['panels "A" and "B" overlap']);
  assert.deepEqual(faultsOf(withPanel(2, { id: 2 })), ['id 2 is used twice']);
  assert.deepEqual(faultsOf(withPanel(2, { gridPos: undefined })), ['panel "B" is not placed']);
  assert.deepEqual(faultsOf(withPanel(2, { targets: [] })), ['panel "B" has no query']);
  assert.deepEqual(faultsOf(withPanel(2, { fieldConfig: { defaults: {} } })), ['panel "B" has no unit']);
  assert.deepEqual(faultsOf(withPanel(2, { description: '' })), ['panel "B" has no description']);
  assert.deepEqual(faultsOf(withPanel(2, { datasource: { uid: 'prod' } })), [
    'panel "B" is without the data source variable',
  ]);
  const targets = [1, 2].map(() => ({ refId: 'A', expr: 'up', datasource: { uid: `\${datasource}` } }));
  assert.deepEqual(faultsOf(withPanel(2, { targets })), ['panel "B" has refId A twice']);
});

test('what must not be mixed has one value, everything else some or all', () => {
  const [source, one, some] = page(number('A')).templating.list as unknown as readonly Readonly<
    Record<string, unknown>
  >[];
  assert.equal(source!.type, 'datasource');
  assert.deepEqual([one!.multi, one!.includeAll, one!.allValue], [false, false, undefined]);
  assert.deepEqual([some!.multi, some!.includeAll, some!.allValue], [true, true, '.*']);
  assert.equal(some!.definition, 'label_values(test_month_cost{currency="$currency"}, team)');
});

test('a variable may begin with the value that most series have, since Grafana chooses the first', () => {
  const commonest = oneValue(monthly, 'currency', { title: 'Currency', commonestFirst: true });
  const drawn = commonest.draw().build() as unknown as Readonly<Record<string, unknown>>;
  const query = 'query_result(sort_desc(count by (currency) (last_over_time(test_month_cost[1d]))))';
  assert.deepEqual(drawn.query, { qryType: 3, query, refId: 'variable-currency' });
  assert.equal(drawn.sort, 0);
  // what Grafana hands to the pattern is a sample as text
  const pattern = new RegExp(String(drawn.regex).slice(1, -1));
  assert.equal(pattern.exec('{currency="USD"} 51 1795464680000')?.[1], 'USD');
});

test('the thresholds of lines are drawn', () => {
  const modeOf = (thresholds?: readonly Threshold[]) =>
    lines({
      title: 'Lines',
      description: 'How?',
      queries: [{ query: total, name: 'all' }],
      ...(thresholds && { thresholds }),
    })
      .draw()
      .build().fieldConfig?.defaults.custom?.thresholdsStyle?.mode;
  assert.equal(modeOf([{ from: 1, is: 'bad' }]), 'dashed');
  assert.equal(modeOf(), 'off');
});

test('a ranking of one bar has its name', () => {
  const query = sumBy(['team'], latest(monthly, money));
  const bars = ranking({ title: 'R', description: 'Who?', query, name: 'team {{team}}' });
  assert.equal(bars.draw().build().fieldConfig?.defaults.displayName?.trimEnd(), `team \${__field.labels.team}`);
});

test('a ranking may have words for the names of its bars', () => {
  const query = sumBy(['team'], latest(monthly, money));
  const bars = ranking({ title: 'R', description: 'Who?', query, name: '{{team}}', words: { ml: 'machine learning' } });
  const [rename] = bars.draw().build().transformations ?? [];
  assert.ok(rename);
  const { regex, renamePattern } = rename.options as Readonly<Record<'regex' | 'renamePattern', string>>;
  assert.equal('ml'.replace(new RegExp(regex), renamePattern).trimEnd(), 'machine learning');
  assert.equal('html'.replace(new RegExp(regex), renamePattern), 'html');
});

test("a table's labels are text in no unit, and an empty cell does not say what an empty table does", () => {
  const query = sumBy(['team'], latest(monthly, money));
  const built = table({
    title: 'T',
    description: 'Who?',
    columns: [{ label: 'team', title: 'Team', words: { '': 'all teams' } }],
    values: [{ title: 'A title that is rather long', query }],
    whenEmpty: 'nobody spends',
    sortedBy: 'Team',
  })
    .draw()
    .build();
  const { defaults, overrides = [] } = built.fieldConfig ?? {};
  const of = (matcher: string, property: string) =>
    overrides.find(each => each.matcher.options === matcher)?.properties.find(each => each.id === property)?.value;
  assert.deepEqual([defaults?.unit, of('string', 'unit')], ['locale', 'string']);
  assert.deepEqual([defaults?.noValue, of('.*', 'noValue')], ['nobody spends', '–']);
  assert.deepEqual(of('Team', 'mappings'), [{ type: 'value', options: { '': { text: 'all teams', index: 0 } } }]);
  assert.ok(Number(of('A title that is rather long', 'custom.width')) > 200);
  assert.deepEqual((built.options as { sortBy?: unknown }).sortBy, [{ displayName: 'Team', desc: false }]);
});

test('a variable may offer what either of two metrics knows', () => {
  const either = oneValueOfAny([monthly, deployments], 'team', { title: 'Team' });
  const { query } = either.draw().build() as { query?: { readonly query?: string } };
  assert.equal(query?.query, `label_values({__name__=~"${monthly.name}|${deployments.name}"}, team)`);
});

test('a page is plain frozen data with sorted keys, and the same at each build', () => {
  const json = page(number('A'));
  assert.deepEqual(JSON.parse(JSON.stringify(json)), json);
  assert.equal(JSON.stringify(page(number('A'))), JSON.stringify(json));
  assert.ok(Object.isFrozen(json) && Object.isFrozen(json.panels?.[1]));
  assert.deepEqual(Object.keys(json), Object.keys(json).sort());
});

test('words may stand for numbers, in the colour of what they mean', () => {
  const texts = { 0: { text: 'failed', is: 'bad' }, 1: { text: 'up', is: 'good' } } as const;
  const shown = stat({ title: 'State', description: 'How?', query: maxBy([], latest(share)), texts });
  assert.deepEqual(shown.draw().build().fieldConfig?.defaults.mappings, [
    {
      type: 'value',
      options: { 0: { text: 'failed', color: '#D55E00', index: 0 }, 1: { text: 'up', color: '#009E73', index: 1 } },
    },
    unknown('no data yet'),
  ]);
});

/** Words in place of no value have the colour of no threshold. */
const unknown = (text: string) => ({
  type: 'special',
  options: { match: 'null+nan', result: { text, color: '#808080', index: 99 } },
});

test('what is not known is neither good nor bad, as a big number and in a column that judges', () => {
  const judged = {
    title: 'Share',
    query: maxBy(['team'], latest(share)),
    thresholds: [{ from: 1, is: 'bad' }],
  } as const;
  const asked = { title: 'Share', description: 'How?', otherwise: 'good', whenEmpty: 'nobody knows' } as const;
  const number = stat({ ...asked, query: maxBy([], latest(share)) })
    .draw()
    .build();
  assert.deepEqual(number.fieldConfig?.defaults.mappings, [unknown('nobody knows')]);
  const built = table({ ...asked, columns: [{ label: 'team', title: 'Team' }], values: [judged] })
    .draw()
    .build();
  const column = built.fieldConfig?.overrides?.find(each => each.matcher.options === 'Share');
  assert.deepEqual(column?.properties.find(each => each.id === 'mappings')?.value, [unknown('–')]);
});

test('links between pages are not hidden in a menu', () => {
  assert.doesNotMatch(JSON.stringify(page(number('A'))), /inControlsMenu/);
});

test('variables are filled in by their whole name, and none is left out', () => {
  const values = { team: 'a|b', team_group: 'g', __range: '7d' };
  const filled = fillVariables(`m{team=~"$team",g="\${team_group}",h="$team_group"}[$__range:1d]`, values);
  assert.equal(filled, 'm{team=~"a|b",g="g",h="g"}[7d:1d]');
  assert.throws(() => fillVariables('m{c="$currency"}', values), /no value for the variable currency/);
});

function unitOf(panel: Panel): unknown {
  return panel.draw().build().fieldConfig?.defaults.unit;
}
