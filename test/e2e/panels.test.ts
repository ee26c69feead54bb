/**
 * The demo platform behind a real Prometheus with the configuration that compose mounts (intervals lowered): every
 * query of every panel, for every choice of variables, and every alert without its comparison, finds something.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { alertFiles, allAlerts, renderAlerts, withoutComparison } from '../../alerts/index.ts';
import { layPrometheus } from '../../compose/layout.ts';
import { freePort } from '../../compose/ports.ts';
import { allDashboards, fillVariables, panelQueries } from '../../dashboards/index.ts';
import { promqlText } from '../../dashboards/lib/promql.ts';
import { writePastOfSlos } from '../../exporters/cli/slo/past.ts';
import { teamsOf } from '../../exporters/cli/teams.ts';
import { loadConfig } from '../../exporters/config.ts';
import { prepareDemo, startVendors } from '../../exporters/demo/index.ts';
import { experienceMetrics } from '../../exporters/experience/metrics.ts';
import { policyMetrics } from '../../exporters/policy/metrics.ts';
import { scorecardMetrics } from '../../exporters/scorecard/metrics.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { promQuery, promQueryRange } from '../tools/promql.ts';
import { startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { cleanup } from './lib/cleanup.ts';
import { eventually } from './lib/eventually.ts';
import { readAgain, silent, startPlumbline, temporary } from './lib/plumbline.ts';
import { absentSeries } from './lib/rule-series.ts';

/** Queries that find nothing (in one currency), and why that is right. One that finds something fails. */
const emptyQueries: Readonly<Record<string, string>> = {
  "cost: Cost Explorer's cost by $cube ($currency) A in EUR": 'AWS bills the demo in USD',
  'team: Deployments of its services E': 'the team that is shown has remedied what failed',
  "team: The team's unit cost A": 'nobody counts units of the team that is shown',
  "team: Unit cost of the team's services A": 'nobody counts units of the team that is shown',
  'team: Budgets with AWS and Azure A': 'no budget of a provider is told to be of the team that is shown',
  'team: Budgets with AWS and Azure B': 'no budget of a provider is told to be of the team that is shown',
  'team: Budgets with AWS and Azure C': 'no budget of a provider is told to be of the team that is shown',
  'team: Budgets with AWS and Azure D': 'no budget of a provider is told to be of the team that is shown',
  'team: Budgets with AWS and Azure E': 'no budget of a provider is told to be of the team that is shown',
  'experience: Dimensions of SPACE, as people answer C': 'activity is counted, and no survey of the demo asks about it',
  'experience: Templates and what came of their tasks D': 'no task of the demo is still running',
  'experience: Teams of which less is told A': 'every team that is told of is large enough for all',
  'experience: Teams of which less is told B': 'every team that is told of is large enough for all',
  'supply-chain: 30 d ago: blocked A': 'the gate is asked for the first time when the demo starts',
  'supply-chain: Newly blocked, 7 days A': 'the gate judges since the demo was started, and not a week ago',
};
/** Queries that find something where all is chosen, and need not for a part of it. */
const narrow = {
  span: 'no service of the choice, or of the shorter period, is within that span',
  remedied: 'all failures of the choice are remedied',
  matched: 'all incidents of the choice match',
  resolved: 'all incidents of the choice are resolved',
  amounts: 'no budget of the choice has got another amount',
  none: 'bars of 0 are left out, and the choice has no others',
  movers: 'what moves less than others is "other"',
};
const emptyParts: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'ABCD'].map(at => [`delivery: Services by their median lead time ${at}`, narrow.span])),
  ...Object.fromEntries([...'ABCDEFG'].map(at => [`cost: Biggest movers of 30 days ($currency) ${at}`, narrow.movers])),
  ...Object.fromEntries(
    [...'ABCDEFG'].map(at => [`team: What explains the change of 30 days ($currency) ${at}`, narrow.movers]),
  ),
  'delivery: Failures that nothing has remedied A': narrow.remedied,
  'delivery: Failures that nothing has remedied B': narrow.remedied,
  'delivery: mark: Failed deployments, not remedied ': narrow.remedied,
  'delivery: Incidents of no deployment A': narrow.matched,
  'delivery: Open incidents A': narrow.resolved,
  'delivery: Why deployments failed A': narrow.none,
  'delivery: What repaired production A': narrow.none,
  'delivery: Changes without a lead time A': narrow.none,
  'delivery: Failed before production A': narrow.none,
  'cost: mark: Failed deployments, not remedied ': narrow.remedied,
  'cost-review: mark: Failed deployments, not remedied ': narrow.remedied,
  'cost: mark: Budget changes ': narrow.amounts,
  'cost-review: mark: Budget changes ': narrow.amounts,
};
/** Queries of the team's page that find something for another team than the one that is shown. */
const ofOtherTeams: readonly string[] = [
  'team: Violations of its services C',
  'team: Its exceptions B',
  'team: Violations by severity A',
  'team: Open violations by age A',
  'team: How long its vulnerabilities stay, 90 days C',
  'team: Its scanners D',
  'team: Its scanners E',
  'team: What is excepted of it A',
  'team: What is excepted of it B',
  'team: What is watched A',
  'team: Failed before they changed production A',
  'team: What it is exempt from A',
];
const emptyAlerts: Readonly<Record<string, string>> = {
  PolicyEngineSilent:
    'while an engine has a scope that it has looked at in time, it is not asked for how long it is silent',
  ScannerSilent:
    'while a scanner has an image that it has looked at in time, it is not asked for how long it is silent',
  SurveyTooFew: 'in every wave of the demo enough took part',
  FindingsDue: 'on most days nothing of the demo is about to be late',
  FindingExceptionStillApplied: 'no scanner of the demo holds back what is past its end',
  PlacesSilent: 'all places of the demo are told of',
  GateNewlyBlocking: 'the gate judges since the demo was started, and not a week ago',
  OtlpPushFailing: 'nothing of the demo is pushed by OTLP',
};

/** What rules record is asked for once they have recorded it: pages, and queries of other pages. */
const ofRules = ['slo', 'slo-detail'];
const readsRules = (expr: string): boolean => /\bslo:|\bALERTS/.test(expr);
const withPast = [
  ...['daily-cost', 'deploy-lead-time', 'findings-past-limit', 'pipeline-duration', 'pipeline-success'],
  ...['policy-decision-latency', 'survey-cadence'],
];
/** What is told of from the first scrape on alone: our own counters and times. */
const withoutPast = ['portal-availability', 'source-freshness'];
/** Panels of an SLO that may be empty, with what they say instead, and the SLOs of which they have to find something. */
const emptyOfSlos: Readonly<Record<string, { readonly says: string; readonly has?: readonly string[] }>> = {
  'slo: Alerts that fire': { says: 'no alert fires' },
  'slo: First one spent in': { says: 'none burns' },
  'slo: Burn of the last hour': { says: 'none burns' },
  'slo: SLOs, the least budget first E': { says: 'none burns, and a cell is empty' },
  'slo-detail: Burn, 1 h': { says: 'no traffic, or data of days', has: ['portal-availability', 'source-freshness'] },
  'slo-detail: Spent in': { says: "doesn't burn" },
  'slo-detail: Window began': { says: 'rolling', has: ['daily-cost', 'deploy-lead-time', 'findings-past-limit'] },
  'slo-detail: Burn that pages': { says: 'it has no such alert', has: ['portal-availability'] },
  'slo-detail: Windows of pages': { says: 'it has no such alert', has: ['portal-availability'] },
  'slo-detail: Windows that are noted': { says: 'it has no such alert' },
  // What is counted once a day is told within one hour of it, which steps of the chart may leave out.
  'slo-detail: Bad events per hour': { says: 'no traffic', has: withoutPast },
  'slo-detail: Error ratio per hour': { says: 'no traffic', has: withoutPast },
  'slo-detail: Good events per hour': { says: 'no traffic', has: withoutPast },
  // The service of the SLOs is the whole platform, which is deployed in parts.
  'slo-detail: mark: Deployments': { says: 'no mark' },
  'slo-detail: mark: Failed deployments, not remedied': { says: 'no mark' },
  'slo-detail: mark: Incidents': { says: 'no mark' },
  'slo-detail: Alerts over time': { says: 'no alert fired' },
  'slo-detail: Alerts now': { says: 'no alert fires' },
};
/** On other pages, where nothing burns just now. */
const mayBeIdle: readonly string[] = ['team: Its SLOs, the least budget first C'];
const isEmptyFor = (id: string, { slo = '' }: Choice): boolean => {
  const panel = Object.entries(emptyOfSlos).find(([name]) => id === name || id.startsWith(`${name} `))?.[1];
  return panel !== undefined && !panel.has?.includes(slo);
};

/** What rules name and the demo may lack, metrics and selectors: states that nothing of it is in, on most days. */
const absentHere: Readonly<Record<string, string>> = {
  'plumbline_http_request_duration_seconds_count{code=~"5.."}': 'nothing that was asked of it failed',
  'policy_opa_instances{state="silent"}': 'all of its agents send',
  'supply_chain_scans{status=~"stale"}': 'all of its scanners scan',
  'supply_chain_exceptions{status="expired_applied"}': emptyAlerts.FindingExceptionStillApplied!,
  supply_chain_gate_newly_blocked: emptyAlerts.GateNewlyBlocking!,
  plumbline_otlp_failed_total: emptyAlerts.OtlpPushFailing!,
};
/** An alert's own state is there while it fires; burn over minutes is there while agents decide, which they do before the start alone. */
const isOwnState = (series: string): boolean =>
  series.startsWith('ALERTS{') ||
  /^slo:burn_rate:ratio\{.*slo="policy-decision-latency".*window="(5m|30m)"\}$/.test(series);
/** Of findings past their limits it has critical ones in all environments, and exploited ones in production. */
const isAbsentHere = (series: string): boolean =>
  series in absentHere ||
  isOwnState(series) ||
  /^supply_chain_sla_findings\{.*(exploited="yes"|status="due")/.test(series);

const withoutMoney = ['plumbline', 'delivery', 'policy', 'supply-chain', 'experience', 'roadmap', 'scorecard'];
/** Pages of which a part of what may be chosen may have nothing of a kind. */
const ofParts = ['policy', 'supply-chain', 'experience', 'roadmap', 'scorecard'];

type Choice = Readonly<Record<string, string>>;

const common = { cost_basis: 'effective', __range: '90d', __rate_interval: '1m' };
const all = {
  team: '.*',
  service: '.*',
  environment: '.*',
  exporter: '.*',
  cube: 'RECORD_TYPE',
  window: '30d',
  engine: '.*',
  requirement: '.*',
  severity: '.*',
  survey: 'developers',
  question: 'platform-nps',
  feature: '.*',
  year: '2025',
  industry: 'all',
  area: '.*',
  check: '.*',
};

/** What may be chosen on a page: every variable with All, one and two values in turn, the others at All. */
async function choices(url: string, page: string, currency: string): Promise<readonly Choice[]> {
  const values = async (label: string, team = '.*') => {
    const which =
      page === 'delivery'
        ? 'dora_deployments{outcome="success"} > 0'
        : `finops_month_to_date_cost{currency="${currency}",team=~"${team}"} > 0`;
    return (await promQuery(url, `count by (${label}) (${which})`)).map(({ labels }) => labels[label] ?? '').sort();
  };
  const some = (base: Choice, label: string, of: readonly string[]): Choice[] => {
    assert.ok(of.length >= 2, `${label} has the values ${of.join(', ')}`);
    return [
      { ...base, [label]: of[0] ?? '' },
      { ...base, [label]: `(${of[0]}|${of[1]})` },
    ];
  };
  const base: Choice = { ...common, ...all, currency };
  const ofLabels = async (metric: string, labels: readonly string[]): Promise<readonly Choice[]> => {
    const chosen: Choice[] = [base];
    for (const label of labels) {
      const found = (await promQuery(url, `count by (${label}) (${metric})`))
        .map(each => each.labels[label] ?? '')
        .sort();
      chosen.push(
        ...some(
          base,
          label,
          found.filter(value => value !== ''),
        ),
      );
    }
    return [...chosen, { ...base, environment: 'production' }];
  };
  if (page === 'policy') return ofLabels('policy_results', ['team', 'service', 'engine', 'requirement']);
  if (page === 'scorecard') return ofLabels('platform_checks{service!="other"}', ['team', 'service', 'check']);
  if (page === 'overview') return [base, { ...base, cost_basis: 'billed' }];
  if (page === 'supply-chain') return ofLabels('supply_chain_findings', ['team', 'service', 'severity']);
  if (page === 'experience') {
    // The demo has one survey and one question about the platform; a team is of those that are told of.
    const chosen = [
      ...(await ofLabels('devex_team_nps', ['team'])),
      ...(await ofLabels('devex_feature_used', ['feature'])),
    ];
    const benchmarks = await promQuery(url, 'count by (year, industry) (devex_quick_check_benchmark_score)');
    assert.ok(benchmarks.length > 3, `${benchmarks.length} benchmarks`);
    return [...chosen, ...benchmarks.map(({ labels: { year = '', industry = '' } }) => ({ ...base, year, industry }))];
  }
  if (page === 'roadmap')
    return [
      ...['30d', '7d', '90d'].map(window => ({ ...base, window })),
      ...(await ofLabels('devex_roadmap_items', ['area'])),
    ];
  if (page === 'plumbline') return [base, { ...base, exporter: 'cost' }, { ...base, exporter: '(cost|dora)' }];
  if (page === 'delivery') {
    // Production has one environment with the demo's configuration; a period is one value.
    const [production = '', ...others] = await values('environment');
    assert.deepEqual(others, []);
    return [
      base,
      ...(await values('window')).map(window => ({ ...base, window })),
      { ...base, environment: production },
      ...some(base, 'team', await values('team')),
      ...some(base, 'service', await values('service')),
    ];
  }
  const environments = await values('environment');
  // The team's page shows one team; this one has services in both currencies.
  const ofTeam: Choice = { ...base, team: 'data' };
  const services = await values('service', page === 'team' ? 'data' : '.*');
  const first = page === 'team' ? ofTeam : base;
  return [
    first,
    { ...first, cost_basis: 'billed' },
    ...(page === 'team' ? [] : some(first, 'team', await values('team'))),
    ...some(first, 'service', services),
    ...some(first, 'environment', environments),
  ];
}

async function hasData(url: string, expr: string, { kind, step }: { kind: string; step: number | undefined }) {
  if (kind === 'instant') return (await promQuery(url, expr)).some(({ value }) => !Number.isNaN(value));
  const end = Math.floor(Date.now() / 1000);
  // Without a fixed step it is a panel of current values, which has no past to show here.
  const range = step === undefined ? { start: end - 60, end, step: 5 } : { start: end - 90 * 86_400, end, step };
  return (await promQueryRange(url, expr, range)).some(({ values }) =>
    values.some(({ value }) => !Number.isNaN(value)),
  );
}

async function startDemo(t: TestContext) {
  const directory = temporary(t);
  const vendors = await startVendors();
  cleanup(t, vendors.stop);
  const { configFile } = await prepareDemo({ dir: directory, now: new Date(), vendors, log: silent });
  const [port, prometheusPort] = [await freePort(), await freePort()];
  const targets = { plumbline: `127.0.0.1:${port}`, alertmanager: '127.0.0.1:9' };
  const alerts = path.join(directory, 'alerts');
  const { config, ofServices } = await teamsOf(await loadConfig(configFile, { env: {} }));
  await renderAlerts(alerts, config, ofServices);
  const prometheusFile = await layPrometheus(path.join(directory, 'prometheus'), targets, alerts);
  const text = readFileSync(prometheusFile, 'utf8');
  writeFileSync(prometheusFile, text.replace('scrape_interval: 30s', 'scrape_interval: 1s'));
  const prometheus = await startPrometheus({ t, configFile: prometheusFile, port: prometheusPort });
  writeFileSync(
    configFile,
    `${readFileSync(configFile, 'utf8')}
server: { port: ${port} }
remote_write:
  - { name: prometheus, url: "${prometheus.url}/api/v1/write" }
`,
  );
  // As the demo is started: what is scraped before all is read would count from then on alone.
  const plumbline = await startPlumbline(t, configFile, () => new Date(), { freshFiles: true });
  for (const runtime of plumbline.session.runtimes) await readAgain({ runtime }, ['bad_number']);
  return { url: prometheus.url, configFile };
}

test('the demo platform', { timeout: 2_400_000 }, async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const { url, configFile } = await startDemo(t);
  await eventually(async () => {
    // History is written family by family: that of delivery is whole where its last one is there.
    const ofDelivery = ['dora_deployments', 'dora_organisation_performance_band'];
    const ofPolicy = ['policy_violations', 'policy_decisions_total'];
    const ofCost = ['last_over_time(finops_service_cost_daily[1d])', 'finops_month_to_date_cost'];
    const families = [...ofCost, ...ofDelivery, ...ofPolicy];
    for (const family of families) {
      const [days] = await promQuery(url, `count_over_time((sum(${family}))[390d:1d])`);
      assert.ok((days?.value ?? 0) > 330, `Prometheus has ${days?.value ?? 0} days of ${family}`);
    }
    assert.ok((await promQuery(url, 'finops_folded_cost')).length > 0, 'Prometheus has scraped the page');
    assert.ok((await promQuery(url, 'count_over_time(up{job="plumbline"}[1m])'))[0]!.value > 5);
  }, 600_000);

  await t.test('every family of policy has a past', async () => {
    // The last of them is written last.
    await eventually(async () => {
      const without: string[] = [];
      for (const { name: family, kind } of policyMetrics) {
        const name = kind === 'histogram' ? `${family}_count` : family;
        const [days] = await promQuery(url, `count_over_time((count(${name}))[390d:1d])`);
        // Open Policy Agents tell of themselves since the demo began, eight days ago; a ratio is of the last hour.
        const least = name.startsWith('policy_opa_')
          ? 1
          : /unlisted|listed_violations|rule_clean/.test(name)
            ? 100
            : 250;
        if ((days?.value ?? 0) < least) without.push(`${name}: ${days?.value ?? 0} days`);
      }
      assert.deepEqual(without, []);
    }, 240_000);
  });

  await t.test('every family of the supply chain has a past', async () => {
    await eventually(async () => {
      const without: string[] = [];
      for (const { name } of supplyChainMetrics) {
        // The gate judges from the first start on, and the demo stops before it changes its mind.
        if (/gate_(newly_)?blocked/.test(name)) continue;
        const [days] = await promQuery(url, `count_over_time((count(${name}))[390d:1d])`);
        // What changed hands, what was found twice, what is due, and what is judged by what is known today.
        const least = /signer_changes|watch_|next_due|next_expiry|exceptions|license|reopened|median|exploited/.test(
          name,
        )
          ? 1
          : 200;
        if ((days?.value ?? 0) < least) without.push(`${name}: ${days?.value ?? 0} days`);
      }
      assert.deepEqual(without, []);
    }, 240_000);
  });

  await t.test('every family of experience has a past', async () => {
    await eventually(async () => {
      const without: string[] = [];
      for (const { name } of experienceMetrics) {
        const [days] = await promQuery(url, `count_over_time((count(${name}))[390d:1d])`);
        // A change needs two surveys and a promise its quarter; people come anew with the golden path, 200 days ago.
        const least = /change|promis|golden_path|new_users/.test(name) ? 100 : 200;
        if ((days?.value ?? 0) < least) without.push(`${name}: ${days?.value ?? 0} days`);
      }
      assert.deepEqual(without, []);
    }, 240_000);
  });

  await t.test('every family of the golden path has a past', async () => {
    await eventually(async () => {
      const without: string[] = [];
      for (const { name } of scorecardMetrics) {
        const [days] = await promQuery(url, `count_over_time((count(${name}))[390d:1d])`);
        // What is lost, exempt or nobody's is so for a while; checks are asked for since the start, and costs of 30 days.
        const least = /lost|exemptions|info|shadow/.test(name) ? 1 : 200;
        if ((days?.value ?? 0) < least && name !== 'platform_required_check_lost')
          without.push(`${name}: ${days?.value ?? 0} days`);
      }
      assert.deepEqual(without, []);
    }, 240_000);
  });

  await t.test('every query of every panel finds something, whatever is chosen', async () => {
    const found = new Map<string, boolean>();
    const empty = new Set<string>();
    for (const { name, build } of allDashboards.filter(page => !ofRules.includes(page.name))) {
      const queries = panelQueries(build()).filter(({ expr }) => !readsRules(expr));
      assert.ok(queries.length > 0);
      for (const currency of withoutMoney.includes(name) ? ['USD'] : ['USD', 'EUR'])
        for (const [index, choice] of (await choices(url, name, currency)).entries())
          for (const query of queries) {
            const expr = fillVariables(query.expr, choice);
            const has = found.get(expr) ?? (await hasData(url, expr, query));
            found.set(expr, has);
            const id = `${name}: ${query.panel} ${query.refId}`;
            if (ofOtherTeams.includes(id)) continue;
            const listed = [id, `${id} in ${currency}`].some(each => each in emptyQueries);
            // Teams differ in what they violate, run and may be told of, engines in what they tell, and areas in what is done.
            if (index > 0 && (id in emptyParts || ofParts.includes(name))) continue;
            if (has === listed) empty.add(has ? `${id} is listed as empty, but finds something` : `${id}: ${expr}`);
          }
    }
    assert.deepEqual([...empty], []);
  });

  await t.test('what the shown team has none of, another has', async () => {
    const { build } = allDashboards.find(({ name }) => name === 'team')!;
    const teams = (await promQuery(url, 'count by (team) (policy_violations)')).map(({ labels }) => labels.team ?? '');
    assert.ok(teams.length > 3, teams.join(', '));
    const without = new Set(ofOtherTeams);
    for (const query of panelQueries(build()))
      for (const team of teams) {
        const id = `team: ${query.panel} ${query.refId}`;
        if (!without.has(id)) continue;
        const choice = { ...common, ...all, currency: 'USD', team };
        if (await hasData(url, fillVariables(query.expr, choice), query)) without.delete(id);
      }
    assert.deepEqual([...without], []);
  });

  await t.test('every alert without its comparison finds something', async () => {
    const rules = Object.entries(alertFiles()).filter(([file]) => file.endsWith('.rules.yml'));
    for (const [, text] of rules) assert.doesNotMatch(text, /\brecord:/, 'a recording rule has to be asked as well');
    await eventually(async () => {
      const silentAlerts: string[] = [];
      for (const alert of allAlerts)
        if ((await promQuery(url, promqlText(withoutComparison(alert)))).length === 0) silentAlerts.push(alert.name);
      assert.deepEqual(
        silentAlerts.filter(name => !(name in emptyAlerts)),
        [],
      );
    }, 60_000);
  });

  await t.test('every SLO has a month of the past, and every panel of each finds something', async () => {
    const { since } = await writePastOfSlos(await loadConfig(configFile, { env: {} }), { prometheus: url, days: 30 });
    const known = await promQuery(url, 'count by (service, slo, objective) (slo:objective:ratio)');
    const slos = known.map(({ labels: { service = '', slo = '', objective = '' } }) => ({ service, slo, objective }));
    const told = new Set([...since.keys()].map(name => name.split(/[/ ]/)[1]));
    assert.deepEqual(
      withPast.filter(name => !told.has(name)),
      [],
    );
    assert.deepEqual(slos.map(({ slo }) => slo).sort(), [...withPast, ...withoutPast].sort());
    // Two of them are told from now on alone, five minutes after the first scrape.
    await eventually(async () => {
      const counted = await promQuery(url, 'count by (slo) (last_over_time(slo:error_budget_remaining:ratio[10m]))');
      assert.deepEqual(counted.map(({ labels }) => labels.slo ?? '').sort(), [...withPast, ...withoutPast].sort());
    }, 900_000);
    const empty: string[] = [];
    for (const name of ofRules) {
      const queries = panelQueries(allDashboards.find(page => page.name === name)!.build());
      const chosen: readonly Choice[] =
        name === 'slo'
          ? [{ ...common, ...all, slo: '.*', objective: '.*' }]
          : slos.map(each => ({ ...common, team: '.*', ...each }));
      for (const choice of chosen)
        for (const query of queries) {
          const id = `${name}: ${query.panel} ${query.refId}`;
          const has = await hasData(url, fillVariables(query.expr, choice), query);
          if (!has && !isEmptyFor(id, choice)) empty.push(`${id} of ${choice.slo}`);
        }
    }
    // The platform's own team has promised most of them; nothing burns on most days.
    for (const [name, choice] of [
      ['overview', { ...common, ...all, currency: 'USD' }],
      ['team', { ...common, ...all, currency: 'USD', team: 'platform' }],
    ] as const) {
      const queries = panelQueries(allDashboards.find(page => page.name === name)!.build());
      const recorded = queries.filter(({ expr }) => readsRules(expr));
      assert.ok(recorded.length > 0, name);
      for (const query of recorded)
        if (!(await hasData(url, fillVariables(query.expr, choice), query)))
          empty.push(`${name}: ${query.panel} ${query.refId}`);
    }
    assert.deepEqual(
      empty.filter(id => !mayBeIdle.includes(id)),
      [],
    );
  });

  await t.test('every series that a rule names is there', async () => {
    const { config, ofServices } = await teamsOf(await loadConfig(configFile, { env: {} }));
    const files = Object.entries(alertFiles(config, ofServices)).filter(([name]) => name.endsWith('.rules.yml'));
    const { asked, absent } = await absentSeries(url, Object.fromEntries(files));
    assert.ok(asked > 200, `${asked} selectors`);
    assert.deepEqual(
      absent
        .filter(({ series }) => !isAbsentHere(series))
        .map(({ series, readBy }) => `${series}: ${readBy.join(', ')}`),
      [],
    );
  });
});
