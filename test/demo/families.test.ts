/** The whole demo platform, read by its real sources on several mornings: what it is for is that nothing is empty. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { type Config, loadConfig } from '../../exporters/config.ts';
import { page } from '../../exporters/core/exposition.ts';
import type { Row } from '../../exporters/core/ledger.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { costMetrics } from '../../exporters/cost/metrics.ts';
import { people } from '../../exporters/demo/experience/people.ts';
import { prepareDemo, startVendors } from '../../exporters/demo/index.ts';
import { teams } from '../../exporters/demo/world.ts';
import { experienceMetrics } from '../../exporters/experience/metrics.ts';
import { violations } from '../../exporters/policy/metrics/violations.ts';
import { policyMetrics } from '../../exporters/policy/metrics.ts';
import { requirements } from '../../exporters/policy/requirements.ts';
import { buildExporters } from '../../exporters/registry.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { evaluate } from '../core/as-of.ts';

const now = new Date('2026-10-23T07:00:00Z');
const silent = pino({ level: 'silent' });

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

const samplesOf = (text: string): Sample[] =>
  text.split('\n').flatMap(line => {
    const [, name = '', labels = '', value] = /^([a-z0-9_]+)(\{.*\})? (\S+)/.exec(line) ?? [];
    return value === undefined ? [] : [{ name, labels, value: Number(value) }];
  });

test('the demo platform', { timeout: 600_000 }, async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-demo-'));
  // What an earlier version of the demo left.
  const left = path.join(dir, 'bills/microsoft-2026-10.csv');
  mkdirSync(path.dirname(left));
  writeFileSync(left, 'ProviderName\n');
  writeFileSync(path.join(dir, 'plumbline.yaml'), '# The demo platform. Everything in it is made up.\n');
  const vendors = await startVendors(() => now);
  let samples: Sample[] = [];
  let policy: Policy | undefined;
  let chain: readonly Sample[] = [];
  let experience: Experience | undefined;
  try {
    const { configFile } = await prepareDemo({ dir, now, vendors, log: silent });
    assert.ok(!existsSync(left), 'a bill of another edition is gone');
    const config = await loadConfig(configFile, { env: {} });
    const [exporter] = await buildExporters(config);
    assert.ok(exporter);
    const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log: silent, pageDays: 3, now: () => now });
    try {
      const results = await runtime.refresh();
      const { families } = await runtime.takeSnapshot();
      samples = samplesOf(Buffer.concat(page(families, 'openmetrics')).toString());

      await t.test('every source reads what there is, and refuses the one line that nobody can read', () => {
        assert.deepEqual(
          results.map(({ source, error }) => ({ source, error })).filter(({ error }) => error !== undefined),
          [],
        );
        const rejected = results.map(result => [result.source, result.rejected] as const);
        assert.deepEqual(
          rejected.filter(([, reasons]) => Object.keys(reasons ?? {}).length > 0),
          [['focus', { bad_number: 1 }]],
        );
        assert.deepEqual(runtime.problems(), []);
      });
    } finally {
      await runtime.stop();
    }
    policy = await livedPolicy(config, t);
    chain = await livedSupplyChain(config, t);
    experience = await livedExperience(config, t);
    assert.ok(existsSync(path.join(dir, 'experience/pseudonym.key')));
  } finally {
    await vendors.stop();
    rmSync(dir, { recursive: true, force: true });
  }

  const of = (name: string, ...labels: readonly string[]) =>
    samples.filter(sample => sample.name === name && labels.every(label => sample.labels.includes(label)));
  const values = (name: string, ...labels: readonly string[]) => of(name, ...labels).map(({ value }) => value);

  await t.test('every family of cost has data', () => {
    const empty = costMetrics.filter(({ name }) => of(name).length === 0).map(({ name }) => name);
    assert.deepEqual(empty, []);
  });

  await t.test('the parts are the whole', () => {
    for (const value of values('finops_allocation_residual_cost')) assert.equal(value, 0);
  });

  await t.test('what the vendors say is the bill, but for small gaps', () => {
    const gaps = of('finops_reconciliation_gap_ratio');
    for (const against of ['cost-explorer', 'azure-cost', 'invoice', 'budget:aws-total', 'budget:azure-total'])
      assert.ok(
        gaps.some(({ labels }) => labels.includes(`against="${against}"`)),
        `nothing is held against ${against}`,
      );
    for (const { labels, value } of gaps) assert.ok(Math.abs(value) < 0.005, `${labels} is ${value}`);
    assert.ok(values('finops_reconciliation_gap_ratio', 'against="cost-explorer"').every(gap => gap < -1e-5));
    const [kubernetes = 1] = values('finops_kubernetes_reconciliation_gap_ratio');
    assert.ok(kubernetes > 0 && kubernetes < 0.02, `the cluster's gap is ${kubernetes}`);
  });

  await t.test('most budgets leave room, and one will not do', () => {
    const amounts = of('finops_budget_amount');
    const lower = of('finops_budget_forecast_cost', 'bound="lower"');
    const over = amounts.filter(({ labels, value }) => {
      const budget = /budget="[^"]*"/.exec(labels)?.[0] ?? '';
      return (lower.find(forecast => forecast.labels.includes(budget))?.value ?? 0) > value;
    });
    assert.equal(amounts.length, 9);
    assert.deepEqual(
      over.map(({ labels }) => /budget="([^"]*)"/.exec(labels)?.[1]),
      ['ml'],
    );
  });

  await t.test('one service cost far more than usual on its newest settled day, and a vendor sees an anomaly', () => {
    assert.equal(values('finops_usage_day_anomaly_score').filter(score => Math.abs(score) >= 4).length, 1);
    assert.ok(values('finops_vendor_active_anomalies').some(count => count > 0));
  });

  await t.test('commitments of two providers are used, and not wholly', () => {
    for (const provider of ['AWS', 'Google Cloud'])
      for (const used of values('finops_commitment_utilisation_ratio', `provider="${provider}"`))
        assert.ok(used > 0.8 && used < 1, `${provider}: ${used}`);
    assert.equal(of('finops_commitment_utilisation_ratio').length, 3);
  });

  await t.test('pull requests are attributed, pending and unattributable', () => {
    for (const state of ['attributed', 'pending', 'unattributable'])
      assert.ok(values('finops_estimate_attribution', `state="${state}"`).includes(1), `no pull request is ${state}`);
  });

  assert.ok(policy);
  await policyTests(t, policy);
  await supplyChainTests(t, chain);
  assert.ok(experience);
  await experienceTests(t, experience);
});

interface Policy {
  readonly samples: readonly Sample[];
  /** Open violations of a team a number of days ago. */
  readonly open: (team: string, daysAgo: number) => number;
}

/** All sources of policy, read in the order in which they are listed. */
async function livedPolicy(config: Config, t: TestContext): Promise<Policy> {
  const exporter = (await buildExporters(config)).find(({ name }) => name === 'policy');
  assert.ok(exporter);
  const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log: silent, now: () => now });
  try {
    const results = await runtime.refresh();
    const { families } = await runtime.takeSnapshot();
    await t.test('every source of policy reads what there is, and refuses nothing', () => {
      const faults = results.map(({ source, error, rejected, waiting }) => ({ source, error, rejected, waiting }));
      for (const { source, ...fault } of faults)
        assert.deepEqual(fault, { error: undefined, rejected: {}, waiting: 0 }, source);
      assert.deepEqual(runtime.problems(), []);
    });
    const days = [2, 120, 240, 360];
    const instants = days.map(day => new Date(now.getTime() - day * 86_400_000));
    const rows = await evaluate(runtime.ledger, exporter, violations, { instants });
    return {
      samples: samplesOf(Buffer.concat(page(families, 'openmetrics')).toString()),
      open: (team, daysAgo) => {
        const at = new Date(now.getTime() - daysAgo * 86_400_000).toISOString().replace('T', ' ').slice(0, 19);
        return rows
          .filter(row => row.team === team && row.state === 'open' && String(row.ts).startsWith(at))
          .reduce((sum, { value }) => sum + Number(value), 0);
      },
    };
  } finally {
    await runtime.stop();
  }
}

async function policyTests(t: TestContext, { samples, open }: Policy): Promise<void> {
  const of = (name: string, ...labels: readonly string[]) =>
    samples.filter(sample => sample.name === name && labels.every(label => sample.labels.includes(label)));
  const labelsOf = (name: string, label: string) =>
    new Set(of(name).map(({ labels }) => new RegExp(`\\b${label}="([^"]*)"`).exec(labels)?.[1]));

  await t.test('every family of policy has data', () => {
    assert.deepEqual(
      policyMetrics
        .filter(({ name, kind }) => of(kind === 'histogram' ? `${name}_count` : name).length === 0)
        .map(({ name }) => name),
      [],
    );
  });

  await t.test('the ten requirements are checked, each by two engines at least', () => {
    for (const { id } of requirements) {
      const engines = new Set(
        of('policy_results', `requirement="${id}"`).map(({ labels }) => /engine="([^"]*)"/.exec(labels)?.[1]),
      );
      assert.ok(engines.size >= 2, `${id} is checked by ${[...engines].join(', ')}`);
    }
  });

  await t.test('payments drifts, search has tidied up, and all teams have violations', () => {
    const told = Object.fromEntries(
      ['payments', 'search'].map(team => [team, [360, 240, 120, 2].map(day => open(team, day))]),
    );
    const [payments = [], search = []] = [told.payments, told.search];
    assert.ok(payments[3]! > payments[2]! && payments[3]! > 2 * payments[0]!, `payments: ${payments}`);
    assert.ok(search[3]! < search[0]! / 2, `search: ${search}`);
    for (const team of teams) assert.ok(open(team, 2) > 0 || team === 'search', team);
  });

  await t.test(
    'exceptions are active, expiring, permanent and expired, one of these still applied, one without anybody',
    () => {
      const statuses = labelsOf('policy_exceptions', 'status');
      for (const status of ['active', 'expiring', 'permanent', 'expired', 'expired_applied'])
        assert.ok(statuses.has(status), status);
      assert.ok(labelsOf('policy_exceptions', 'approved').has('no'));
    },
  );

  await t.test('policies are enforced, ready, settling and violated', () => {
    const readiness = labelsOf('policy_rules', 'readiness');
    for (const state of ['enforced', 'ready', 'violated']) assert.ok(readiness.has(state), state);
    for (const mode of ['enforce', 'warn', 'dryrun', 'audit'])
      assert.ok(labelsOf('policy_violations', 'enforcement').has(mode), mode);
  });

  await t.test('scans are fresh, partial, failed and stale, a list is cut, and an OPA loses decisions', () => {
    for (const status of ['fresh', 'partial', 'failed', 'stale'])
      assert.ok(labelsOf('policy_scopes', 'status').has(status), status);
    assert.ok(of('policy_unlisted_violations').some(({ value }) => value > 0));
    const [lossy] = of('policy_opa_completeness_ratio', 'service="payments-api"');
    assert.ok(lossy && lossy.value < 0.9, `payments-api's log is complete to ${lossy?.value}`);
    const [whole] = of('policy_opa_completeness_ratio', 'service="checkout-api"');
    assert.equal(whole?.value, 1);
  });
}

/** All that pipelines kept of images. */
async function livedSupplyChain(config: Config, t: TestContext): Promise<readonly Sample[]> {
  const exporter = (await buildExporters(config)).find(({ name }) => name === 'supply-chain');
  assert.ok(exporter);
  const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log: silent, now: () => now });
  try {
    const results = await runtime.refresh();
    await t.test('every document of the supply chain is read, and scans that failed are told', () => {
      assert.deepEqual(
        results.map(({ error, rejected, waiting }) => ({ error, reasons: Object.keys(rejected ?? {}), waiting })),
        [{ error: undefined, reasons: ['scan_failed'], waiting: 0 }],
      );
      assert.deepEqual(runtime.problems(), []);
    });
    const { families } = await runtime.takeSnapshot();
    return samplesOf(Buffer.concat(page(families, 'openmetrics')).toString());
  } finally {
    await runtime.stop();
  }
}

async function supplyChainTests(t: TestContext, samples: readonly Sample[]): Promise<void> {
  const of = (name: string, ...labels: readonly string[]) =>
    samples.filter(
      sample => sample.name === name && sample.value > 0 && labels.every(label => sample.labels.includes(label)),
    );
  const labelsOf = (name: string, label: string, ...more: readonly string[]) =>
    new Set(of(name, ...more).map(({ labels }) => new RegExp(`\\b${label}="([^"]*)"`).exec(labels)?.[1]));

  await t.test('every family of the supply chain has data', () => {
    assert.deepEqual(
      supplyChainMetrics.filter(({ name }) => !samples.some(sample => sample.name === name)).map(({ name }) => name),
      // The gate judges for the first time here, and has changed its mind about nothing.
      ['supply_chain_gate_newly_blocked'],
    );
  });

  await t.test('all teams but one have findings open, and all run images, of which one is nobody’s', () => {
    assert.deepEqual([...labelsOf('supply_chain_running_images', 'team')].sort(), [...teams, 'unowned'].sort());
    const open = labelsOf('supply_chain_findings', 'team', 'state="open"');
    assert.deepEqual(
      teams.filter(team => !open.has(team)),
      ['identity'],
    );
    assert.ok(!labelsOf('supply_chain_findings', 'team').has('unowned'));
  });

  await t.test('images are in every state that the story has', () => {
    const states = {
      supply_chain_images_by_scan: ['fresh', 'failed', 'never'],
      supply_chain_images_by_sbom: ['complete', 'incomplete', 'stale', 'missing'],
      supply_chain_images_by_base: ['supported', 'end_of_life', 'unknown'],
      supply_chain_images_by_signature: ['verified', 'claimed', 'unsigned', 'failed'],
      supply_chain_images_by_provenance: ['verified', 'claimed', 'failed', 'unknown'],
      supply_chain_exceptions: ['active', 'expiring', 'expired', 'permanent'],
      supply_chain_sla_findings: ['breached', 'within'],
    };
    for (const [name, wanted] of Object.entries(states)) {
      const there = labelsOf(name, 'status');
      for (const status of wanted) assert.ok(there.has(status), `${name} has ${[...there].join(', ')}, not ${status}`);
    }
    assert.deepEqual([...labelsOf('supply_chain_gate_blocked', 'mode')].sort(), ['enforce', 'warn']);
    assert.deepEqual([...labelsOf('supply_chain_signer_changes_total', 'team')], ['payments']);
    assert.deepEqual([...labelsOf('supply_chain_watch_exposed_images', 'watch')].includes('log4shell'), true);
    assert.ok(of('supply_chain_license_findings', 'team="data"').length > 0);
    assert.ok(of('supply_chain_findings_reopened_total').length > 0);
    assert.ok(of('supply_chain_scanner_disagreements').length > 0);
  });
}

interface Experience {
  readonly samples: readonly Sample[];
  /** Of which families something was told a quarter ago. */
  readonly past: ReadonlySet<string>;
  /** What was told of a family on the days, by the labels that are given. */
  readonly over: (name: string, labels: Readonly<Record<string, string>>) => readonly (number | undefined)[];
}

const pastDays = [270, 180, 90, 0];

/** What developers of the demo say and use. */
async function livedExperience(config: Config, t: TestContext): Promise<Experience> {
  const exporter = (await buildExporters(config)).find(({ name }) => name === 'experience');
  assert.ok(exporter);
  const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log: silent, now: () => now });
  try {
    const results = await runtime.refresh();
    await t.test('every source of experience reads what there is, and refuses nothing', () => {
      for (const { source, error, rejected, waiting } of results)
        assert.deepEqual({ error, rejected, waiting }, { error: undefined, rejected: {}, waiting: 0 }, source);
      assert.deepEqual(runtime.problems(), []);
    });
    const { families } = await runtime.takeSnapshot();
    const instants = pastDays.map(day => new Date(now.getTime() - day * 86_400_000));
    const told = new Map<string, readonly Row[]>();
    for (const metric of experienceMetrics)
      told.set(metric.name, await evaluate(runtime.ledger, exporter, metric, { instants }));
    const text = (at: Date) => at.toISOString().replace('T', ' ').slice(0, 19);
    const quarter = text(instants[2]!);
    return {
      samples: samplesOf(Buffer.concat(page(families, 'openmetrics')).toString()),
      past: new Set(
        [...told].filter(([, rows]) => rows.some(({ ts }) => String(ts).startsWith(quarter))).map(([name]) => name),
      ),
      over: (name, labels) =>
        instants.map(at => {
          const row = told
            .get(name)
            ?.find(
              one =>
                String(one.ts).startsWith(text(at)) &&
                Object.entries(labels).every(([key, value]) => one[key] === value),
            );
          return row === undefined ? undefined : Number(row.value);
        }),
    };
  } finally {
    await runtime.stop();
  }
}

async function experienceTests(t: TestContext, { samples, past, over }: Experience): Promise<void> {
  await t.test('every family of experience has data, and a past', () => {
    const names = experienceMetrics.map(({ name }) => name);
    const there = new Set(samples.map(({ name }) => name));
    assert.deepEqual(
      names.filter(name => !there.has(name)),
      [],
    );
    assert.deepEqual(
      names.filter(name => !past.has(name)),
      [],
    );
  });

  await t.test('the golden path is taken up, and the platform is recommended more', () => {
    const adopted = over('devex_feature_adoption_ratio', { feature: 'new-service', window: '28d' });
    assert.ok(adopted[0] === 0 && adopted[1]! < 1 && adopted[3] === 1, `adoption: ${adopted}`);
    const nps = over('devex_organisation_nps', { question: 'platform-nps' });
    assert.ok(nps[3]! > nps[0]! + 15, `NPS: ${nps}`);
    assert.equal(over('devex_organisation_nps_change_direction', { question: 'platform-nps' })[3], 1);
  });

  await t.test('payments alone recommends it less, and beyond chance', () => {
    const fallen = teams.filter(
      team => over('devex_team_nps_change_direction', { team, question: 'platform-nps' })[3] === -1,
    );
    assert.deepEqual(fallen, ['payments']);
  });

  await t.test('the radar is forgotten, and nobody has ever looked at costs', () => {
    const radar = over('devex_feature_active_teams', { feature: 'tech-radar', window: '28d' });
    assert.ok(radar[3]! < radar[0]! / 2, `teams that read it: ${radar}`);
    assert.deepEqual(over('devex_feature_used', { feature: 'cost-insights', window: '28d' }), [0, 0, 0, 0]);
  });

  await t.test('services rise by their scorecards, and those of payments have fallen', () => {
    const scorecard = 'production-readiness';
    const whole = over('devex_organisation_scorecard_score_ratio', { scorecard, statistic: 'mean' });
    assert.ok(whole[3]! > whole[0]!, `all: ${whole}`);
    const payments = over('devex_team_scorecard_score_ratio', { scorecard, statistic: 'mean', team: 'payments' });
    assert.ok(payments[3]! < payments[2]!, `payments: ${payments}`);
  });

  await t.test('most promises of a quarter are kept, feedback is answered within days, and some waits', () => {
    const kept = samples.filter(({ name }) => name === 'devex_roadmap_organisation_promises_kept_ratio');
    assert.ok(kept.length >= 3, `${kept.length} quarters`);
    for (const { labels, value } of kept) assert.ok(value > 0.5 && value < 0.95, `${labels}: ${value}`);
    const one = (name: string, ...labels: readonly string[]) =>
      samples.find(each => each.name === name && labels.every(label => each.labels.includes(label)))?.value ?? 0;
    const answer = one('devex_feedback_organisation_first_answer_seconds', 'window="90d"', 'percentile="p50"');
    assert.ok(answer > 3600 && answer < 5 * 86_400, `first answers: ${answer} s`);
    assert.ok(one('devex_feedback_open_items', 'state="unanswered"') > 0);
    const share = one('devex_roadmap_organisation_feedback_share_ratio', 'window="90d"');
    assert.ok(share > 0.05 && share < 0.5, `feedback: ${share}`);
  });

  await t.test('nothing is told of a team of four, and of nobody by name', () => {
    // Documentation and scorecards are of services.
    const ofServices = /^devex_documentation_views_total$|scorecard/;
    const small = samples.filter(
      ({ name, labels }) => name.startsWith('devex_') && !ofServices.test(name) && labels.includes('team="ml"'),
    );
    assert.deepEqual([...new Set(small.map(({ name }) => name))], []);
    for (const { name } of people) assert.ok(!samples.some(({ labels }) => labels.includes(name)), name);
    assert.ok(samples.some(({ name, value }) => name === 'devex_survey_suppressed_groups' && value > 0));
  });
}
