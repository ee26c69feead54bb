/** What /teams/TEAM tells of delivery: DORA's five metrics, each with its n and its own past. */
import type { TeamSeries } from '../core/team/page-series.ts';
import type { TeamReader } from '../core/team/reader.ts';
import type { Amount, TeamNumber, TeamSection, TeamTable } from '../core/team/section.ts';
import { countOf, earliestOf, highestOf, select, sumOf, valuesOf } from '../core/team/select.ts';
import {
  changeDeployments,
  changeFailRatio,
  changeLeadTimeQuantile,
  deploymentReworkRatio,
  deployments,
  failedDeploymentRecoveryQuantile,
  lastDeployment,
  leadTimeChanges,
  oldestUnrecoveredFailure,
  recoveredDeployments,
  unrecoveredDeployments,
} from './metrics.ts';

const month = { window: '30d' } as const;
const quarter = { window: '90d' } as const;
const lead = { ...month, clock: 'authored', reach: 'all' } as const;
const median = { percentile: 'p50' } as const;
const success = { outcome: 'success' } as const;
const ago = '30 days ago';
const mostRows = 15;

const seconds = (value: number | undefined): Amount | undefined =>
  value === undefined ? undefined : { value, unit: 'seconds' };
const ratio = (value: number | undefined): Amount | undefined =>
  value === undefined ? undefined : { value, unit: 'ratio' };
const count = (value: number | undefined): Amount | undefined =>
  value === undefined ? undefined : { value, unit: 'count' };
/** What it is told of; of what was never told of there is no 0 either. */
const n = (value: number | undefined, what: string): { readonly detail?: string } =>
  value === undefined ? {} : { detail: `n = ${value.toLocaleString('en')} ${what}` };

export async function deliveryOfTeam(read: TeamReader): Promise<TeamSection> {
  return {
    title: 'Delivery',
    about:
      "DORA's five metrics of the team's deployments to production, over 30 days (recovery: 90, as failures are few). Below the minimum of samples a share or a median is not told.",
    numbers: [...(await five(read)), ...open(read)],
    tables: [services(read)],
    links: [],
  };
}

/** Cancelled ones finished nothing. */
const finishedOf = <Series extends TeamSeries<'outcome'>>(deployed: readonly Series[]): readonly Series[] =>
  deployed.filter(({ labels }) => labels.outcome !== 'cancelled');

async function five(read: TeamReader): Promise<readonly TeamNumber[]> {
  const deployed = read.series(deployments);
  const finished = finishedOf(deployed);
  const [deployedThen, leadThen, failThen, recoveryThen, reworkThen] = [
    await read.daysAgo(deployments, 30),
    await read.daysAgo(changeLeadTimeQuantile.team, 30),
    await read.daysAgo(changeFailRatio.team, 30),
    await read.daysAgo(failedDeploymentRecoveryQuantile.team, 30),
    await read.daysAgo(deploymentReworkRatio.team, 30),
  ];
  const few = 'too few to tell';
  return [
    {
      label: 'Change lead time, median',
      amount: seconds(highestOf(read.series(changeLeadTimeQuantile.team), { ...lead, ...median })),
      absent: few,
      ...n(countOf(read.series(leadTimeChanges), lead), 'changes'),
      before: { value: highestOf(leadThen, { ...lead, ...median }), when: ago },
      better: 'less',
    },
    {
      label: 'Deployments, 30 days',
      amount: count(countOf(deployed, { ...month, ...success })),
      absent: 'nothing was ever deployed that we were told of',
      ...n(countOf(finished, month), 'finished'),
      before: { value: countOf(deployedThen, { ...month, ...success }), when: 'in the 30 days before' },
      better: 'more',
    },
    {
      label: 'Change fail rate',
      amount: ratio(highestOf(read.series(changeFailRatio.team), month)),
      absent: few,
      ...n(countOf(read.series(changeDeployments), month), 'deployments, rollbacks excluded'),
      before: { value: highestOf(failThen, month), when: ago },
      better: 'less',
    },
    {
      label: 'Failed deployment recovery time, median of 90 days',
      amount: seconds(highestOf(read.series(failedDeploymentRecoveryQuantile.team), { ...quarter, ...median })),
      absent: 'too few failures to tell',
      ...n(countOf(read.series(recoveredDeployments), quarter), 'recovered'),
      before: { value: highestOf(recoveryThen, { ...quarter, ...median }), when: ago },
      better: 'less',
    },
    {
      label: 'Deployment rework rate',
      amount: ratio(highestOf(read.series(deploymentReworkRatio.team), month)),
      absent: few,
      ...n(countOf(finished, month), 'finished deployments'),
      before: { value: highestOf(reworkThen, month), when: ago },
      better: 'less',
    },
  ];
}

/** Of what was deployed and never failed there is no series, and none is open. */
const stillFailing = (failing: readonly TeamSeries[], deployed: readonly TeamSeries[]): number | undefined =>
  countOf(failing, {}, failing.length > 0 || sumOf(deployed) > 0);

function open(read: TeamReader): readonly TeamNumber[] {
  const unrecovered = stillFailing(read.series(unrecoveredDeployments), finishedOf(read.series(deployments)));
  const since = earliestOf(read.series(oldestUnrecoveredFailure));
  const last = highestOf(read.series(lastDeployment));
  const isOpen = unrecovered !== undefined && unrecovered > 0;
  return [
    {
      label: 'Failures not recovered',
      amount: count(unrecovered),
      absent: 'nothing was deployed',
      ...(unrecovered !== undefined && {
        verdict: isOpen ? { tone: 'bad', text: 'to be mended' } : { tone: 'good', text: 'none open' },
      }),
      ...(isOpen &&
        since !== undefined && {
          detail: `the oldest since ${new Date(since * 1000).toISOString().slice(0, 10)}`,
          links: [{ text: 'Runbook', href: '/runbooks/RecoveryRunningLong' }],
        }),
    },
    {
      label: 'Last deployment',
      amount: last === undefined ? undefined : { value: last, unit: 'timestamp_seconds' },
      absent: 'none was ever told of',
    },
  ];
}

function services(read: TeamReader): TeamTable {
  const [deployed, last, unrecovered] = [
    read.series(deployments),
    read.series(lastDeployment),
    read.series(unrecoveredDeployments),
  ];
  const leadTimes = select(read.series(changeLeadTimeQuantile.service), { ...lead, ...quarter, ...median });
  const names = valuesOf([...deployed, ...last], 'service');
  const rows = names.map(service => {
    const own = { service };
    const failures = stillFailing(select(unrecovered, own), finishedOf(select(deployed, own)));
    const at = highestOf(last, own);
    return {
      failures: failures ?? 0,
      cells: [
        service || 'no service',
        count(countOf(select(deployed, own), { ...month, ...success })),
        at === undefined ? undefined : ({ value: at, unit: 'timestamp_seconds' } as const),
        seconds(highestOf(leadTimes, own)),
        count(failures),
      ],
      deployed: sumOf(select(deployed, { ...own, ...month, ...success })),
    };
  });
  return {
    caption: 'Services: what is not mended first',
    columns: ['Service', 'Deployments, 30 days', 'Last one', 'Lead time, median of 90 days', 'Failures not recovered'],
    rows: rows
      .toSorted((a, b) => b.failures - a.failures || b.deployed - a.deployed)
      .slice(0, mostRows)
      .map(({ cells }) => cells),
    empty: 'Nothing was deployed that we were told of.',
    more: Math.max(0, rows.length - mostRows),
  };
}
