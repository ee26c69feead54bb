/** The page about experience and the team's rows: their bands, their words, and that what is absent is not 0. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricWords } from '../../dashboards/delivery/words.ts';
import { aboutWords, dimensions, dimensionWords } from '../../dashboards/experience/words.ts';
import { experienceDashboard } from '../../dashboards/experience.ts';
import { panelQueries, panelsOf } from '../../dashboards/index.ts';
import type { DashboardJson } from '../../dashboards/lib/json.ts';
import { roadmapDashboard } from '../../dashboards/roadmap.ts';
import { teamDashboard } from '../../dashboards/team.ts';
import { questionSchema, spaceDimensions } from '../../exporters/experience/surveys/config.ts';
import { benchmarks } from '../../exporters/formats/dora-benchmark/index.ts';
import { exprsOf, labelled, proved } from './proved.ts';

const experience = experienceDashboard();
const team = teamDashboard();
const all = { survey: 'dx', question: 'recommend', team: '.*', feature: '.*', year: '2025', industry: 'all' };

interface PanelLike {
  readonly title?: string;
  readonly type?: string;
  readonly description?: string;
  readonly fieldConfig?: {
    readonly defaults?: { readonly noValue?: string; readonly mappings?: readonly { readonly options?: object }[] };
    readonly overrides?: readonly {
      readonly matcher: { readonly options?: unknown };
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}
const panelsIn = (page: DashboardJson) => panelsOf(page) as readonly PanelLike[];
const panelOf = (title: string, page: DashboardJson = experience) => panelsIn(page).find(each => each.title === title);

const queriesOf = (
  panel: string,
  page: DashboardJson = experience,
  chosen: Readonly<Record<string, string>> = {},
): readonly string[] => exprsOf(page, panel, { ...all, ...chosen });

test('labels are called what the exporter calls them', () => {
  assert.deepEqual(dimensions, spaceDimensions);
  assert.deepEqual(Object.keys(dimensionWords), [...spaceDimensions]);
  const about = (value: string) => questionSchema.safeParse({ question: 'q', name: 'q', as: 'nps', about: value });
  for (const value of Object.keys(aboutWords)) assert.ok(about(value).success, value);
  for (const metric of new Set(benchmarks.map(each => each.metric))) assert.ok(metric in metricWords, metric);
});

test('NPS stands in the band of its interval, of the chosen question about the platform alone', async t => {
  const band = panelOf('NPS with its 95 % interval')?.fieldConfig?.overrides?.find(
    each => each.matcher.options === 'upper' && each.properties.some(({ id }) => id === 'custom.fillBelowTo'),
  );
  assert.deepEqual(
    band?.properties.find(({ id }) => id === 'custom.fillBelowTo'),
    { id: 'custom.fillBelowTo', value: 'lower' },
  );
  const of = (name: string, labels: Readonly<Record<string, string>>, values: string) => ({
    series: `devex_organisation_${name}${labelled({ survey: 'dx', question: 'recommend', about: 'platform', ...labels })}`,
    values,
  });
  const series = [
    of('nps', {}, '10x3'),
    of('nps', { question: 'portal' }, '40x3'),
    of('nps', { survey: 'other' }, '50x3'),
    of('nps', { question: 'employer', about: 'employer' }, '-60x3'),
    of('nps_interval', { bound: 'lower' }, '-5x3'),
    of('nps_interval', { bound: 'upper' }, '25x3'),
    of('nps_interval', { survey: 'other', bound: 'upper' }, '70x3'),
  ];
  const [value = '', bounds = ''] = queriesOf('NPS with its 95 % interval');
  const [big = ''] = queriesOf('NPS');
  const [enps = ''] = queriesOf('eNPS');
  await proved(t, series, [
    ...[value, big].map(expr => ({ expr, at: '2h', finds: [['{}', 10]] as const })),
    {
      expr: bounds,
      at: '2h',
      finds: [
        ['{bound="lower"}', -5],
        ['{bound="upper"}', 25],
      ],
    },
    { expr: enps, at: '2h', finds: [['{question="employer"}', -60]] },
  ]);
});

test('an NPS of 0 is told as 0, and one that may not be told as nothing', async t => {
  const none = { series: 'devex_survey_waves{survey="dx"}', values: '3x3' };
  const zero = (level: string, labels: Readonly<Record<string, string>>) => ({
    series: `devex_${level}_nps${labelled({ survey: 'dx', question: 'recommend', about: 'platform', ...labels })}`,
    values: '0x3',
  });
  const [big = ''] = queriesOf('NPS');
  const [own = ''] = queriesOf('Platform NPS', team, { team: 'sales' });
  await proved(
    t,
    [none, zero('organisation', {}), zero('team', { team: 'sales' })],
    [
      { expr: big, at: '2h', finds: [['{}', 0]] },
      { expr: own, at: '2h', finds: [['{question="recommend",survey="dx"}', 0]] },
    ],
  );
  await proved(
    t,
    [none, zero('organisation', {}), zero('team', { team: 'other' })],
    [{ expr: own, at: '2h', finds: [] }],
  );
  await proved(t, [none], [{ expr: big, at: '2h', finds: [] }]);
});

/** Families of people that are absent where they may not be told. */
const ofPeople =
  /devex_(?:organisation|team|feature)_(?:nps|survey|question|space|quick_check|active_users|new_users|retention)\w*|devex_golden_path\w*/;

test('nothing stands in for a number of people that is absent, and the panel says why it is', () => {
  let seen = 0;
  for (const page of [experience, team])
    for (const { panel, expr } of panelQueries(page).filter(query => ofPeople.test(query.expr))) {
      seen += 1;
      assert.doesNotMatch(expr, /\bor\b|vector\(|absent\(|\bavg\b/, `${page.title}: ${panel}`);
    }
  assert.ok(seen > 80, `${seen} queries`);
  const big = panelsIn(experience).filter(({ title = '' }) => ['NPS', 'n: NPS', 'n: took part'].includes(title));
  for (const { title, fieldConfig } of [...big, panelOf('Platform NPS', team)!])
    assert.equal(fieldConfig?.defaults?.noValue, 'fewer than k answered', title);
  assert.equal(panelOf('Active people, 4 w', team)?.fieldConfig?.defaults?.noValue, 'fewer than k used it');
  for (const page of [experience, team])
    for (const { title, description = '' } of panelsIn(page).filter(each =>
      /^NPS$|^NPS with|^eNPS$|^Its NPS|^SPACE of/.test(each.title ?? ''),
    ))
      assert.match(description, /never 0, where fewer than k/, title);
});

test('a count of people is not added up over teams, features or surveys', () => {
  let sums = 0;
  for (const page of [experience, team])
    for (const { panel, expr } of panelQueries(page))
      for (const [, inner = ''] of expr.matchAll(/\bsum(?: by \([^)]*\))? ?\(last_over_time\((\w+)/g)) {
        sums += 1;
        assert.doesNotMatch(inner, ofPeople, panel);
      }
  assert.ok(sums > 20, `${sums} sums`);
});

test('whether a change is more than chance is a word, and fewer than three dimensions is said not to be SPACE', () => {
  const wordsOf = (title: string) =>
    Object.entries(panelOf(title)?.fieldConfig?.defaults?.mappings?.[0]?.options ?? {}).map(([value, { text }]) => [
      value,
      text,
    ]);
  assert.deepEqual(Object.fromEntries(wordsOf('Since last wave')), {
    '-1': 'fell',
    0: 'not significant',
    1: 'rose',
  });
  assert.deepEqual(Object.fromEntries(wordsOf('Dimensions')), {
    0: 'none',
    1: '1: not SPACE',
    2: '2: not SPACE',
  });
  for (const title of ['Dimensions', 'Dimensions of SPACE, as people answer', 'Dimensions and teams'])
    assert.match(panelOf(title)?.description ?? '', /ewer than three dimensions is not SPACE/, title);
});

test('a dimension that is not told has no bar, and what the system measures stands beside under the name of its dimension', async t => {
  const bars = queriesOf('Dimensions of SPACE, as people answer');
  assert.equal(bars.length, 5);
  const of = (dimension: string, value: string) => ({
    series: `devex_organisation_space_dimension_score_ratio{survey="dx",dimension="${dimension}"}`,
    values: value,
  });
  const expected = [0.25, 0, undefined, undefined, 0.5];
  await proved(
    t,
    [of('satisfaction', '0.25x3'), of('performance', '0x3'), of('efficiency', '0.5x3')],
    bars.map((expr, at) => ({ expr, at: '2h', finds: expected[at] === undefined ? [] : [['{}', expected[at]]] })),
  );
  const beside = panelsIn(experience).flatMap(({ title = '', type }) =>
    type === 'stat' ? (/^(\w+): /.exec(title)?.[1] ?? []) : [],
  );
  const named = dimensions.map(dimension => `${dimension.charAt(0).toUpperCase()}${dimension.slice(1)}`);
  assert.deepEqual([...new Set(beside.filter(each => each !== 'n'))], named);
});

test("the organisation stands beside a team's number only where that is told", async t => {
  const of = (level: string, name: string, labels: Readonly<Record<string, string>>, values: string) => ({
    series: `devex_${level}_${name}${labelled(labels)}`,
    values,
  });
  const nps = { survey: 'dx', about: 'platform' };
  const score = { survey: 'dx' };
  const series = [
    of('organisation', 'nps', { ...nps, question: 'told' }, '12x3'),
    of('organisation', 'nps', { ...nps, question: 'hidden' }, '20x3'),
    of('team', 'nps', { ...nps, question: 'told', team: 'sales' }, '-8x3'),
    of('team', 'nps', { ...nps, question: 'hidden', team: 'other' }, '3x3'),
    of('organisation', 'space_dimension_score_ratio', { ...score, dimension: 'activity' }, '0.5x3'),
    of('organisation', 'space_dimension_score_ratio', { ...score, dimension: 'efficiency' }, '0.75x3'),
    of('team', 'space_dimension_score_ratio', { ...score, dimension: 'activity', team: 'sales' }, '0.25x3'),
  ];
  const chosen = { team: 'sales' };
  const ofNps = queriesOf('What it would recommend, beside the organisation', team, chosen);
  const ofSpace = queriesOf('SPACE of the team, beside the organisation', team, chosen);
  const told = '{about="platform",question="told",survey="dx"}';
  const activity = '{dimension="activity",survey="dx"}';
  const [, organisation = ''] = queriesOf('Its NPS over time, beside the organisation', team, chosen);
  await proved(t, series, [
    { expr: ofNps[0] ?? '', at: '2h', finds: [[told, -8]] },
    { expr: ofNps[4] ?? '', at: '2h', finds: [[told, 12]] },
    { expr: ofSpace[0] ?? '', at: '2h', finds: [[activity, 0.25]] },
    { expr: ofSpace[4] ?? '', at: '2h', finds: [[activity, 0.5]] },
    { expr: organisation, at: '2h', finds: [['{question="told"}', 12]] },
  ]);
});

test("all that the team's rows read of a team is of the team that is chosen", () => {
  const selectors = panelQueries(team).flatMap(({ expr }) => expr.match(/devex_team_\w+(?:\{[^}]*\})?/g) ?? []);
  assert.ok(selectors.length > 15, `${selectors.length} selectors`);
  for (const selector of selectors) assert.match(selector, /team="\$team"/);
});

test('a feature that nobody used is listed, and one that is used or not declared is not', async t => {
  const of = (name: string, feature: string, values: string, window = '28d') => ({
    series: `devex_feature_${name}${labelled({ feature, window })}`,
    values,
  });
  const hours = 24 * 100;
  const [unused = '', before = ''] = queriesOf('Features that nobody used');
  const [many = ''] = queriesOf('Features unused');
  await proved(
    t,
    [
      of('used', 'docs', `1x${hours}`),
      of('used', 'search', `0x${hours}`),
      of('used', 'young', `0x${hours}`),
      of('used', 'weekly', `0x${hours}`, '7d'),
      of('active_teams', 'docs', `4x${hours}`),
      of('active_teams', 'search', `3x200 0x${hours}`),
    ],
    [
      {
        expr: unused,
        at: '92d',
        finds: [
          ['{feature="search"}', 0],
          ['{feature="young"}', 0],
        ],
      },
      { expr: before, at: '92d', finds: [['{feature="search"}', 3]] },
      { expr: many, at: '92d', finds: [['{}', 2]] },
    ],
  );
});

test('a feature leads to its own use over a year, by a variable that the page has', () => {
  const links = [...JSON.stringify(experience).matchAll(/"url":"(\/d\/[^"]*var-feature[^"]*)"/g)].map(([, url]) => url);
  assert.ok(links.length >= 3, `${links.length} links`);
  const variables = (experience.templating.list ?? []).map(({ name }) => name);
  assert.ok(variables.includes('feature'));
  for (const link of links) assert.match(link ?? '', new RegExp(`^/d/${experience.uid}\\?.*=now-1y&`));
});

test('what is hidden is told as such: how many teams, the wave and its k, and teams that used the portal and are not told', async t => {
  const wave = { survey: 'dx', wave: '2026-q3', minimum_group: '5' };
  const team = (name: string, labels: Readonly<Record<string, string>>, values = '1x3') => ({
    series: `devex_team_${name}${labelled(labels)}`,
    values,
  });
  const queries = queriesOf('Surveys, their newest wave and what is hidden');
  const [answers = '', people = ''] = queriesOf('Teams of which less is told');
  const found = labelled({ minimum_group: '5', survey: 'dx', wave: '2026-q3' });
  await proved(
    t,
    [
      { series: `devex_survey_wave_info${labelled(wave)}`, values: '1x3' },
      { series: 'devex_survey_suppressed_groups{survey="dx"}', values: '2x3' },
      { series: 'devex_survey_wave_closed_timestamp_seconds{survey="dx"}', values: '-7200x3' },
      team('survey_responses', { survey: 'dx', team: 'sales' }, '9x3'),
      team('feature_used', { team: 'sales', feature: 'docs', window: '28d' }),
      team('feature_used', { team: 'hidden', feature: 'docs', window: '28d' }),
      team('active_users', { team: 'hidden', window: '28d' }, '6x3'),
    ],
    [
      { expr: queries[0] ?? '', at: '2h', finds: [[found, 4 * 3600]] },
      { expr: queries[3] ?? '', at: '2h', finds: [[found, 2]] },
      { expr: queries[4] ?? '', at: '2h', finds: [[found, 1]] },
      { expr: queries[5] ?? '', at: '2h', finds: [] },
      { expr: answers, at: '2h', finds: [['{team="hidden"}', 1]] },
      { expr: people, at: '2h', finds: [['{team="sales"}', 1]] },
    ],
  );
});

test('the page hands no period to pages that have others', () => {
  const named = (page: DashboardJson) => (page.templating.list ?? []).map(({ name }) => name);
  assert.ok(!named(experience).includes('window'));
  assert.ok(named(roadmapDashboard()).includes('window'));
});
