/** What /teams/TEAM tells of policy: what is violated, how gravely, for how long, and where each is listed. */
import type { TeamSeries } from '../core/team/page-series.ts';
import type { LabelOf, TeamReader } from '../core/team/reader.ts';
import type { Amount, TeamLink, TeamNumber, TeamSection, TeamTable } from '../core/team/section.ts';
import { countOf, earliestOf, highestOf, select, sumOf, valuesOf } from '../core/team/select.ts';
import { severities } from '../findings/report.ts';
import {
  exceptions,
  nextExceptionExpiry,
  oldestViolation,
  remediationMedian,
  results,
  ruleViolations,
  services,
  violations,
} from './metrics.ts';

const open = { state: 'open' } as const;
const grave = ['critical', 'high'] as const;
const mostRows = 10;
const ago = '30 days ago';
const unseen = 'no policy looks at this team';

const count = (value: number | undefined): Amount | undefined =>
  value === undefined ? undefined : { value, unit: 'count' };
const moment = (value: number | undefined): Amount | undefined =>
  value === undefined ? undefined : { value, unit: 'timestamp_seconds' };

type Violations = readonly TeamSeries<LabelOf<typeof violations>>[];

export async function policyOfTeam(read: TeamReader): Promise<TeamSection> {
  const now = read.series(violations);
  const then = await read.daysAgo(violations, 30);
  const isLookedAt = now.length > 0 || read.series(results).length > 0;
  const wasLookedAt = then.length > 0 || (await read.daysAgo(results, 30)).length > 0;
  const list = listOf(read.team);
  return {
    title: 'Policy',
    about: 'Violations of the newest reports. What is in enforce mode would be refused if it were deployed anew.',
    numbers: [
      {
        label: 'Open violations',
        amount: count(countOf(now, open, isLookedAt)),
        absent: unseen,
        before: { value: countOf(then, open, wasLookedAt), when: ago },
        better: 'less',
        ...(isLookedAt && { links: [list('List them', { state: 'open' })] }),
      },
      {
        label: 'Of these critical or high',
        amount: count(countOf(now, { ...open, severity: grave }, isLookedAt)),
        absent: unseen,
        before: { value: countOf(then, { ...open, severity: grave }, wasLookedAt), when: ago },
        better: 'less',
      },
      enforced(now, isLookedAt, list),
      ...others(read, now, isLookedAt, list),
    ],
    tables: [bySeverity(read, now, { isLookedAt, list }), byPolicy(read, isLookedAt)],
    links: isLookedAt ? [list('All findings', {}), list('What is excepted', { state: 'excepted' })] : [],
  };
}

type List = (text: string, query: Readonly<Record<string, string>>) => TeamLink;

const listOf =
  (team: string): List =>
  (text, query) => ({ text, href: `/api/policy/findings?${new URLSearchParams({ team, ...query })}` });

function enforced(now: Violations, isLookedAt: boolean, list: List): TeamNumber {
  const where = { ...open, enforcement: 'enforce' } as const;
  const value = countOf(now, where, isLookedAt);
  return {
    label: 'In enforce mode',
    amount: count(value),
    absent: unseen,
    ...(value !== undefined &&
      (value > 0
        ? {
            verdict: { tone: 'warning', text: 'would be refused' },
            links: [list('List them', where), { text: 'Runbook', href: '/runbooks/NewEnforcedViolations' }],
          }
        : { verdict: { tone: 'good', text: 'none' } })),
  };
}

function others(read: TeamReader, now: Violations, isLookedAt: boolean, list: List): readonly TeamNumber[] {
  const excepted = read.series(exceptions);
  const deciding = countOf(excepted, { status: ['expiring', 'expired_applied'] }, isLookedAt || excepted.length > 0);
  const next = earliestOf(read.series(nextExceptionExpiry));
  const covered = read.series(services);
  const all = sumOf(covered);
  const unknown = countOf(now, { state: 'unknown' }, isLookedAt);
  return [
    {
      label: 'Exceptions to decide on',
      amount: count(deciding),
      absent: unseen,
      ...(next !== undefined && { detail: `the next ends on ${new Date(next * 1000).toISOString().slice(0, 10)}` }),
      ...(deciding !== undefined &&
        deciding > 0 && {
          verdict: { tone: 'warning', text: 'expiring, or expired and still applied' },
          links: [{ text: 'Runbook', href: '/runbooks/ExceptionExpiring' }],
        }),
    },
    {
      label: 'Remediated in, median of 90 days, open ones counted',
      amount: ((value?: number) => (value === undefined ? undefined : { value, unit: 'seconds' as const }))(
        highestOf(read.series(remediationMedian.team), { severity: 'all', window: '90d' }),
      ),
      absent: 'too few, or most are never resolved',
    },
    {
      label: 'Services looked at',
      amount: all === 0 ? undefined : { value: sumOf(select(covered, { coverage: 'covered' })) / all, unit: 'ratio' },
      absent: 'the catalog gives the team no services',
      ...(all > 0 && { detail: `of n = ${all.toLocaleString('en')} services in the catalog` }),
    },
    {
      label: 'Not known any more',
      amount: count(unknown),
      absent: unseen,
      ...(unknown !== undefined && { detail: 'was violated, and is not looked at now: neither open nor mended' }),
      ...(unknown !== undefined && unknown > 0 && { links: [list('List them', { state: 'unknown' })] }),
    },
  ];
}

function bySeverity(
  read: TeamReader,
  now: Violations,
  { isLookedAt, list }: { readonly isLookedAt: boolean; readonly list: List },
): TeamTable {
  const oldest = read.series(oldestViolation);
  const standing = select(now, open).filter(({ value }) => value > 0);
  return {
    caption: 'Open violations by severity',
    columns: ['Severity', 'Open', 'In enforce mode', 'Oldest opened', 'List'],
    rows: valuesOf(standing, 'severity', severities).map(severity => {
      const own = select(standing, { severity });
      return [
        severity,
        count(sumOf(own)),
        count(sumOf(select(own, { enforcement: 'enforce' }))),
        moment(highestOf(oldest, { severity })),
        list('JSON', { state: 'open', severity }),
      ];
    }),
    empty: isLookedAt ? 'Nothing is violated.' : `Not measured: ${unseen}.`,
  };
}

function byPolicy(read: TeamReader, isLookedAt: boolean): TeamTable {
  const rules = [...read.series(ruleViolations)]
    .filter(({ value }) => value > 0)
    .sort(
      (a, b) =>
        Number(b.labels.enforcement === 'enforce') - Number(a.labels.enforcement === 'enforce') || b.value - a.value,
    );
  return {
    caption: 'What to mend first: enforced policies, then those violated most',
    columns: ['Policy', 'Engine', 'Mode', 'Open', 'List'],
    rows: rows(rules, read.team),
    empty: isLookedAt ? 'No policy is violated.' : `Not measured: ${unseen}.`,
    more: Math.max(0, rules.length - mostRows),
  };
}

const rows = (rules: readonly TeamSeries<LabelOf<typeof ruleViolations>>[], team: string) =>
  rules.slice(0, mostRows).map(({ labels: { policy = '', engine = '', enforcement = '' }, value }) => [
    policy,
    engine,
    enforcement,
    count(value),
    // Policies beyond the setting are one series that names none.
    policy === 'other' ? '' : listOf(team)('JSON', { state: 'open', policy, enforcement }),
  ]);
