/** What /teams/TEAM tells of the supply chain: what has to be remedied by when, and what the team can prove. */
import type { TeamSeries } from '../core/team/page-series.ts';
import type { LabelOf, TeamReader } from '../core/team/reader.ts';
import type { Amount, TeamLink, TeamNumber, TeamSection, TeamTable, Verdict } from '../core/team/section.ts';
import { countOf, earliestOf, highestOf, select, sumOf, valuesOf } from '../core/team/select.ts';
import { severities } from '../findings/report.ts';
import {
  exploitedFindings,
  findings,
  gateImages,
  imagesByProvenance,
  imagesBySbom,
  imagesByScan,
  imagesBySignature,
  listedExploited,
  oldestFinding,
  runningImages,
  slaFindings,
  slaNextDue,
} from './metrics.ts';

const open = { state: 'open' } as const;
const vulnerable = { ...open, class: 'vulnerability' } as const;
const grave = { ...vulnerable, severity: ['critical', 'high'] } as const;
/** What is not scanned any more counts as it was last seen. */
const breached = { state: ['open', 'unknown'], status: 'breached' } as const;
const scanned = { status: ['fresh', 'partial', 'stale'] } as const;
const ago = '30 days ago';
const notScanned = 'nothing of this team was scanned';
const nothingRuns = 'nothing says what it runs';

const count = (value: number | undefined): Amount | undefined =>
  value === undefined ? undefined : { value, unit: 'count' };

/** A findings' list, or the images'. */
type List = (text: string, query: Readonly<Record<string, string>>) => TeamLink;
const listOf =
  (name: 'findings' | 'images', team: string): List =>
  (text, query) => ({ text, href: `/api/supply-chain/${name}?${new URLSearchParams({ team, ...query })}` });

export async function supplyChainOfTeam(read: TeamReader): Promise<TeamSection> {
  const list = listOf('findings', read.team);
  return {
    title: 'Supply chain',
    about:
      'Findings of what the team runs, and of its repositories. Shares are of running images, each content once for a service and environment.',
    numbers: [...(await toRemedy(read, list)), ...proofs(read), gate(read)],
    tables: [bySeverity(read, list)],
    links: [list('All findings', {}), listOf('images', read.team)('Its images', {})],
  };
}

/** Nothing found is 0 as long as any of its images was scanned. */
const isScanned = (images: readonly TeamSeries<LabelOf<typeof imagesByScan>>[], found: readonly TeamSeries[]) =>
  found.length > 0 || sumOf(select(images, scanned)) > 0;

async function toRemedy(read: TeamReader, list: List): Promise<readonly TeamNumber[]> {
  const [found, limits, exploited] = [read.series(findings), read.series(slaFindings), read.series(exploitedFindings)];
  const is = isScanned(read.series(imagesByScan), found);
  const [foundThen, limitsThen, exploitedThen, scansThen] = [
    await read.daysAgo(findings, 30),
    await read.daysAgo(slaFindings, 30),
    await read.daysAgo(exploitedFindings, 30),
    await read.daysAgo(imagesByScan, 30),
  ];
  const was = isScanned(scansThen, foundThen);
  const isListed = read.isMeasured(listedExploited);
  const known = isListed ? countOf(exploited, open, is) : undefined;
  const late = countOf(limits, breached, is);
  const due = earliestOf(read.series(slaNextDue));
  return [
    {
      label: 'Known to be exploited',
      amount: count(known),
      absent: is ? 'no KEV list was read' : notScanned,
      ...(isListed && { before: { value: countOf(exploitedThen, open, was), when: ago } }),
      better: 'less',
      ...act(known, 'attackers use them', [
        list('List them', { ...open, exploited: 'yes' }),
        { text: 'Runbook', href: '/runbooks/KnownExploitedInProduction' },
      ]),
    },
    {
      label: 'Past their SLA',
      amount: count(late),
      absent: notScanned,
      before: { value: countOf(limitsThen, breached, was), when: ago },
      better: 'less',
      ...(is && {
        detail: `vulnerabilities and secrets, those not scanned any more among them${due === undefined ? '' : `; the next is due on ${new Date(due * 1000).toISOString().slice(0, 10)}`}`,
      }),
      ...act(late, 'late', [
        list('List them', { state: 'open,unknown', sla: 'breached' }),
        { text: 'Runbook', href: '/runbooks/FindingsPastLimit' },
      ]),
    },
    {
      label: 'Critical and high vulnerabilities',
      amount: count(countOf(found, grave, is)),
      absent: notScanned,
      before: { value: countOf(foundThen, grave, was), when: ago },
      better: 'less',
      ...(is && { links: [list('List them', { ...vulnerable, severity: 'critical,high' })] }),
    },
    {
      label: 'All open vulnerabilities',
      amount: count(countOf(found, vulnerable, is)),
      absent: notScanned,
      before: { value: countOf(foundThen, vulnerable, was), when: ago },
      better: 'less',
    },
  ];
}

const act = (value: number | undefined, text: string, links: readonly TeamLink[]): Partial<TeamNumber> => {
  if (value === undefined) return {};
  return value > 0 ? { verdict: { tone: 'bad', text }, links } : { verdict: { tone: 'good', text: 'none' } };
};

type ByStatus = typeof imagesByScan | typeof imagesBySbom | typeof imagesBySignature | typeof imagesByProvenance;

function proofs(read: TeamReader): readonly TeamNumber[] {
  const all = sumOf(read.series(runningImages));
  const proof = (label: string, metric: ByStatus, status: string, runbook: string): TeamNumber => {
    const images = sumOf(select(read.series(metric), { status }));
    // Where nobody has looked for signatures, that none is verified is no finding.
    const isLooked = sumOf(select(read.series(metric), { status: 'unknown' })) < all;
    const share = all === 0 || !isLooked ? undefined : images / all;
    return {
      label,
      amount: share === undefined ? undefined : { value: share, unit: 'ratio' },
      absent: all === 0 ? nothingRuns : 'nothing has looked for it',
      better: 'more',
      ...(share !== undefined && {
        detail: `${images.toLocaleString('en')} of n = ${all.toLocaleString('en')} running images`,
        verdict: covered(share),
        ...(share < 1 && { links: [{ text: 'Runbook', href: runbook }] }),
      }),
    };
  };
  return [
    proof('Signature verified', imagesBySignature, 'verified', '/runbooks/UnverifiedImageRunning'),
    proof('Complete SBOM', imagesBySbom, 'complete', '/runbooks/SbomMissing'),
    proof('Scanned in time', imagesByScan, 'fresh', '/runbooks/ImagesUnscanned'),
    proof('Provenance verified', imagesByProvenance, 'verified', '/runbooks/UnverifiedImageRunning'),
  ];
}

/** As on the dashboards. */
function covered(share: number): Verdict {
  if (share >= 0.95) return { tone: 'good', text: share === 1 ? 'all' : 'nearly all' };
  return share >= 0.8 ? { tone: 'warning', text: 'most' } : { tone: 'bad', text: 'too few' };
}

function gate(read: TeamReader): TeamNumber {
  const judged = read.series(gateImages);
  const told = judged.filter(({ labels }) => labels.verdict !== 'unknown');
  const blocked = countOf(judged, { verdict: 'blocked' }, told.length > 0);
  return {
    label: 'Images that the gate would block',
    amount: count(blocked),
    absent: 'no gate, or it could not tell',
    ...(blocked !== undefined &&
      (blocked > 0
        ? {
            verdict: { tone: 'warning', text: 'could not be deployed anew' },
            links: [
              listOf('images', read.team)('List them', { verdict: 'blocked' }),
              { text: 'Runbook', href: '/runbooks/GateNewlyBlocking' },
            ],
          }
        : { verdict: { tone: 'good', text: 'none' } })),
  };
}

function bySeverity(read: TeamReader, list: List): TeamTable {
  const [found, limits, oldest] = [read.series(findings), read.series(slaFindings), read.series(oldestFinding)];
  const standing = select(found, vulnerable).filter(({ value }) => value > 0);
  const next = read.series(slaNextDue);
  return {
    caption: 'Open vulnerabilities by severity',
    columns: ['Severity', 'Open', 'Past SLA', 'Due soon', 'With a fix', 'Oldest opened', 'Next due', 'List'],
    rows: valuesOf(standing, 'severity', severities).map(severity => {
      const own = { severity };
      const limited = select(limits, { ...own, class: 'vulnerability', state: ['open', 'unknown'] });
      const at = (value: number | undefined): Amount | string =>
        value === undefined ? 'none' : { value, unit: 'timestamp_seconds' };
      return [
        severity,
        count(sumOf(select(standing, own))),
        count(sumOf(select(limited, { status: 'breached' }))),
        count(sumOf(select(limited, { status: 'due' }))),
        count(sumOf(select(standing, { ...own, fix: 'available' }))),
        at(highestOf(oldest, { ...own, class: 'vulnerability' })),
        at(highestOf(next, own)),
        list('JSON', { ...vulnerable, severity }),
      ];
    }),
    empty: isScanned(read.series(imagesByScan), found)
      ? 'None is open.'
      : 'Not measured: nothing of this team was scanned.',
  };
}
