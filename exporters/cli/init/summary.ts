/** What the new configuration makes of bills and repositories: the real exporters are run into ledgers that are thrown away. */
import { unowned } from '../../catalog/ownership.ts';
import type { Config } from '../../config.ts';
import type { Ledger, Reader } from '../../core/ledger.ts';
import type { RefreshResult } from '../../core/refresh.ts';
import { redactUrl } from '../../core/secrets.ts';
import { readOwnership } from '../../registry.ts';
import { refreshOnce } from '../ledger/refresh.ts';
import { quietLog } from '../log.ts';
import { count } from '../output.ts';
import type { Progress } from '../progress.ts';
import { openSession } from '../session.ts';
import { type DeliverySummary, deliveryLines, summariseDelivery } from './delivery.ts';
import { type PolicySummary, policyLine, summarisePolicy } from './reports.ts';
import { type SupplyChainSummary, summariseSupplyChain, supplyChainLines } from './supply-chain.ts';
import { type SurveySummary, summariseSurveys, surveyLine } from './surveys.ts';

export interface BillSummary {
  readonly rows: number;
  readonly days: number;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly owners: number;
  /** Effective cost by currency, with the part that nobody owns; text of a DECIMAL, and a ratio. */
  readonly currencies: readonly { readonly currency: string; readonly effective: string; readonly unowned: number }[];
}

export interface Summary {
  readonly components: number;
  readonly groups: number;
  readonly catalogRejects: number;
  /** Undefined where there is no bill. */
  readonly bill: BillSummary | undefined;
  /** Undefined where there is no repository. */
  readonly delivery: DeliverySummary | undefined;
  /** Undefined where there are no reports of policies. */
  readonly policy: PolicySummary | undefined;
  /** Undefined where there are no surveys. */
  readonly experience: SurveySummary | undefined;
  /** Undefined where there are neither scans nor bills of materials. */
  readonly supplyChain: SupplyChainSummary | undefined;
  readonly rejected: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  /** Families that are not on the page, and why: more series than their budget, say. */
  readonly refused: readonly string[];
  /** Files that are not in it, each with the reason: broken, or still being written. */
  readonly leftOut: readonly { readonly path: string; readonly state: string; readonly reason: string }[];
  readonly series: number;
  readonly seriesLimit: number;
}

export async function summarise(config: Config, progress: Progress): Promise<Summary> {
  const { catalog } = await readOwnership(config);
  const session = await openSession(config, { log: quietLog(), progress: progress.report });
  try {
    const results: RefreshResult[] = [];
    for (const runtime of session.runtimes) results.push(...(await refreshOnce(runtime, progress)));
    progress.stage('computing the metrics');
    const snapshots = [];
    for (const runtime of session.runtimes) snapshots.push(await runtime.takeSnapshot());
    const leftOut = [];
    for (const { ledger } of session.runtimes) leftOut.push(...(await ledger.read(filesLeftOut)));
    const bills = session.runtimes.find(({ exporter }) => exporter.name === 'cost');
    const delivery = session.runtimes.find(({ exporter }) => exporter.name === 'dora');
    const policy = session.runtimes.find(({ exporter }) => exporter.name === 'policy');
    const experience = session.runtimes.find(({ exporter }) => exporter.name === 'experience');
    const supplyChain = session.runtimes.find(({ exporter }) => exporter.name === 'supply-chain');
    const kinds = Map.groupBy(catalog.entities.values(), ({ kind }) => kind.toLowerCase());
    const ofBills = new Set(bills?.exporter.sources.map(({ name }) => name));
    return {
      components: kinds.get('component')?.length ?? 0,
      groups: kinds.get('group')?.length ?? 0,
      catalogRejects: catalog.rejects.length,
      bill:
        bills &&
        (await summariseBills(
          bills.ledger,
          results.filter(({ source }) => ofBills.has(source)),
        )),
      delivery: delivery && (await summariseDelivery(delivery.ledger)),
      policy: policy && (await summarisePolicy(policy.ledger)),
      experience: experience && (await summariseSurveys(experience.ledger)),
      supplyChain: supplyChain && (await summariseSupplyChain(supplyChain.ledger)),
      rejected: sumRejected(results),
      errors: results.flatMap(({ error }) => error ?? []),
      refused: session.runtimes.flatMap(runtime => runtime.problems()),
      leftOut,
      series: snapshots.flatMap(({ families }) => families).reduce((sum, family) => sum + family.series, 0),
      seriesLimit: config.series_limit,
    };
  } finally {
    await session.close();
  }
}

async function filesLeftOut(reader: Reader): Promise<Summary['leftOut'][number][]> {
  // A whole file's reject says which column it lacks, or what DuckDB said.
  const files = await reader.all(
    `SELECT path, state, any_value(f.reason) AS reason, any_value(coalesce(r.field, r.value)) AS detail
     FROM files AS f LEFT JOIN rejects AS r ON r.file = f.path AND r.reason = 'file_' || f.reason
     WHERE state IN ('broken', 'waiting') GROUP BY ALL ORDER BY path`,
  );
  return files.map(row => ({
    path: String(row.path),
    state: String(row.state),
    reason: [String(row.reason).replaceAll('_', ' '), row.detail].filter(Boolean).join(' '),
  }));
}

async function summariseBills(ledger: Ledger, results: readonly RefreshResult[]): Promise<BillSummary> {
  const { span, currencies } = await ledger.read(async reader => ({
    span: (
      await reader.all(
        `SELECT count(DISTINCT charge_day)::INTEGER AS days, min(charge_day) AS first_day, max(charge_day) AS last_day,
                count(DISTINCT team) FILTER (team <> $unowned)::INTEGER AS owners FROM allocations`,
        { unowned },
      )
    )[0],
    currencies: await reader.all(
      `SELECT currency, sum(effective)::DECIMAL(38, 2)::VARCHAR AS effective,
              coalesce(sum(effective) FILTER (team = $unowned)::DOUBLE / nullif(sum(effective)::DOUBLE, 0), 0) AS unowned
       FROM allocations GROUP BY currency ORDER BY sum(effective) DESC, currency`,
      { unowned },
    ),
  }));
  return {
    rows: results.reduce((sum, { records }) => sum + records, 0),
    days: Number(span?.days ?? 0),
    firstDay: String(span?.first_day ?? ''),
    lastDay: String(span?.last_day ?? ''),
    owners: Number(span?.owners ?? 0),
    currencies: currencies.map(row => ({
      currency: String(row.currency),
      effective: String(row.effective),
      unowned: Number(row.unowned),
    })),
  };
}

function sumRejected(results: readonly RefreshResult[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [reason, n] of results.flatMap(({ rejected }) => Object.entries(rejected)))
    sums[reason] = (sums[reason] ?? 0) + n;
  return sums;
}

/** So many files are named one by one. */
const mostNamed = 20;

/** What was not read: whole files, records by reason, and what stopped it all. */
export function problemLines(summary: Summary): string[] {
  // A file that is left out is counted among the rejects too.
  const rejects = Object.entries(summary.rejected).filter(([reason, n]) => n > 0 && !reason.startsWith('file_'));
  const told = summary.leftOut.map(({ state, ...one }) => ({
    ...one,
    word: state === 'waiting' ? 'waiting' : 'left out',
  }));
  // Of a folder of all sorts, the reasons with a few names each: check names them all.
  const reasons = Map.groupBy(told, ({ word, reason }) => `${word}\n${reason}`);
  return [
    ...(told.length <= mostNamed
      ? told.map(({ word, path, reason }) => `${word.padEnd(12)} ${path}: ${reason}`)
      : [...reasons.values()]
          .toSorted((a, b) => b.length - a.length)
          .map(own => {
            const { word, reason, path } = own[0]!;
            return own.length === 1
              ? `${word.padEnd(12)} ${path}: ${reason}`
              : `${word.padEnd(12)} ${count(own.length, 'file')}: ${reason}, such as ${path}`;
          })),
    ...rejects.map(
      ([reason, n]) =>
        `rejected     ${count(n, reason.startsWith('file_') ? 'file' : 'record')}: ${reason.replace(/^file_/, '').replaceAll('_', ' ')}`,
    ),
    ...summary.errors.map(error => `error        ${error}`),
  ];
}

/** `prometheus` is the server that was named to write to. */
export function summaryText(file: string, summary: Summary, prometheus?: string): string {
  const number = (n: number) => n.toLocaleString('en-US');
  const lines = [
    `wrote ${file}`,
    '',
    `catalog      ${count(summary.components, 'component')}, ${count(summary.groups, 'group')}${summary.catalogRejects > 0 ? `; ${count(summary.catalogRejects, 'problem')}, see plumbline check` : ''}`,
    ...(summary.bill === undefined ? [] : [billLine(summary.bill)]),
    ...problemLines(summary),
    ...(summary.bill === undefined ? [] : ownerLines(summary.bill)),
    ...(summary.delivery === undefined ? [] : deliveryLines(summary.delivery)),
    ...(summary.policy === undefined ? [] : [policyLine(summary.policy)]),
    ...(summary.experience === undefined ? [] : [surveyLine(summary.experience)]),
    ...(summary.supplyChain === undefined ? [] : supplyChainLines(summary.supplyChain)),
    `series       ${number(summary.series)} of ${number(summary.seriesLimit)}`,
    ...summary.refused.map(problem => `refused      ${problem}`),
    '',
    'next: see who owns what in the file, then',
    ...(prometheus === undefined
      ? []
      : [`  npx plumbline check --config ${file} --prometheus ${redactUrl(prometheus)}`]),
    `  npx plumbline serve --config ${file}`,
  ];
  return `${lines.join('\n')}\n`;
}

const billLine = ({ rows, days, firstDay, lastDay }: BillSummary) =>
  `bill         ${count(rows, 'row')}, ${days === 0 ? 'no day' : `${count(days, 'day')} from ${firstDay} to ${lastDay}`}`;

const ownerLines = ({ owners, rows, currencies }: BillSummary) => [
  `owners       ${count(owners, 'team')}${owners === 0 && rows > 0 ? '; no tag, account or resource names a team of the catalog, so write a rule that does' : ''}`,
  ...currencies.map(
    ({ currency, effective, unowned: share }) =>
      `unallocated  ${(share * 100).toFixed(1)} % of ${effective} ${currency}`,
  ),
];
