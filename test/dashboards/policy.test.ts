/** The pages about policy: their words, their links to lists, and what their queries make of hand-made series. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillVariables, panelQueries } from '../../dashboards/index.ts';
import type { DashboardJson } from '../../dashboards/lib/json.ts';
import { matrix } from '../../dashboards/lib/panels.ts';
import { eventsByDay, eventsWithin, latest, promqlText, type Query, sumBy } from '../../dashboards/lib/promql.ts';
import { requirementWords } from '../../dashboards/policy/words.ts';
import { policyDashboard } from '../../dashboards/policy.ts';
import { teamDashboard } from '../../dashboards/team.ts';
import { readQuery } from '../../exporters/policy/findings-query.ts';
import { violations, violationsOpened } from '../../exporters/policy/metrics.ts';
import { requirements } from '../../exporters/policy/requirements.ts';
import { proved } from './proved.ts';

test('the ten requirements are called what the exporter calls them', () => {
  const { other, ...words } = requirementWords;
  assert.deepEqual(words, Object.fromEntries(requirements.map(({ id, title }) => [id, title])));
  assert.ok(other);
});

test('every link to a list of findings is one that the list understands, whatever is chosen', () => {
  for (const page of [policyDashboard(), teamDashboard()]) {
    const links = [...JSON.stringify(page).matchAll(/"url":"\$\{findings\}\?([^"]*)"/g)].map(
      ([, query]) => query ?? '',
    );
    assert.ok(links.length > 5, `${page.title} has ${links.length}`);
    for (const link of links)
      for (const chosen of ['.*', 'a,b']) {
        const filled = link.replaceAll(/\$\{\w+:csv\}/g, chosen).replaceAll(/\$\{__\w+\.[\w.]+\}/g, 'x');
        assert.doesNotMatch(filled, /\$/);
        const query = Object.fromEntries(new URLSearchParams(filled));
        const { team } = readQuery(query, { role: 'reader', name: 'reader' });
        assert.deepEqual(team, chosen === '.*' ? undefined : ['a', 'b']);
      }
  }
});

test('a matrix crosses two labels, and its query keeps no others', () => {
  const cross = (...by: readonly ('requirement' | 'team' | 'engine')[]) =>
    matrix({
      ...{ title: 'Matrix', description: 'What?', rows: { label: 'requirement', title: 'Requirement' } as const },
      ...({ columns: 'team', thresholds: [], query: sumBy(by, latest(violations)) } as const),
    });
  assert.ok(cross('team', 'requirement'));
  assert.throws(
    () => cross('team', 'requirement', 'engine'),
    /crosses requirement,team, but its query keeps other labels/,
  );
});

test('what happened for the first time is counted, within a window and on its day', async t => {
  const opened = (team: string, values: string) => ({
    series: `policy_violations_opened_total{team="${team}"}`,
    values,
  });
  const byTeam = (query: Query<(typeof violationsOpened.labels)[number], true>) => promqlText(sumBy(['team'], query));
  await proved(
    t,
    [opened('old', '5x48 7x48'), opened('new', '_x60 3x36')],
    [
      {
        expr: byTeam(eventsWithin(violationsOpened, '1d')),
        at: '3d',
        finds: [
          ['{team="old"}', 2],
          ['{team="new"}', 3],
        ],
      },
      {
        expr: byTeam(eventsByDay(violationsOpened)),
        at: '2d',
        finds: [
          ['{team="old"}', 2],
          ['{team="new"}', 3],
        ],
      },
      { expr: byTeam(eventsByDay(violationsOpened)), at: '1d', finds: [['{team="old"}', 0]] },
    ],
  );
});

const queryOf = (
  panel: string,
  refId = 'A',
  chosen: Readonly<Record<string, string>> = {},
  page: DashboardJson = policyDashboard(),
) => {
  const found = panelQueries(page).find(each => each.panel === panel && each.refId === refId);
  const all = { team: '.*', service: '.*', environment: '.*', engine: '.*', requirement: '.*' };
  return fillVariables(found?.expr ?? '', { ...all, ...chosen });
};

test('the matrix tells what is clean from what nobody looks at', async t => {
  const of = (name: string, team: string, more: string, values: string) => ({
    series: `policy_${name}{team="${team}",service="s",engine="kyverno",requirement="tls_in_transit",${more}}`,
    values,
  });
  await proved(
    t,
    [
      of('violations', 'a', 'state="open"', '2x3'),
      of('violations', 'a', 'state="excepted"', '9x3'),
      of('results', 'a', 'outcome="fail"', '2x3'),
      of('results', 'a', 'outcome="pass"', '6x3'),
      of('results', 'b', 'outcome="pass"', '4x3'),
      of('results', 'c', 'outcome="skip"', '4x3'),
      of('results', 'd', 'outcome="fail"', '4x3'),
    ],
    [
      {
        expr: queryOf('Open violations, requirements and teams'),
        at: '2h',
        finds: [
          ['{requirement="tls_in_transit",team="a"}', 2],
          ['{requirement="tls_in_transit",team="b"}', 0],
          ['{requirement="tls_in_transit",team="d"}', 0],
        ],
      },
      {
        expr: queryOf('Compliance, requirements and teams'),
        at: '2h',
        finds: [
          ['{requirement="tls_in_transit",team="a"}', 0.75],
          ['{requirement="tls_in_transit",team="b"}', 1],
          ['{requirement="tls_in_transit",team="d"}', 0],
        ],
      },
    ],
  );
});

test('what enforcing would block is told of the chosen teams alone, in each column', async t => {
  const of = (name: string, team: string, values: string) => ({
    series: `policy_rule_${name}{team="${team}",engine="e",policy="p",requirement="other",enforcement="warn"}`,
    values,
  });
  await proved(
    t,
    [
      of('violations', 'a', '5x3'),
      of('violations', 'b', '7x3'),
      of('services', 'a', '2x3'),
      of('services', 'b', '3x3'),
    ],
    (['.*', 'a', 'c'] as const).map(team => ({
      expr: queryOf('What enforcing would block today', 'B', { team }),
      at: '2h',
      finds: team === 'c' ? [] : [['{enforcement="warn",engine="e",policy="p"}', team === 'a' ? 2 : 5] as const],
    })),
  );
});

test('a requirement of which all was mended has moved', async t => {
  const of = (name: string, requirement: string, more: string, values: string) => ({
    series: `policy_${name}{team="a",service="s",engine="e",requirement="${requirement}",${more}}`,
    values,
  });
  const hours = 24 * 33;
  const mended = `2x${hours - 24 * 3} _x${24 * 4}`;
  const begun = `_x${hours - 24 * 3} 3x${24 * 4}`;
  const changes = [
    ['Requirements and how they moved', 'C', policyDashboard()],
    ['Requirements and what is violated of them', 'D', teamDashboard()],
  ] as const;
  await proved(
    t,
    [
      of('violations', 'mended', 'state="open"', mended),
      of('results', 'mended', 'outcome="pass"', `9x${hours}`),
      of('violations', 'came', 'state="open"', begun),
      of('results', 'came', 'outcome="pass"', `9x${hours}`),
      of('violations', 'young', 'state="open"', begun),
      of('results', 'young', 'outcome="fail"', begun),
    ],
    changes.map(([panel, refId, page]) => ({
      expr: queryOf(panel, refId, { team: 'a' }, page),
      at: '32d',
      finds: [
        ['{requirement="came"}', 3],
        ['{requirement="mended"}', -2],
        ['{requirement="young"}', 3],
      ],
    })),
  );
});

test('a big number is 0 where all is well, and absent where nobody looks', async t => {
  const expr = queryOf('In enforce mode');
  const looked = { series: 'policy_results{team="a",outcome="pass",engine="e",requirement="other"}', values: '3x3' };
  await proved(t, [looked], [{ expr, at: '2h', finds: [['{}', 0]] }]);
  await proved(t, [{ series: 'other', values: '1x3' }], [{ expr, at: '2h', finds: [] }]);
});

test('what was violated 30 days ago is 0 where something was looked at then, and absent where nothing was', async t => {
  const expr = queryOf('30 d ago: open');
  const at = '722h';
  const by = 'team="a",service="s",environment="production",engine="e",requirement="other"';
  const looked = (values: string) => ({ series: `policy_results{${by},outcome="pass"}`, values });
  const open = (values: string) => ({
    series: `policy_violations{${by},state="open",severity="low",enforcement="audit"}`,
    values,
  });
  await proved(t, [looked('3x802'), open('7x2 4x800')], [{ expr, at, finds: [['{}', 7]] }]);
  await proved(t, [looked('3x802'), open('_x700 4x102')], [{ expr, at, finds: [['{}', 0]] }]);
  await proved(t, [looked('_x700 3x102'), open('_x700 4x102')], [{ expr, at, finds: [] }]);
});
