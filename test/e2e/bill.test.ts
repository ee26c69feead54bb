/**
 * A bill on its way: file, ledger, Prometheus. What PromQL says by team, day and service is what DuckDB says of the raw
 * file, also after a restatement; by remote write, by scrape, and, as far as it goes, without an out-of-order window.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { allAlerts, withoutComparison } from '../../alerts/index.ts';
import { dayBars, daysSum, latest, promqlText, type Query, sumBy, twin } from '../../dashboards/lib/promql.ts';
import { checkPrometheus } from '../../exporters/cli/check/prometheus.ts';
import { loadConfig } from '../../exporters/config.ts';
import { dailyCost, dailyServiceCost, monthToDate, previousMonth } from '../../exporters/cost/metrics.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery, promQueryRange } from '../tools/promql.ts';
import { requireTool } from '../tools/tools.ts';
import { allBills, type Bill } from './lib/bills.ts';
import { eventually } from './lib/eventually.ts';
import { type Plumbline, readAgain, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';
import { scrapedAgain, startScraping } from './lib/prometheus.ts';
import { assertSame, type Basis, type Expected, type RawSums, rawSums } from './lib/raw.ts';

interface Case {
  readonly bill: Bill;
  readonly port: number;
  readonly file: string;
  readonly configFile: string;
}

async function prepare(t: TestContext, bills: readonly Bill[], remoteWriteUrl?: string): Promise<readonly Case[]> {
  return Promise.all(
    bills.map(async bill => {
      const directory = temporary(t);
      const port = await freePort();
      const file = path.join(directory, `bill.${bill.extension}`);
      await bill.write(file, false);
      const configFile = writeConfig(directory, {
        data_dir: 'data',
        page_days: 90,
        server: { port },
        scrape: { instance: bill.name },
        ...(remoteWriteUrl === undefined ? {} : { remote_write: [{ name: 'prometheus', url: remoteWriteUrl }] }),
        ownership: {
          rules: [
            { name: 'team tags', tag: { keys: [bill.teamTag], gives: 'team' } },
            { name: 'service tags', tag: { keys: [bill.serviceTag], gives: 'service' } },
            ...(bill.shared
              ? [{ name: 'shared', account: { [bill.shared.account]: { split: 'shared', service: 'shared' } } }]
              : []),
          ],
          splits: bill.shared ? [{ name: 'shared', method: 'fixed', shares: bill.shared.weights }] : [],
        },
        cost: { focus: [{ path: file, every: 3600 }], top_services: bill.top, top_service_names: 1000 },
      });
      return { bill, port, file, configFile };
    }),
  );
}

const of = (query: Query, { bill }: Case): string =>
  promqlText(query).replaceAll('cost_basis=', `instance="${bill.name}",cost_basis=`);

/** Each day at its own start, as a panel of days draws it. */
async function perDay(url: string, each: Case, query: Query, labels: readonly string[], raw: RawSums) {
  const start = new Date(`${raw.firstDay}T00:00:00Z`);
  const end = new Date(`${raw.lastDay}T00:00:00Z`);
  const series = await promQueryRange(url, of(query, each), { start, end, step: 86_400 });
  return new Map(
    series.flatMap(({ labels: found, values }) =>
      values.map(({ at, value }) => {
        const day = new Date(at * 1000).toISOString().slice(0, 10);
        return [JSON.stringify([day, ...labels.map(label => found[label] ?? '')]), value] as const;
      }),
    ),
  );
}

/** Throws as long as Prometheus says anything else than the file. */
async function assertAnswers(url: string, each: Case, basis: Basis): Promise<void> {
  const raw = await rawSums({ ...each.bill, file: each.file }, basis);
  const money = { cost_basis: basis };
  const days = dayBars(dailyCost, money);
  const ask = (query: Query, ...labels: readonly string[]) => perDay(url, each, query, labels, raw);
  await eventually(async () => {
    const what = `${each.bill.name}, ${basis}`;
    const byTeam = await ask(sumBy(['team', 'currency'], days), 'team', 'currency');
    assertSame(byTeam, raw.byTeam, `${what}, by day and team`);
    const byService = await ask(sumBy(['team', 'service', 'currency'], days), 'team', 'service', 'currency');
    assertSame(byService, raw.byService, `${what}, by day and service`);
    const names = sumBy(['service_name', 'currency'], dayBars(dailyServiceCost, money));
    assertSame(await ask(names, 'service_name', 'currency'), raw.byServiceName, `${what}, by day and service name`);
    const month = await promQuery(url, of(sumBy(['team', 'currency'], daysSum(dailyCost, 30, money)), each));
    const total = new Map(month.map(({ labels, value }) => [JSON.stringify([labels.team, labels.currency]), value]));
    assertSame(total, lastDays(raw.byTeam, 30), `${what}, 30 days by team`);
    for (const [metric, back] of [
      [monthToDate, 0],
      [previousMonth, 1],
    ] as const) {
      const found = await promQuery(url, of(sumBy(['team', 'currency'], latest(metric, money)), each));
      const sums = found.map(({ labels, value }) => [JSON.stringify([labels.team, labels.currency]), value] as const);
      const expected = sumOfDays(raw.byTeam, day => day.startsWith(monthBack(back)));
      // On its first day a month has no complete day yet.
      if (expected.size > 0) assertSame(new Map(sums), expected, `${what}, ${metric.name}`);
    }
  });
}

const todayMs = Math.floor(Date.now() / 86_400_000) * 86_400_000;

/** The UTC month so many months ago, such as 2026-10. */
function monthBack(months: number): string {
  const today = new Date(todayMs);
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - months, 1)).toISOString().slice(0, 7);
}

function lastDays(sums: ReadonlyMap<string, Expected>, days: number): Map<string, Expected> {
  const from = new Date(todayMs - days * 86_400_000).toISOString().slice(0, 10);
  return sumOfDays(sums, day => day >= from);
}

function sumOfDays(sums: ReadonlyMap<string, Expected>, counts: (day: string) => boolean): Map<string, Expected> {
  const totals = new Map<string, Expected>();
  for (const [key, { value, tolerance }] of sums) {
    const [day, ...rest] = JSON.parse(key) as [string, ...string[]];
    if (!counts(day)) continue;
    const before = totals.get(JSON.stringify(rest)) ?? { value: 0, tolerance: 0 };
    totals.set(JSON.stringify(rest), { value: before.value + value, tolerance: before.tolerance + tolerance });
  }
  return totals;
}

async function restate(plumbline: Plumbline, each: Case): Promise<void> {
  await each.bill.write(each.file, true);
  await readAgain(plumbline);
}

for (const writer of ['remote write', 'page'] as const)
  test(`sums from PromQL are those of the file, also of a restated one: by ${writer}`, async t => {
    if (!(await requireTool(t, 'prometheus'))) return;
    const prometheusPort = await freePort();
    const url = `http://127.0.0.1:${prometheusPort}/api/v1/write`;
    // The page is made of the same published days, whatever the bill: two are enough.
    const bills = writer === 'page' ? allBills(t).slice(0, 2) : allBills(t);
    const cases = await prepare(t, bills, writer === 'remote write' ? url : undefined);
    const instances = Object.fromEntries(cases.map(({ bill, port }) => [bill.name, port]));
    const prometheus = await startScraping(t, { instances, window: true, port: prometheusPort });
    for (const each of cases) {
      const plumbline = await startPlumbline(t, each.configFile);
      await readAgain(plumbline);
      for (const basis of ['billed', 'effective'] as const) await assertAnswers(prometheus.url, each, basis);
      await restate(plumbline, each);
      for (const basis of ['billed', 'effective'] as const) await assertAnswers(prometheus.url, each, basis);
      await plumbline.stop();
    }
  });

test('without an out-of-order window stamped samples are missing, the rest works, and check says so', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const [own] = await prepare(t, allBills(t).slice(0, 1));
  assert.ok(own);
  const prometheus = await startScraping(t, { instances: { [own.bill.name]: own.port }, window: false });
  const plumbline = await startPlumbline(t, own.configFile);
  await readAgain(plumbline);
  await scrapedAgain(prometheus, own.bill.name);
  const ask = async (query: Query) => promQuery(prometheus.url, promqlText(query));

  assert.deepEqual(await ask(daysSum(dailyCost, 30)), [], 'stamped samples');
  assert.equal((await promQuery(prometheus.url, 'up{job="plumbline"}'))[0]?.value, 1, 'and nobody is told by "up"');

  const raw = await rawSums({ ...own.bill, file: own.file }, 'effective');
  const newest = await ask(sumBy(['team', 'currency'], twin(dailyCost, { cost_basis: 'effective' })));
  assertSame(
    new Map(newest.map(({ labels, value }) => [JSON.stringify([labels.team, labels.currency]), value])),
    lastDays(raw.byTeam, 1),
    'twins of the newest day',
  );
  assert.ok((await ask(latest(previousMonth))).length > 0);
  const silent: string[] = [];
  for (const alert of allAlerts) if ((await ask(withoutComparison(alert))).length === 0) silent.push(alert.name);
  // Nothing to look at: no budget, invoice, cluster, vendor's word, rate, delivery, policy, image, survey, portal,
  // roadmap, golden path or remote write, and nothing was rejected.
  assert.deepEqual(silent, [
    'BudgetAtRisk',
    'BudgetExceeded',
    'ReconciliationGap',
    'KubernetesReconciliationGap',
    'BudgetForecastExceeded',
    'BudgetBurnHigh',
    'VendorBudgetExceeded',
    'VendorBudgetForecastExceeded',
    'VendorCostAnomaly',
    'ExchangeRateStale',
    'ChangeFailRateRising',
    'RecoveryRunningLong',
    'DeploymentsStopped',
    'LeadTimesUnknown',
    'NewEnforcedViolations',
    'ViolationsGrowing',
    'ExceptionExpiring',
    'ExceptionExpired',
    'ExceptionStillApplied',
    'PolicyEngineSilent',
    'ScopesSilent',
    'AuditIncomplete',
    'ViolationsUnlisted',
    'OpaDecisionsMissing',
    'OpaDecisionsDropped',
    'OpaUnhealthy',
    'OpaBundleFailing',
    'OpaBundleOld',
    'KnownExploitedInProduction',
    'CriticalPastLimit',
    'FindingsPastLimit',
    'FindingsDue',
    'GateNewlyBlocking',
    'WatchedPackageRunning',
    'FindingExceptionExpiring',
    'FindingExceptionExpired',
    'FindingExceptionStillApplied',
    'ScannerSilent',
    'ScansFailing',
    'ImagesUnscanned',
    'SbomMissing',
    'SbomStale',
    'PlacesSilent',
    'BaseEndOfLife',
    'UnsignedImageRunning',
    'UnverifiedImageRunning',
    'SignerChanged',
    'SurveyDue',
    'SurveyTooFew',
    'ResponseRateLow',
    'NpsFell',
    'TeamNpsFell',
    'AdoptionFalling',
    'FeatureAdoptionFalling',
    'FeatureUnused',
    'FeedbackUnanswered',
    'PromisesAtRisk',
    'ScorecardLevelLost',
    'RequiredCheckLost',
    'ConformanceFalling',
    'ShadowGrowing',
    'CheckExemptionExpiring',
    'RejectedRecords',
    'RemoteWriteStuck',
    'OtlpPushFailing',
  ]);

  const findings = await checkPrometheus(await loadConfig(own.configFile, { env: {} }), prometheus.url);
  assert.deepEqual(
    findings.filter(({ level }) => level === 'wrong').map(({ subject }) => subject),
    ['out-of-order window'],
  );
  assert.match(findings.find(({ level }) => level === 'wrong')?.text ?? '', /out_of_order_time_window: 90d/);
});
