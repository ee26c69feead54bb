/**
 * The demo platform behind a real Prometheus with the configuration that compose mounts (intervals lowered): every
 * query of every panel, for every choice of variables, and every alert without its comparison, finds something.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { alertFiles, allAlerts, withoutComparison } from '../../alerts/index.ts';
import { allDashboards, fillVariables, panelQueries } from '../../dashboards/index.ts';
import { promqlText } from '../../dashboards/lib/promql.ts';
import { writePastOfSlos } from '../../exporters/cli/slo/past.ts';
import { teamsOf } from '../../exporters/cli/teams.ts';
import { loadConfig } from '../../exporters/config.ts';
import { experienceMetrics } from '../../exporters/experience/metrics.ts';
import { policyMetrics } from '../../exporters/policy/metrics.ts';
import { scorecardMetrics } from '../../exporters/scorecard/metrics.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { promQuery, promQueryRange } from '../tools/promql.ts';
import { requireTool } from '../tools/tools.ts';
import { startDemo } from './lib/demo.ts';
import {
  emptyAlerts,
  emptyParts,
  emptyQueries,
  isAbsentHere,
  isEmptyFor,
  mayBeIdle,
  ofOtherTeams,
  withoutPast,
  withPast,
} from './lib/demo-lacks.ts';
import { eventually } from './lib/eventually.ts';
import { all, type Choice, choices, common } from './lib/panel-choices.ts';
import { absentSeries } from './lib/rule-series.ts';
import { differencesOf, differentAnswers, instantOfBoth, mayDiffer } from './lib/victoria.ts';

/** What rules record is asked for once they have recorded it: pages, and queries of other pages. */
const ofRules = ['slo', 'slo-detail'];
const readsRules = (expr: string): boolean => /\bslo:|\bALERTS/.test(expr);
const withoutMoney = ['plumbline', 'delivery', 'policy', 'supply-chain', 'experience', 'roadmap', 'scorecard'];
/** Pages of which a part of what may be chosen may have nothing of a kind. */
const ofParts = ['policy', 'supply-chain', 'experience', 'roadmap', 'scorecard'];

async function hasData(url: string, expr: string, { kind, step }: { kind: string; step: number | undefined }) {
  if (kind === 'instant') return (await promQuery(url, expr)).some(({ value }) => !Number.isNaN(value));
  const end = Math.floor(Date.now() / 1000);
  // Without a fixed step it is a panel of current values, which has no past to show here.
  const range = step === undefined ? { start: end - 60, end, step: 5 } : { start: end - 90 * 86_400, end, step };
  return (await promQueryRange(url, expr, range)).some(({ values }) =>
    values.some(({ value }) => !Number.isNaN(value)),
  );
}

test('the demo platform', { timeout: 5_400_000 }, async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const { url, victoria, receiver, configFile, pastSent } = await startDemo(t);
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
  }, 1_200_000);

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
    }, 600_000);
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
    }, 600_000);
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
    }, 600_000);
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
    }, 600_000);
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

  const differing = new Set<string>();
  const compare = async (t: TestContext, isWanted: (expr: string) => boolean, least: number) => {
    if (victoria === undefined) return void (await requireTool(t, 'victoria-metrics'));
    const servers = { prometheus: url, victoria };
    const { asked, found } = await differencesOf(servers, await instantOfBoth(servers), isWanted);
    assert.ok(asked > least, `${asked} queries`);
    for (const id of found.keys()) differing.add(id);
    assert.deepEqual(
      [...found].filter(([id]) => !(id in differentAnswers || mayDiffer.includes(id))),
      [],
    );
  };
  await t.test('VictoriaMetrics answers the same to every query of every panel', async t => {
    await pastSent;
    await compare(t, expr => !readsRules(expr), 1500);
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
    }, 600_000);
  });

  await t.test('every SLO has a month of the past, and every panel of each finds something', async () => {
    const { since } = await writePastOfSlos(await loadConfig(configFile, { env: {} }), {
      ...{ prometheus: url, remoteWrite: [receiver], days: 30 },
    });
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

  await t.test('VictoriaMetrics answers the same to what reads rules', async t => {
    await compare(t, readsRules, 100);
    const listed = Object.keys(differentAnswers);
    assert.deepEqual(
      listed.filter(id => victoria !== undefined && !differing.has(id)),
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
