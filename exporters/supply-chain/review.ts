/** The supply-chain part of the monthly retrospective, for `plumbline review`: all teams together, and one text a team. */
import type { ReviewAsked, ReviewPart } from '../core/exporter.ts';
import type { Ledger, Row } from '../core/ledger.ts';
import type { Metric } from '../core/metric.ts';
import { prepareInstants } from '../core/views.ts';
import { percent, span, table } from '../formats/markdown.ts';
import {
  exceptions,
  exploitedFindings,
  findings,
  findingsOpened,
  findingsReopened,
  findingsResolved,
  imagesBySbom,
  imagesByScan,
  imagesBySignature,
  remediationMedian,
  runningImages,
  signerChanges,
  slaFindings,
} from './metrics.ts';

const families = {
  ...{ opened: findingsOpened, reopened: findingsReopened, resolved: findingsResolved, signers: signerChanges },
  ...{ findings, exploited: exploitedFindings, sla: slaFindings, exceptions, images: runningImages },
  ...{ scans: imagesByScan, sboms: imagesBySbom, signatures: imagesBySignature },
  ...{ team: remediationMedian.team, organisation: remediationMedian.organisation },
} as const satisfies Readonly<Record<string, Metric>>;
type Family = keyof typeof families;

/** Rows of each family at the ends of the month before the last, of the last and of the month, in that order. */
type Facts = Readonly<Record<Family, readonly (readonly Row[])[]>>;

const none = '–';

/** Empty where the month, or the team that is asked for, has nothing of the supply chain. Of a month that is over. */
export async function reviewSupplyChain(
  ledger: Ledger,
  { month, team }: ReviewAsked,
  facts: readonly string[],
): Promise<readonly ReviewPart[]> {
  const start = new Date(`${month}-01T00:00:00Z`);
  const monthsOn = (months: number) => new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1));
  const read = await readFamilies(ledger, facts, [monthsOn(-1), start, monthsOn(1)]);
  const rows = (['opened', 'resolved', 'findings', 'images'] as const).flatMap(name => read[name].flat());
  const teams = [...new Set(rows.map(row => String(row.team)))].sort();
  const before = monthsOn(-1).toISOString().slice(0, 7);
  const text = (name: string | undefined) =>
    `# Supply chain review ${month}: ${name ?? 'all teams'}\n\n${numbers(read, name, before, month)}\n`;
  if (team !== undefined) return teams.includes(team) ? [{ team, text: text(team) }] : [];
  if (teams.length === 0) return [];
  return [{ text: text(undefined) }, ...teams.map(name => ({ team: name, text: text(name) }))];
}

const readFamilies = (ledger: Ledger, facts: readonly string[], instants: readonly Date[]): Promise<Facts> =>
  ledger.read(async reader => {
    const read: { [name in Family]?: (readonly Row[])[] } = {};
    for (const [name, metric] of Object.entries(families) as [Family, Metric][]) {
      await prepareInstants(reader, facts, metric, { instants });
      const rows = await reader.all(`SELECT * FROM (${metric.sql}) WHERE value IS NOT NULL`);
      read[name] = instants.map(at => {
        const text = at.toISOString().replace('T', ' ').slice(0, 19);
        return rows.filter(row => String(row.ts).startsWith(text));
      });
    }
    return read as Facts;
  });

function numbers(facts: Facts, team: string | undefined, before: string, month: string): string {
  const at = (family: Family, end: 0 | 1 | 2, keeps: (row: Row) => boolean = () => true) =>
    (facts[family][end] ?? [])
      .filter(row => (team === undefined || row.team === team) && keeps(row))
      .reduce((sum, row) => sum + Number(row.value), 0);
  const both = (cell: (end: 1 | 2) => string): readonly [string, string] => [cell(1), cell(2)];
  const within = (family: Family, keeps?: (row: Row) => boolean) =>
    both(end => String(at(family, end, keeps) - at(family, end === 1 ? 0 : 1, keeps)));
  const atEnd = (family: Family, keeps?: (row: Row) => boolean) => both(end => String(at(family, end, keeps)));
  const share = (family: Family, keeps: (row: Row) => boolean) =>
    both(end => {
      const all = at('images', end);
      return all === 0 ? none : `${percent(at(family, end, keeps) / all)} of ${all}`;
    });
  const isOpen = ({ state }: Row) => state === 'open';
  const median = (end: 1 | 2) => {
    const row = (facts[team === undefined ? 'organisation' : 'team'][end] ?? []).find(
      one => one.severity === 'all' && one.window === '90d' && (team === undefined || one.team === team),
    );
    return row === undefined ? none : span(Number(row.value));
  };
  const rows: readonly (readonly string[])[] = [
    ['Findings opened', ...within('opened')],
    ['Findings opened again', ...within('reopened')],
    ['Findings resolved', ...within('resolved')],
    ['Open at its end', ...atEnd('findings', isOpen)],
    [
      'of them critical or high',
      ...atEnd('findings', row => isOpen(row) && /^(critical|high)$/.test(String(row.severity))),
    ],
    ['of them with a fix', ...atEnd('findings', row => isOpen(row) && row.fix === 'available')],
    ['of them known to be exploited', ...atEnd('exploited', isOpen)],
    ['of them past their limit', ...atEnd('sla', row => isOpen(row) && row.status === 'breached')],
    ['Not known any more at its end', ...atEnd('findings', ({ state }) => state === 'unknown')],
    ['Exceptions in force at its end', ...atEnd('exceptions', ({ status }) => status !== 'expired')],
    ['Median time to remediate (90 days)', ...both(median)],
    ['Running images that are scanned', ...share('scans', ({ status }) => status === 'fresh' || status === 'partial')],
    ['with a complete bill of materials', ...share('sboms', ({ status }) => status === 'complete')],
    ['with a verified signature', ...share('signatures', ({ status }) => status === 'verified')],
    ['Contents that someone else signed', ...within('signers')],
  ];
  return `## Supply chain\n\n${table(['', before, month], rows)}\n\n${none} is too few to tell, or fewer than half resolved; of images, that none runs. The median is of vulnerabilities, and counts what still is open too (Kaplan-Meier).`;
}
