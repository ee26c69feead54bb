/**
 * Bills moved by whole months, so that billing periods stay calendar months: month to date, the month before, the
 * finality of charge days and the reconciliation with invoices, from PromQL. Plumbline's clock is set, so that it is
 * never the month's first days.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { allAlerts } from '../../alerts/index.ts';
import { dayBars, latest, promqlText, type Query } from '../../dashboards/lib/promql.ts';
import { dayFinality, monthToDate, openDays, previousMonth, reconciliationGap } from '../../exporters/cost/metrics.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery, promQueryRange } from '../tools/promql.ts';
import { requireTool } from '../tools/tools.ts';
import { eventually } from './lib/eventually.ts';
import {
  finalities,
  type Invoice,
  invoicesOf,
  type MonthBill,
  monthBills,
  monthSums,
  writeShifted,
  writeStatements,
} from './lib/months.ts';
import { type Plumbline, readAgain, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';
import { startScraping } from './lib/prometheus.ts';
import { assertSame, type Expected } from './lib/raw.ts';

const dayMs = 86_400_000;
const midday = (day: number) => new Date(Math.floor(day / dayMs) * dayMs + dayMs / 2);
/** Noon of yesterday, or of the day before where that was a month's first: some day of its month is complete. */
const inMonth = [1, 2].map(back => midday(Date.now() - back * dayMs)).find(noon => noon.getUTCDate() > 1) as Date;
const [year, monthIndex] = [inMonth.getUTCFullYear(), inMonth.getUTCMonth()];
const month = inMonth.toISOString().slice(0, 7);
const monthBefore = new Date(Date.UTC(year, monthIndex - 1, 1)).toISOString().slice(0, 7);
/** No day of the month is complete; the month before has just ended. */
const firstOfMonth = midday(Date.UTC(year, monthIndex, 1));

interface Case {
  readonly bill: MonthBill;
  readonly instance: string;
  readonly port: number;
  readonly directory: string;
  readonly file: string;
  readonly statements: string;
  /** Plumbline's clock starts then, and goes. */
  readonly at: Date;
}

async function caseOf(t: TestContext, bill: MonthBill, at: Date): Promise<Case> {
  const directory = temporary(t);
  mkdirSync(path.join(directory, 'bills'));
  const file = path.join(directory, 'bills', `bill${path.extname(bill.source)}`);
  const instance = `${bill.name}, ${at === inMonth ? 'month to date' : 'month before'}`;
  return {
    bill,
    instance,
    port: await freePort(),
    directory,
    file,
    statements: path.join(directory, 'bills', 'periods.csv'),
    at,
  };
}

async function serve(
  t: TestContext,
  each: Case,
  prometheusUrl: string,
  invoices: readonly Invoice[] = [],
): Promise<Plumbline> {
  const { bill, directory, port, instance, at } = each;
  const tag = (keys: readonly string[], gives: string) => ({
    name: `${gives} tags`,
    tag: { keys: [...new Set(keys.map(key => key.toLowerCase()))], gives },
  });
  const configFile = writeConfig(directory, {
    data_dir: 'data',
    server: { port },
    scrape: { instance },
    remote_write: [{ name: 'prometheus', url: `${prometheusUrl}/api/v1/write` }],
    ownership: { rules: [tag(bill.teamTags, 'team'), tag(bill.serviceTags, 'service')] },
    cost: {
      focus: [{ path: 'bills', every: 3600 }],
      top_services: 10_000,
      invoices: invoices.map(({ rounding: _, ...invoice }) => invoice),
    },
  });
  const offset = Date.now() - at.getTime();
  const plumbline = await startPlumbline(t, configFile, () => new Date(Date.now() - offset));
  await readAgain(plumbline);
  return plumbline;
}

const of = (query: Query, { instance }: Case): string =>
  promqlText(query).replace(/\bfinops_\w+/, name => `${name}{instance="${instance}"}`);

async function values(url: string, each: Case, query: Query, labels: readonly string[]): Promise<Map<string, number>> {
  const found = await promQuery(url, of(query, each));
  const sums = new Map<string, number>();
  for (const { labels: has, value } of found) {
    const key = JSON.stringify(labels.map(label => has[label] ?? ''));
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return sums;
}

const money = ['team', 'service', 'currency', 'cost_basis'];

/** What was stamped with each day, and how many recent days there are of each finality. */
async function assertFinality(url: string, each: Case, settled: boolean): Promise<ReadonlySet<string>> {
  const expected = await finalities(each.bill, each.file, settled, each.at);
  const keys = [...expected.keys()].map(key => JSON.parse(key) as [string, string, string]);
  const days = keys.map(([, day]) => day).sort();
  const range = { start: new Date(`${days[0]}T00:00:00Z`), end: new Date(`${days.at(-1)}T00:00:00Z`), step: 86_400 };
  const recent = new Map<string, Expected>();
  for (const [provider, day, finality] of keys) {
    if (each.at.getTime() - Date.parse(day) >= 63 * dayMs) continue;
    const key = JSON.stringify([provider, finality]);
    recent.set(key, { value: (recent.get(key)?.value ?? 0) + 1, tolerance: 0 });
  }
  await eventually(async () => {
    const series = await promQueryRange(url, of(dayBars(dayFinality), each), range);
    const stamped = series.flatMap(({ labels, values: samples }) =>
      samples.map(({ at, value }) => {
        const day = new Date(at * 1000).toISOString().slice(0, 10);
        return [JSON.stringify([labels.provider, day, labels.finality]), value] as const;
      }),
    );
    assertSame(new Map(stamped), expected, `${each.instance}, finality by day`);
    assertSame(
      await values(url, each, latest(openDays), ['provider', 'finality']),
      recent,
      `${each.instance}, finality`,
    );
  });
  return new Set(keys.map(([, , finality]) => finality));
}

async function assertMonthToDate(t: TestContext, url: string, each: Case): Promise<void> {
  const { bill, file, at } = each;
  await writeShifted(bill, file, month, true);
  if (bill.statements) await writeStatements(bill.statements, each.statements, month);
  const plumbline = await serve(t, each, url);
  const expected = await monthSums(bill, file, month, at);
  await eventually(async () => {
    assertSame(await values(url, each, latest(monthToDate), money), expected, `${each.instance}, month to date`);
  });
  // The period is said to be closed, or has invoices, and yet it goes on.
  const later = await assertFinality(url, each, true);
  if (!bill.name.startsWith('fixture'))
    assert.ok(!later.has('closed'), `${each.instance}: a day of the month is closed`);
  await plumbline.stop();
}

async function assertMonthBefore(t: TestContext, url: string, each: Case): Promise<void> {
  const { bill, file, at } = each;
  const state = async (settled: boolean, status?: string) => {
    // One dataset alone says it: where there are statements, no line bears an invoice id.
    await writeShifted(bill, file, monthBefore, settled && !bill.statements);
    if (bill.statements) await writeStatements(bill.statements, each.statements, monthBefore, status);
  };
  await state(false, 'Open');
  const exact = await invoicesOf(bill, file, monthBefore, 1);
  const plumbline = await serve(t, each, url, exact);
  assert.ok(!(await assertFinality(url, each, false)).has('closed'), `${each.instance}: closed too early`);

  const expected = await monthSums(bill, file, monthBefore, at);
  await eventually(async () => {
    assertSame(await values(url, each, latest(previousMonth), money), expected, `${each.instance}, previous month`);
    const begun = await values(url, each, latest(monthToDate), money);
    assert.deepEqual(
      [...begun.values()].filter(value => value !== 0),
      [],
      `${each.instance}: no day is complete yet`,
    );
    assert.ok(begun.size > 0, `${each.instance}: who had cost last month is there at 0`);
  });

  await state(true);
  await readAgain(plumbline);
  assert.ok((await assertFinality(url, each, true)).has('closed'), `${each.instance}: nothing is closed`);
  if (bill.statements) {
    await state(false, 'Open');
    await readAgain(plumbline);
    assert.ok(!(await assertFinality(url, each, false)).has('closed'), `${each.instance}: not opened again`);
  }

  await assertGap(url, each, exact, 0);
  await plumbline.stop();
  const off = await invoicesOf(bill, file, monthBefore, 1.02);
  const again = await serve(t, each, url, off);
  await assertGap(url, each, off, 0.02);
  await again.stop();
}

/** The gap of each invoice, and that the alert's expression holds where there is one. */
async function assertGap(url: string, each: Case, invoices: readonly Invoice[], gap: number): Promise<void> {
  const keyOf = ({ provider, billing_account, currency }: Invoice) =>
    JSON.stringify([provider, billing_account, currency]);
  const expected = new Map<string, Expected>(
    invoices.map(invoice => [keyOf(invoice), { value: gap, tolerance: (gap || 1) * 1e-9 + invoice.rounding }]),
  );
  const labels = ['provider', 'billing_account', 'currency'];
  const alert = allAlerts.find(({ name }) => name === 'ReconciliationGap');
  assert.ok(alert);
  await eventually(async () => {
    const found = await values(url, each, latest(reconciliationGap), labels);
    assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort(), `${each.instance}, invoices`);
    assertSame(found, expected, `${each.instance}, gap`);
    const holds = await values(url, each, alert.expr, labels);
    assert.deepEqual([...holds.keys()].sort(), gap === 0 ? [] : [...expected.keys()].sort(), `${each.instance}, alert`);
  });
}

test('month to date, the month before, closing and invoices are those of a file moved by whole months', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const port = await freePort();
  const bills = monthBills(t, temporary(t));
  const cases = await Promise.all(bills.flatMap(bill => [caseOf(t, bill, inMonth), caseOf(t, bill, firstOfMonth)]));
  const instances = Object.fromEntries(cases.map(({ instance, port: own }) => [instance, own]));
  const { url } = await startScraping(t, { instances, window: true, port });
  for (const each of cases) await (each.at === inMonth ? assertMonthToDate : assertMonthBefore)(t, url, each);
});
