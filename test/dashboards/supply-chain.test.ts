/** The pages about the supply chain: their words, their links to lists, and what their queries make of hand-made series. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillVariables, panelQueries } from '../../dashboards/index.ts';
import type { DashboardJson } from '../../dashboards/lib/json.ts';
import { gapWords } from '../../dashboards/supply-chain/words.ts';
import { supplyChainDashboard } from '../../dashboards/supply-chain.ts';
import { teamDashboard } from '../../dashboards/team.ts';
import { sbomGaps } from '../../exporters/supply-chain/document.ts';
import { readQuery as readComponents } from '../../exporters/supply-chain/find/query.ts';
import { readQuery } from '../../exporters/supply-chain/findings-query.ts';
import { readImagesQuery } from '../../exporters/supply-chain/images-api.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { proved } from './proved.ts';

const reader = { role: 'reader', name: 'reader' } as const;
const linksOf = (page: DashboardJson, list: string) =>
  [...JSON.stringify(page).matchAll(/"url":"\$\{(\w+)\}\?([^"]*)"/g)].flatMap(([, name, query]) =>
    name === list ? [query ?? ''] : [],
  );
/** As Grafana fills it in: values of variables, and of the row that was clicked. */
function filled(link: string, chosen: string, cell: (field: string) => string) {
  const text = link
    .replaceAll(/\$\{severity:csv\}/g, chosen === '.*' ? '.*' : 'critical,high')
    .replaceAll(/\$\{\w+:csv\}/g, chosen)
    .replaceAll(/\$\{(__\w+\.[\w.]+)(:percentencode)?\}/g, (_, field: string, encoded?: string) =>
      encoded === undefined ? cell(field) : encodeURIComponent(cell(field)),
    );
  assert.doesNotMatch(text, /\$/);
  return Object.fromEntries(new URLSearchParams(text));
}

test('all that a bill of materials may lack has a name', () =>
  assert.deepEqual(Object.keys(gapWords).sort(), [...sbomGaps].sort()));

test('every link to a list of findings is one that the list understands, whatever is chosen', () => {
  for (const page of [supplyChainDashboard(), teamDashboard()]) {
    const links = linksOf(page, 'supply_findings');
    assert.ok(links.length > 5, `${page.title} has ${links.length}`);
    for (const link of links)
      for (const chosen of ['.*', 'a,b']) {
        const { team } = readQuery(
          filled(link, chosen, field => (field === '__value.raw' && link.includes('severity=${__') ? 'high' : 'x')),
          reader,
        );
        const expected = link.includes('team=${__') ? ['x'] : chosen === '.*' ? undefined : ['a', 'b'];
        assert.deepEqual(team, expected, link);
      }
  }
});

test('every link to a list of images is one that the list understands, whatever is chosen', () => {
  for (const page of [supplyChainDashboard(), teamDashboard()]) {
    const links = linksOf(page, 'supply_images');
    assert.ok(links.length > 2, `${page.title} has ${links.length}`);
    for (const link of links) {
      assert.equal(
        readImagesQuery(
          filled(link, '.*', () => 'x'),
          reader,
        ).team,
        undefined,
        link,
      );
      assert.deepEqual(
        readImagesQuery(
          filled(link, 'a,b', () => 'x'),
          reader,
        ).team,
        ['a', 'b'],
        link,
      );
    }
  }
});

test('what is counted of all services is listed of all services', () => {
  const links = linksOf(supplyChainDashboard(), 'supply_findings');
  for (const asked of ['exploited=yes', 'state=excepted']) {
    const those = links.filter(link => link.includes(asked));
    assert.ok(those.length > 0, asked);
    for (const link of those) assert.doesNotMatch(link, /service=/);
  }
});

test('a watch leads to where it is, of some versions and of all', () => {
  const [link, ...others] = linksOf(supplyChainDashboard(), 'components');
  assert.deepEqual(others, []);
  const of = (range: string) =>
    readComponents(
      filled(link ?? '', '.*', field =>
        field.endsWith('Versions') ? range : 'pkg:maven/org.apache.logging.log4j/log4j-core',
      ),
      reader,
    );
  assert.equal(of('vers:maven/>=2.0|<2.17.1').pattern.name, 'log4j-core');
  assert.ok(of('vers:maven/>=2.0|<2.17.1').range);
  assert.equal(of('').range, undefined);
});

test('every family of the supply chain is on a page', () => {
  const asked = [supplyChainDashboard(), teamDashboard()].flatMap(page => panelQueries(page).map(({ expr }) => expr));
  const text = asked.join('\n');
  // Of services: what they have is listed behind the page, and too few of each are resolved to be shown.
  const ofServices = ['supply_chain_remediation_median_seconds', 'supply_chain_unresolved_after_30d_ratio'];
  const unasked = supplyChainMetrics.map(({ name }) => name).filter(name => !new RegExp(`\\b${name}\\b`).test(text));
  assert.deepEqual(unasked.sort(), ofServices);
});

const all = { team: '.*', service: '.*', environment: '.*', severity: '.*' };
const queryOf = (
  panel: string,
  refId = 'A',
  chosen: Readonly<Record<string, string>> = {},
  page: DashboardJson = supplyChainDashboard(),
) => {
  const found = panelQueries(page).find(each => each.panel === panel && each.refId === refId);
  assert.ok(found, `${panel} ${refId}`);
  return fillVariables(found.expr, { ...all, ...chosen });
};

const labels = (team: string, more: string) => `{team="${team}",service="s",environment="production",${more}}`;
const images = (team: string, status: string, values: string) => ({
  series: `supply_chain_images_by_scan${labels(team, `status="${status}"`)}`,
  values,
});
const running = (team: string, values: string) => ({
  series: `supply_chain_running_images${labels(team, 'job="p"')}`,
  values,
});
const open = (team: string, severity: string, values: string, state = 'open') => ({
  series: `supply_chain_findings${labels(
    team,
    `class="vulnerability",severity="${severity}",fix="none",exploited="no",state="${state}"`,
  )}`,
  values,
});

test('a big number is 0 where images were scanned and have nothing, and absent where nobody scanned', async t => {
  const exprs = ['Critical, high', 'Past limit', 'Exploited', 'Due soon'].map(panel => queryOf(panel));
  const zero = exprs.map(expr => ({ expr, at: '2h', finds: [['{}', 0]] as const }));
  const nothing = exprs.map(expr => ({ expr, at: '2h', finds: [] }));
  const kev = { series: 'supply_chain_known_exploited_vulnerabilities{job="p"}', values: '1400x3' };
  await proved(t, [images('a', 'fresh', '3x3'), kev], zero);
  // Without a list of what is exploited nothing could count as that.
  await proved(t, [images('a', 'fresh', '3x3')], [{ expr: queryOf('Exploited'), at: '2h', finds: [] }]);
  await proved(t, [images('a', 'never', '3x3'), images('a', 'failed', '1x3'), kev], nothing);
  await proved(
    t,
    [images('a', 'fresh', '3x3')],
    [{ expr: queryOf('Critical, high', 'A', { team: 'b' }), ...{ at: '2h', finds: [] } }],
  );
});

test('a share is of all that runs, and of nothing where nothing runs', async t => {
  const of = (panel: string, team: string) => queryOf(panel, 'A', { team });
  await proved(
    t,
    [
      ...[running('a', '4x3'), images('a', 'fresh', '3x3'), images('a', 'never', '1x3')],
      ...[running('b', '2x3'), images('b', 'never', '2x3')],
    ],
    [
      { expr: of('Scanned in time', 'a'), at: '2h', finds: [['{}', 0.75]] },
      { expr: of('Scanned in time', 'b'), at: '2h', finds: [['{}', 0]] },
      { expr: of('Scanned in time', '.*'), at: '2h', finds: [['{}', 0.5]] },
      { expr: of('Scanned in time', 'c'), at: '2h', finds: [] },
    ],
  );
});

test('a share of what is signed is 0 where anything looked, and absent where nothing did', async t => {
  const signed = (team: string, status: string, values: string) => ({
    series: `supply_chain_images_by_signature${labels(team, `status="${status}"`)}`,
    values,
  });
  const of = (team: string) => queryOf('Signature verified', 'A', { team });
  await proved(
    t,
    [
      ...[running('a', '4x3'), signed('a', 'unsigned', '1x3'), signed('a', 'unknown', '3x3')],
      ...[running('b', '2x3'), signed('b', 'unknown', '2x3')],
      ...[running('c', '4x3'), signed('c', 'verified', '3x3'), signed('c', 'unknown', '1x3')],
    ],
    [
      { expr: of('a'), at: '2h', finds: [['{}', 0]] },
      { expr: of('b'), at: '2h', finds: [] },
      { expr: of('c'), at: '2h', finds: [['{}', 0.75]] },
      {
        expr: queryOf('Teams and whose images they run', 'B'),
        at: '2h',
        finds: [
          ['{team="a"}', 0],
          ['{team="c"}', 0.75],
        ],
      },
    ],
  );
});

test('a team whose images were scanned has a line though nothing is open, and one that nobody scanned has none', async t => {
  await proved(
    t,
    [
      ...[open('found', 'high', '2x3'), images('found', 'fresh', '1x3'), images('clean', 'fresh', '5x3')],
      ...[images('unknown', 'never', '5x3'), open('excepted', 'low', '1x3', 'excepted')],
    ],
    [
      {
        expr: queryOf('Teams and what they have to remedy', 'G'),
        at: '2h',
        finds: [
          ['{team="found"}', 2],
          ['{team="excepted"}', 0],
          ['{team="clean"}', 0],
        ],
      },
    ],
  );
});

test('a severity of which all was remedied has moved', async t => {
  const hours = 24 * 33;
  const mended = `2x${hours - 24 * 3} _x${24 * 4}`;
  const begun = `_x${hours - 24 * 3} 3x${24 * 4}`;
  const changes = [
    ['Severities and how they moved', 'B', supplyChainDashboard()],
    ['Its vulnerabilities by severity', 'B', teamDashboard()],
  ] as const;
  await proved(
    t,
    [open('a', 'critical', mended), open('a', 'high', begun), open('a', 'low', `4x${hours}`)],
    changes.map(([panel, refId, page]) => ({
      expr: queryOf(panel, refId, { team: 'a' }, page),
      at: '32d',
      finds: [
        ['{severity="critical"}', -2],
        ['{severity="high"}', 3],
        ['{severity="low"}', 0],
      ],
    })),
  );
});

test('what the gate could not tell of is not passed', async t => {
  const verdict = (team: string, of: string, values: string) => ({
    series: `supply_chain_gate_images{team="${team}",environment="production",verdict="${of}"}`,
    values,
  });
  const series = [verdict('a', 'pass', '3x3'), verdict('b', 'unknown', '3x3'), verdict('c', 'blocked', '2x3')];
  await proved(
    t,
    series,
    (
      [
        ['a', 0],
        ['b', undefined],
        ['c', 2],
      ] as const
    ).map(([team, value]) => ({
      expr: queryOf('Gate blocks', 'A', { team }),
      at: '2h',
      finds: value === undefined ? [] : [['{}', value] as const],
    })),
  );
});

test('a watch that nothing has is told as 0, with what it watches for', async t => {
  const info = (watch: string, range: string) => ({
    series: `supply_chain_watch_info{watch="${watch}",purl="pkg:npm/${watch}",range="${range}"}`,
    values: '1x3',
  });
  const exposed = (watch: string, values: string) => ({
    series: `supply_chain_watch_exposed_images{watch="${watch}"}`,
    values,
  });
  await proved(
    t,
    [
      ...[info('one', 'vers:npm/<2'), info('two', ''), exposed('one', '0x3'), exposed('two', '4x3')],
      ...['a', 'b'].map(team => ({
        series: `supply_chain_watch_images{watch="two",team="${team}",environment="production"}`,
        values: '2x3',
      })),
    ],
    [
      {
        expr: queryOf('Watch list'),
        at: '2h',
        finds: [
          ['{watch="one",purl="pkg:npm/one",range="vers:npm/<2"}', 0],
          ['{watch="two",purl="pkg:npm/two"}', 4],
        ],
      },
      {
        expr: queryOf('Watch list', 'B'),
        at: '2h',
        finds: [
          ['{watch="one",purl="pkg:npm/one",range="vers:npm/<2"}', 0],
          ['{watch="two",purl="pkg:npm/two"}', 2],
        ],
      },
    ],
  );
});
