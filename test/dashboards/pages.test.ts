/** Every page that is shipped: agrees with the metrics, parses on the real engine, and keeps the rules of dashboard-linter. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { sloRecordings } from '../../alerts/slo/metrics.ts';
import { allDashboards, fillVariables, panelQueries } from '../../dashboards/index.ts';
import { panelsOf } from '../../dashboards/lib/queries.ts';
import { faultsOf } from '../../dashboards/lib/sound.ts';
import { printDashboard } from '../../dashboards/render.ts';
import { type Metric, twinNames } from '../../exporters/core/metric.ts';
import { selfMetrics } from '../../exporters/core/metrics.ts';
import { costMetrics } from '../../exporters/cost/metrics.ts';
import { doraMetrics } from '../../exporters/dora/metrics.ts';
import { experienceMetrics } from '../../exporters/experience/metrics.ts';
import { policyMetrics } from '../../exporters/policy/metrics.ts';
import { scorecardMetrics } from '../../exporters/scorecard/metrics.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { requireTool } from '../tools/tools.ts';

const committed = join(import.meta.dirname, '../../dashboards/json');
const metrics: readonly Metric[] = [
  ...costMetrics,
  ...doraMetrics,
  ...policyMetrics,
  ...experienceMetrics,
  ...supplyChainMetrics,
  ...scorecardMetrics,
  ...selfMetrics,
];
/** The names of a family's series. */
function seriesOf(metric: Metric): readonly string[] {
  if (metric.kind === 'histogram') return ['_bucket', '_sum', '_count'].map(suffix => metric.name + suffix);
  return [metric.name, ...(metric.kind === 'daily' ? Object.values(twinNames(metric)) : [])];
}
const known = new Set([
  ...metrics.flatMap(seriesOf),
  ...sloRecordings.map(({ name }) => name),
  // Prometheus's own
  ...['up', 'ALERTS', 'ALERTS_FOR_STATE'],
]);
const named = /\b(?:(?:finops|dora|policy|supply_chain|devex|platform|plumbline)_\w+|slo:[\w:]+|ALERTS\w*)/g;
/** Pages that would be empty with a choice of all. */
const ofOne = ['team', 'slo-detail'];
const values = {
  currency: 'EUR',
  cost_basis: 'effective',
  team: '.*',
  service: '.*',
  environment: '.*',
  engine: '.*',
  requirement: '.*',
  severity: '.*',
  exporter: '.*',
  cube: 'RECORD_TYPE',
  survey: 'platform',
  question: 'recommend',
  feature: '.*',
  year: '2025',
  industry: 'all',
  area: '.*',
  check: '.*',
  slo: '.*',
  objective: '.*',
  window: '30d',
  __range: '90d',
  __rate_interval: '5m',
};

const deploymentMarks = ['Deployments', 'Failed deployments, not remedied'];
const carriedToTeam = ['currency', 'cost_basis', 'environment'];
const moneyMarks = ['Restatements', 'Budget changes'];
/** What each page marks; the others have deployments, and show them to who asks. */
const marksOf: Readonly<Record<string, { readonly shown: readonly string[]; readonly hidden: readonly string[] }>> = {
  overview: { shown: moneyMarks, hidden: [...deploymentMarks, 'Incidents'] },
  // a team deploys several times a day: marks of all would hide what they are to explain
  team: { shown: ['Failed deployments, not remedied', ...moneyMarks], hidden: ['Deployments', 'Incidents'] },
  cost: { shown: moneyMarks, hidden: deploymentMarks },
  // nothing on it has a time axis
  'cost-review': { shown: [], hidden: [] },
  delivery: { shown: ['Failed deployments, not remedied'], hidden: ['Deployments', 'Incidents'] },
  slo: { shown: [], hidden: [...deploymentMarks, 'Incidents'] },
  'slo-detail': { shown: deploymentMarks, hidden: ['Incidents'] },
};

interface TableLike {
  readonly title?: string;
  readonly gridPos?: { readonly w: number };
  readonly transformations?: readonly { readonly options?: { readonly renameByName?: Record<string, string> } }[];
  readonly fieldConfig: {
    readonly overrides: readonly {
      readonly matcher: { readonly options?: string };
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}

interface VariableLike {
  readonly name: string;
  readonly type: string;
  readonly refresh?: number;
  readonly definition?: string;
  readonly multi?: boolean;
}

test('the committed files are what the pages build now', async () => {
  const files = (await readdir(committed)).sort();
  assert.deepEqual(files, allDashboards.map(({ name }) => `${name}.json`).sort());
  for (const { name, build } of allDashboards)
    assert.equal(
      await readFile(join(committed, `${name}.json`), 'utf8'),
      printDashboard(build()),
      `${name}.json is out of date`,
    );
});

for (const { name, build } of allDashboards)
  suite(`the page ${name}`, () => {
    const page = build();
    const queries = panelQueries(page);
    const variables = page.templating.list as unknown as readonly VariableLike[];

    test('has no fault that a reader would stumble over', () => assert.deepEqual(faultsOf(page), []));

    test('reads only metrics that are defined', () => {
      const asked = [...queries.map(query => query.expr), ...variables.map(variable => variable.definition ?? '')];
      const names = asked.flatMap(expr => expr.match(named) ?? []);
      assert.ok(names.length >= queries.length);
      assert.deepEqual(
        names.filter(each => !known.has(each)),
        [],
      );
    });

    test('has queries that Prometheus parses', async t => {
      const promtool = await requireTool(t, 'promtool');
      if (!promtool) return;
      const folder = await mkdtemp(join(tmpdir(), 'plumbline-dashboards-'));
      t.after(() => rm(folder, { recursive: true }));
      const rules = queries.map(({ expr }, index) => ({
        record: `panel:query:${index}`,
        expr: fillVariables(expr, values),
      }));
      const file = join(folder, 'rules.yaml');
      await writeFile(file, JSON.stringify({ groups: [{ name, rules }] }));
      await promisify(execFile)(promtool.path, ['check', 'rules', file]);
    });

    test('keeps the rules of dashboard-linter that can be kept offline', () => {
      // template-datasource, template-on-time-change-reload, uneditable
      assert.deepEqual([variables[0]!.name, variables[0]!.type], ['datasource', 'datasource']);
      for (const variable of variables.filter(each => each.type === 'query'))
        assert.equal(variable.refresh, 2, `${variable.name} follows the time range`);
      assert.equal(page.editable, false);
      for (const { panel, expr, kind } of queries) {
        // target-rate-interval
        for (const [, window] of expr.matchAll(/\brate\([^[]+\[([^\]]+)\]/g))
          assert.equal(window, '$__rate_interval', panel);
        // target-counter-agg: a total may be shown as of now but not over time, where it resets; a difference of last
        // values counts exactly what increase() would extrapolate
        if (kind === 'range')
          for (const counter of expr.match(/\w*\(?\b\w+_total\b/g) ?? [])
            assert.match(counter, /^(rate|last_over_time)\(/, panel);
      }
    });

    test('is found by the other pages and keeps their choices', () => {
      assert.ok(page.tags?.includes('plumbline'));
      const [link] = page.links ?? [];
      assert.deepEqual([link?.type, link?.includeVars, link?.keepTime], ['dashboards', true, true]);
      assert.equal(page.timezone, 'browser');
    });

    test('leads to the page of one team without a choice of all', () => {
      assert.deepEqual(page.links?.[0]?.tags, ['plumbline', 'overview']);
      assert.equal(page.tags?.includes('overview'), !ofOne.includes(name));
      const toTeam = (page.links ?? []).filter(each => each.url?.startsWith('/d/plumbline-team'));
      assert.deepEqual(
        toTeam.map(each => [each.includeVars, each.url?.includes('team:')]),
        name === 'team' ? [] : [[false, false]],
      );
    });

    test('marks what happened, of its own accord where its readers ask why', () => {
      const [own, ...ours] = page.annotations.list ?? [];
      assert.equal(own?.enable, false);
      const { shown, hidden } = marksOf[name] ?? { shown: [], hidden: deploymentMarks };
      assert.deepEqual(
        ours
          .filter(each => each.enable)
          .map(each => each.name)
          .sort(),
        [...shown].sort(),
      );
      assert.deepEqual(
        ours
          .filter(each => !each.enable)
          .map(each => each.name)
          .sort(),
        [...hidden].sort(),
      );
    });

    test('has tables that fit a screen of 1280 pixels, and leave names their room', () => {
      for (const panel of panelsOf(page).filter(each => each.type === 'table')) {
        const { title, gridPos, transformations, fieldConfig } = panel as unknown as TableLike;
        const names = transformations?.flatMap(each => Object.values(each.options?.renameByName ?? {})) ?? [];
        const widths = new Map(
          fieldConfig.overrides.flatMap(({ matcher, properties }) =>
            properties.flatMap(each => (each.id === 'custom.width' ? [[matcher.options, Number(each.value)]] : [])),
          ) as [string, number][],
        );
        const left = (gridPos?.w ?? 0) * 52 - 26 - [...widths.values()].reduce((sum, each) => sum + each, 0);
        const free = names.filter(each => !widths.has(each)).length;
        assert.ok(left >= free * 85, `"${title}" has ${left} pixels for ${free} columns of names`);
      }
    });

    test('offers no marks where nothing has a time axis to bear them', () => {
      const drawn = panelsOf(page).some(each => each.type === 'timeseries');
      assert.equal((page.annotations.list ?? []).length > 1, drawn);
    });

    test('hands on currency, basis of cost and environment to the page of a team', () => {
      const chosen = variables.map(each => each.name).filter(each => carriedToTeam.includes(each));
      for (const url of JSON.stringify([page.panels, page.links]).match(/"\/d\/plumbline-team\?[^"]*/g) ?? [])
        for (const each of chosen) assert.ok(url.includes(`\${${each}:queryparam}`), `${each} in ${url}`);
    });

    test('hands on the team to the pages of one SLO and of one feature', () => {
      const urls =
        JSON.stringify([page.panels, page.links]).match(/"\/d\/plumbline-(slo-detail|experience)\?[^"]*/g) ?? [];
      if (variables.some(each => each.name === 'team'))
        for (const url of urls) assert.match(url, /\$\{team:queryparam\}|&var-team=/);
    });

    test('asks of the past only what has one: no rule that Prometheus records, but on the pages about SLOs', () => {
      if (name === 'slo' || name === 'slo-detail') return;
      const recorded = queries.filter(({ kind, expr }) => kind === 'range' && /\bslo:|\bALERTS/.test(expr));
      assert.deepEqual(recorded, []);
    });

    test('has titles of big numbers that are not cut at 1280 pixels', () => {
      const cut = panelsOf(page).flatMap(({ type, title = '', gridPos }) => {
        // a column of the grid has 52 pixels, what stands beside a title 82, a letter some 6.6
        const room = ((gridPos?.w ?? 0) * 52 - 82) / 6.6;
        return type === 'stat' && title.replace('$currency', 'USD').length > room ? [title] : [];
      });
      assert.deepEqual(cut, []);
    });

    test('never lets a reader mix currencies or bases of cost', () => {
      for (const variable of variables.filter(each => ['currency', 'cost_basis'].includes(each.name)))
        assert.equal(variable.multi, false);
    });
  });
