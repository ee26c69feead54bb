/** What exporters tell of a team: by series as their pages have them. */
import assert from 'node:assert/strict';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { teamDirectory } from '../exporters/cli/serve/teams.ts';
import { loadConfig } from '../exporters/config.ts';
import type { Metric } from '../exporters/core/metric.ts';
import type { TeamReader } from '../exporters/core/team/reader.ts';
import type { TeamCell, TeamNumber, TeamSection } from '../exporters/core/team/section.ts';
import { costMetrics } from '../exporters/cost/metrics.ts';
import { costOfTeam } from '../exporters/cost/team-page.ts';
import { writeDemo } from '../exporters/demo/index.ts';
import { doraMetrics } from '../exporters/dora/metrics.ts';
import { deliveryOfTeam } from '../exporters/dora/team-page.ts';
import { experienceMetrics } from '../exporters/experience/metrics.ts';
import { experienceOfTeam } from '../exporters/experience/team-page.ts';
import { readQuery as readPolicyQuery } from '../exporters/policy/findings-query.ts';
import { policyMetrics } from '../exporters/policy/metrics.ts';
import { policyOfTeam } from '../exporters/policy/team-page.ts';
import { readOwnership } from '../exporters/registry.ts';
import { scorecardMetrics } from '../exporters/scorecard/metrics.ts';
import { goldenPathOfTeam } from '../exporters/scorecard/team-page.ts';
import { readQuery as readSupplyQuery } from '../exporters/supply-chain/findings-query.ts';
import { supplyChainMetrics } from '../exporters/supply-chain/metrics.ts';
import { supplyChainOfTeam } from '../exporters/supply-chain/team-page.ts';

type Told = Readonly<Record<string, readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[]>>;
type Day = readonly [day: string, service: string, value: number, currency?: string];

const pages = {
  cost: [costOfTeam, costMetrics],
  dora: [deliveryOfTeam, doraMetrics],
  policy: [policyOfTeam, policyMetrics],
  'supply-chain': [supplyChainOfTeam, supplyChainMetrics],
  experience: [experienceOfTeam, experienceMetrics],
  scorecard: [goldenPathOfTeam, scorecardMetrics],
} as const;
type Name = keyof typeof pages;

/** Refuses metrics that the exporter doesn't have, and labels that they don't have. */
function sectionOf(
  name: Name,
  { now = {}, before = {}, days = [] }: { now?: Told; before?: Told; days?: readonly Day[] } = {},
) {
  const [page, metrics] = pages[name];
  const read = (told: Told) => (metric: Metric) => {
    assert.ok(
      metrics.some(one => (one as Metric) === metric),
      metric.name,
    );
    return (told[metric.name] ?? []).map(([labels, value]) => {
      for (const label of Object.keys(labels)) assert.ok(metric.labels.includes(label), `${metric.name} ${label}`);
      return { labels: { team: 'search', ...labels }, value };
    });
  };
  for (const family of [...Object.keys(now), ...Object.keys(before)])
    assert.ok(
      metrics.some(one => one.name === family),
      family,
    );
  return page({
    ...{ team: 'search', now: new Date('2026-11-27T12:00:00Z') },
    series: read(now),
    isMeasured: (metric: Metric) => read(now)(metric).length > 0,
    daysAgo: async (metric: Metric) => read(before)(metric),
    lastDays: async () =>
      days.map(([day, service, value, currency = 'EUR']) => ({
        ...{ day, value },
        labels: { team: 'search', service, cost_basis: 'effective', currency },
      })),
  } as unknown as TeamReader);
}

const numberOf = (section: TeamSection, label: string): TeamNumber => {
  const found = section.numbers.find(one => one.label === label);
  assert.ok(found, `${label} of ${section.numbers.map(one => one.label).join(', ')}`);
  return found;
};
const cellText = (cell: TeamCell) =>
  cell === undefined ? undefined : typeof cell === 'string' ? cell : 'unit' in cell ? cell.value : cell.text;
const tableOf = (section: TeamSection, caption: RegExp) => {
  const found = section.tables.find(table => caption.test(table.caption));
  assert.ok(found, String(caption));
  return found.rows.map(row => row.map(cellText));
};

for (const name of Object.keys(pages) as Name[])
  test(`${name}: of a team that nothing is measured of there is no 0`, async () => {
    const section = await sectionOf(name);
    assert.ok(section.numbers.length > 0);
    for (const { label, amount, absent, verdict, detail } of section.numbers) {
      assert.equal(amount, undefined, label);
      assert.equal(verdict, undefined, label);
      assert.equal(detail, undefined, label);
      assert.notEqual(absent, '', label);
    }
    for (const { rows, caption, empty } of section.tables) {
      assert.deepEqual(rows, [], caption);
      assert.doesNotMatch(empty, /^(No policy is violated|Nothing is violated|None is open)\.$/, caption);
    }
  });

test('cost: 30 days beside the 30 before, by currency and service', async () => {
  const day = (back: number) => new Date(Date.UTC(2026, 10, 26) - back * 86_400_000).toISOString().slice(0, 10);
  const days: Day[] = Array.from({ length: 60 }, (_, index) => [day(59 - index), 'api', index < 30 ? 10 : 12]);
  days.push([day(0), 'web', 40], [day(59), 'web', 1, 'USD']);
  days.sort(([a], [b]) => (a < b ? -1 : 1));
  const section = await sectionOf('cost', {
    days,
    now: {
      finops_month_to_date_cost: [
        [{ service: 'api', currency: 'EUR', cost_basis: 'effective' }, 300],
        [{ service: 'api', currency: 'EUR', cost_basis: 'billed' }, 999],
      ],
      finops_budget_amount: [[{ budget: 'b', cost_basis: 'effective', currency: 'EUR' }, 400]],
      finops_budget_spent_cost: [[{ budget: 'b', cost_basis: 'effective', currency: 'EUR' }, 300]],
      finops_budget_consumption_ratio: [[{ budget: 'b', cost_basis: 'effective', currency: 'EUR' }, 0.75]],
      finops_budget_forecast_cost: [
        [{ budget: 'b', cost_basis: 'effective', currency: 'EUR', bound: 'mean' }, 450],
        [{ budget: 'b', cost_basis: 'effective', currency: 'EUR', bound: 'upper' }, 500],
      ],
    },
  });
  const last = numberOf(section, 'Last 30 days (EUR)');
  assert.deepEqual(last.amount, { value: 400, unit: 'currency', currency: 'EUR' });
  assert.deepEqual(last.before, { value: 300, when: 'in the 30 days before' });
  assert.equal(last.trend?.values.length, 60);
  assert.equal(last.trend?.values.at(-1), 52);
  assert.equal(numberOf(section, 'This month so far (EUR)').amount?.value, 300, 'effective cost alone');
  assert.equal(numberOf(section, 'Last 30 days (USD)').amount, undefined);
  assert.deepEqual(tableOf(section, /^Services.*EUR/), [
    ['api', 360, 300, 60],
    ['web', 40, 0, 40],
  ]);
  assert.deepEqual(tableOf(section, /^Budgets/), [['b', 400, 300, 0.75, 450, 'will not last', '']]);

  const young = await sectionOf('cost', { days: days.filter(([one]) => one > day(40)) });
  assert.equal(numberOf(young, 'Last 30 days').before?.value, undefined, 'ten days are not thirty');
});

test('dora: the five metrics with their n, and their past', async () => {
  const month = { window: '30d' };
  const lead = { ...month, clock: 'authored', reach: 'all' };
  const family = 'dora_team_change_lead_time_quantile_seconds';
  const section = await sectionOf('dora', {
    now: {
      dora_deployments: [
        [{ ...month, service: 'api', outcome: 'success' }, 20],
        [{ ...month, service: 'web', outcome: 'success' }, 2],
        [{ ...month, service: 'web', outcome: 'failure' }, 1],
        [{ ...month, service: 'web', outcome: 'cancelled' }, 5],
        [{ window: '7d', service: 'api', outcome: 'success' }, 7],
      ],
      [family]: [
        [{ ...lead, percentile: 'p50' }, 3600],
        [{ ...lead, percentile: 'p90' }, 9000],
        [{ ...lead, percentile: 'p50', clock: 'merged' }, 60],
      ],
      dora_lead_time_changes: [
        [{ ...lead, service: 'api' }, 40],
        [{ ...lead, service: 'web' }, 2],
      ],
      dora_unrecovered_deployments: [
        [{ service: 'api' }, 0],
        [{ service: 'web' }, 1],
      ],
      dora_oldest_unrecovered_failure_timestamp_seconds: [[{ service: 'web' }, Date.UTC(2026, 10, 3) / 1000]],
    },
    before: {
      [family]: [[{ ...lead, percentile: 'p50' }, 7200]],
      dora_deployments: [[{ ...month, outcome: 'success' }, 9]],
    },
  });
  const leadTime = numberOf(section, 'Change lead time, median');
  assert.deepEqual([leadTime.amount?.value, leadTime.detail, leadTime.before?.value], [3600, 'n = 42 changes', 7200]);
  const deployed = numberOf(section, 'Deployments, 30 days');
  assert.deepEqual([deployed.amount?.value, deployed.detail, deployed.before?.value], [22, 'n = 23 finished', 9]);
  assert.equal(numberOf(section, 'Change fail rate').amount, undefined, 'below the minimum of samples');
  const open = numberOf(section, 'Failures not recovered');
  assert.deepEqual([open.amount?.value, open.verdict?.tone, open.detail], [1, 'bad', 'the oldest since 2026-11-03']);
  assert.deepEqual(
    tableOf(section, /^Services/).map(([service, count]) => [service, count]),
    [
      ['web', 2],
      ['api', 20],
    ],
  );
});

test('dora: of what never failed none is open, and of what was never deployed nothing is known', async () => {
  const of = async (outcome: string) => {
    const section = await sectionOf('dora', {
      now: { dora_deployments: [[{ window: '30d', service: 'api', outcome }, 4]] },
    });
    return [numberOf(section, 'Failures not recovered').amount?.value, tableOf(section, /^Services/)[0]?.at(-1)];
  };
  assert.deepEqual(await of('success'), [0, 0]);
  assert.deepEqual(await of('cancelled'), [undefined, undefined]);
});

const violation = { state: 'open', engine: 'kyverno', requirement: 'r', service: 'api' };

test('policy: by severity with the oldest, and none is 0 where policies look', async () => {
  const section = await sectionOf('policy', {
    now: {
      policy_violations: [
        [{ ...violation, severity: 'low', enforcement: 'audit' }, 5],
        [{ ...violation, severity: 'high', enforcement: 'enforce' }, 2],
        [{ ...violation, severity: 'high', enforcement: 'audit', state: 'excepted' }, 3],
      ],
      policy_oldest_violation_timestamp_seconds: [[{ severity: 'high' }, 1000]],
      policy_rule_violations: [
        [{ engine: 'kyverno', policy: 'many', requirement: 'r', enforcement: 'audit' }, 5],
        [{ engine: 'kyverno', policy: 'enforced', requirement: 'r', enforcement: 'enforce' }, 2],
      ],
    },
    before: { policy_results: [[{ outcome: 'pass' }, 3]] },
  });
  assert.deepEqual(tableOf(section, /severity/), [
    ['high', 2, 2, 1000, 'JSON'],
    ['low', 5, 0, undefined, 'JSON'],
  ]);
  assert.deepEqual(
    tableOf(section, /mend first/).map(([policy]) => policy),
    ['enforced', 'many'],
  );
  assert.equal(numberOf(section, 'Open violations').before?.value, 0, 'looked at then, and none');
  const none = await sectionOf('policy', { now: { policy_results: [[{ outcome: 'pass' }, 3]] } });
  assert.equal(numberOf(none, 'Open violations').amount?.value, 0);
  assert.equal(numberOf(none, 'Open violations').before?.value, undefined, 'not looked at then');
  assert.match(none.tables[0]?.empty ?? '', /^Nothing is violated\.$/);
  checkLinks([section, none], /^\/api\/policy\/findings\?/, readPolicyQuery);
});

test('supply chain: exploited, past their limit, signed and described', async () => {
  const found = { class: 'vulnerability', severity: 'critical', exploited: 'yes', fix: 'available', state: 'open' };
  const { fix: _, ...limited } = found;
  const section = await sectionOf('supply-chain', {
    now: {
      supply_chain_findings: [[found, 3]],
      supply_chain_sla_findings: [
        [{ ...limited, status: 'breached' }, 1],
        [{ ...limited, class: 'secret', state: 'unknown', status: 'breached' }, 1],
        [{ ...limited, status: 'due' }, 2],
      ],
      supply_chain_exploited_findings: [[{ severity: 'critical', state: 'open' }, 2]],
      supply_chain_known_exploited_vulnerabilities: [[{}, 1_400]],
      supply_chain_running_images: [[{ service: 'api' }, 4]],
      supply_chain_images_by_signature: [
        [{ service: 'api', status: 'verified' }, 3],
        [{ service: 'api', status: 'unsigned' }, 1],
      ],
      supply_chain_images_by_sbom: [[{ service: 'api', status: 'missing' }, 4]],
      supply_chain_gate_images: [[{ verdict: 'blocked' }, 1]],
    },
  });
  assert.equal(numberOf(section, 'Known to be exploited').amount?.value, 2);
  assert.equal(numberOf(section, 'Past their SLA').amount?.value, 2, 'what was seen last counts');
  assert.equal(numberOf(section, 'Signature verified').amount?.value, 0.75);
  assert.equal(numberOf(section, 'Signature verified').detail, '3 of n = 4 running images');
  assert.equal(numberOf(section, 'Complete SBOM').amount?.value, 0, 'images run, and none is described');
  assert.deepEqual(tableOf(section, /severity/), [['critical', 3, 1, 2, 3, 'none', 'none', 'JSON']]);
  const unasked = await sectionOf('supply-chain', {
    now: {
      supply_chain_running_images: [[{ service: 'api' }, 4]],
      supply_chain_images_by_signature: [[{ service: 'api', status: 'unknown' }, 4]],
      supply_chain_images_by_provenance: [
        [{ service: 'api', status: 'unknown' }, 3],
        [{ service: 'api', status: 'missing' }, 1],
      ],
    },
  });
  const { amount, absent, verdict } = numberOf(unasked, 'Signature verified');
  assert.deepEqual([amount, absent, verdict], [undefined, 'nothing has looked for it', undefined]);
  assert.equal(numberOf(unasked, 'Provenance verified').amount?.value, 0);
  const clean = await sectionOf('supply-chain', {
    now: {
      supply_chain_images_by_scan: [[{ service: 'api', status: 'fresh' }, 1]],
      supply_chain_known_exploited_vulnerabilities: [[{}, 1_400]],
    },
  });
  assert.equal(numberOf(clean, 'Known to be exploited').amount?.value, 0);
  const unlisted = await sectionOf('supply-chain', {
    now: { supply_chain_images_by_scan: [[{ service: 'api', status: 'fresh' }, 1]] },
  });
  const exploited = numberOf(unlisted, 'Known to be exploited');
  assert.deepEqual(
    [exploited.amount, exploited.absent, exploited.before],
    [undefined, 'no KEV list was read', undefined],
  );
  const never = await sectionOf('supply-chain', {
    now: { supply_chain_images_by_scan: [[{ service: 'api', status: 'never' }, 1]] },
  });
  assert.equal(numberOf(never, 'Known to be exploited').amount, undefined, 'an image that nobody scanned is not clean');
  checkLinks([section, clean], /^\/api\/supply-chain\/findings\?/, readSupplyQuery);
});

test('experience: an NPS with its interval and n, and requests', async () => {
  const same = { survey: 'dx', question: 'recommend', about: 'platform' };
  const section = await sectionOf('experience', {
    now: {
      devex_team_nps: [[same, -20]],
      devex_team_nps_interval: [
        [{ ...same, bound: 'lower' }, -41.6],
        [{ ...same, bound: 'upper' }, 8],
      ],
      devex_team_nps_responses: [[same, 12]],
      devex_team_nps_change: [[same, -15]],
      devex_team_nps_change_direction: [[same, 0]],
      devex_feedback_open_items: [
        [{ state: 'answered' }, 4],
        [{ state: 'unanswered' }, 2],
      ],
    },
  });
  const nps = numberOf(section, 'NPS: recommend (dx)');
  assert.deepEqual([nps.amount, nps.detail], [{ value: -20, unit: 'points' }, '95 % interval −42 to +8, n = 12']);
  assert.deepEqual(nps.verdict, { tone: 'neutral', text: 'no significant change since the wave before' });
  const requests = numberOf(section, 'Requests open');
  assert.deepEqual([requests.amount?.value, requests.detail], [6, '2 of them without an answer']);
});

test('golden path: conformance with its past, and what fails in most services', async () => {
  const section = await sectionOf('scorecard', {
    now: {
      platform_team_conformance_ratio: [[{}, 0.8]],
      platform_services: [[{ coverage: 'partial' }, 3]],
      platform_checks: [
        [{ service: 'api', check: 'owner', state: 'pass' }, 1],
        [{ service: 'api', check: 'sbom', state: 'fail' }, 1],
        [{ service: 'api', check: 'runbook', state: 'fail' }, 1],
        [{ service: 'web', check: 'sbom', state: 'fail' }, 1],
        [{ service: 'web', check: 'slo', state: 'not_measured' }, 1],
      ],
      platform_check_failing_since_timestamp_seconds: [[{ service: 'web', check: 'sbom' }, 1000]],
    },
    before: { platform_team_conformance_ratio: [[{}, 0.7]] },
  });
  const conformance = numberOf(section, 'Conformance');
  assert.deepEqual(
    [conformance.amount?.value, conformance.detail, conformance.before?.value],
    [0.8, 'n = 3 services', 0.7],
  );
  assert.equal(numberOf(section, 'Checks that fail').amount?.value, 3);
  assert.equal(numberOf(section, 'Required checks lost in 7 days').amount?.value, 0);
  assert.deepEqual(tableOf(section, /fail/), [
    ['sbom', 2, 'api, web', 1000, 'JSON'],
    ['runbook', 1, 'api', 'not known', 'JSON'],
  ]);
});

test('SLOs of the team, and dashboards where there is a Grafana', async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-team-pages-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const { configFile } = writeDemo({
    ...{ dir, now: new Date('2026-10-23T07:00:00Z') },
    vendors: { url: 'http://127.0.0.1:9' },
  });
  const demo = await loadConfig(configFile, { env: {} });
  const { ownership } = await readOwnership(demo);
  const config = { ...demo, links: { grafana: 'https://g.example/' } };
  const { teams, links, sections } = teamDirectory(config, ownership);
  assert.ok(teams().includes('platform'));
  assert.deepEqual(links?.('a&b'), [
    { text: 'The team in Grafana', href: 'https://g.example/d/plumbline-team?var-team=a%26b' },
  ]);
  const slosOf = async (team: string) => ((await sections?.(team)) ?? [])[0]!;
  const platform = await slosOf('platform');
  const rows = tableOf(platform, /promised/);
  assert.equal(numberOf(platform, 'SLOs defined').amount?.value, rows.length);
  assert.ok(rows.length >= 9);
  for (const row of rows) assert.match(String(row[2]), /^[\d.]+ %$/);
  assert.equal(numberOf(await slosOf('search'), 'SLOs defined').amount?.value, 0, 'others have some');
  const none = teamDirectory({ ...config, slos: { ...config.slos, files: [] } } as never, ownership);
  assert.equal((await none.sections?.('search'))?.[0]?.numbers[0]?.amount, undefined, 'nobody has any');
  const broken = teamDirectory(
    { ...config, slos: { ...config.slos, files: ['no-such-file.yaml'] } } as never,
    ownership,
  );
  assert.match((await broken.sections?.('search'))?.[0]?.about ?? '', /could not be read: .*no-such-file/);
});

test('each runbook that a page of a team links to is there', () => {
  const root = path.resolve(import.meta.dirname, '..');
  const files = [...globSync('exporters/*/team-page.ts', { cwd: root }), 'exporters/cli/serve/teams.ts'];
  const names = new Set(
    files.flatMap(file =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(/'\/runbooks\/(\w+)'/g)].map(([, name = '']) => name),
    ),
  );
  assert.ok(names.size >= 8, [...names].join(', '));
  for (const name of names) assert.ok(existsSync(path.join(root, `alerts/runbooks/${name}.md`)), name);
});

/** Every list that is linked to is one that its API understands. */
function checkLinks(
  sections: readonly TeamSection[],
  of: RegExp,
  read: (query: Readonly<Record<string, string>>, principal: { name: string; role: 'reader' }) => unknown,
): void {
  const links = sections.flatMap(({ numbers, tables, links: more }) => [
    ...more,
    ...numbers.flatMap(one => one.links ?? []),
    ...tables.flatMap(({ rows }) =>
      rows.flat().flatMap(cell => (typeof cell === 'object' && 'href' in cell ? [cell] : [])),
    ),
  ]);
  const lists = links.filter(({ href }) => of.test(href));
  assert.ok(lists.length > 3);
  for (const { href } of lists)
    read(Object.fromEntries(new URL(href, 'http://x').searchParams), { name: 'x', role: 'reader' });
}
