import {
  exploitedFindings,
  findings,
  gateImages,
  imagesByProvenance,
  imagesBySbom,
  imagesByScan,
  imagesBySignature,
  remediationMedian,
  runningImages,
  slaFindings,
  slaNextDue,
} from '../../exporters/supply-chain/metrics.ts';
import { notListed, whereListed } from '../common/exploited.ts';
import { notLooked, shareLooked } from '../common/looked.ts';
import { row } from '../lib/dashboard.ts';
import { lines, stat, table } from '../lib/panels.ts';
import {
  earlier,
  latest,
  maxBy,
  minBy,
  minus,
  not,
  oneOf,
  or,
  type Query,
  sum,
  sumBy,
  times,
  until,
} from '../lib/promql.ts';
import { limitWords } from '../supply-chain/words.ts';
import { anyToActOn, noneAllowed, uncovered } from '../thresholds.ts';
import {
  found,
  images,
  limited,
  list,
  mine,
  nothingRuns,
  notScanned,
  ofRunning,
  orNone,
} from './supply-chain-scope.ts';

const severity = ['severity'] as const;
const breached = { ...limited, status: 'breached' } as const;
const exploited = { ...mine, state: 'open' } as const;
const grave = { ...found, severity: oneOf('critical', 'high') } as const;
const all = { ...mine, class: 'vulnerability' } as const;

/** What is told, under each what it is told of, and below what it was. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

type ByStatus = typeof imagesByScan | typeof imagesBySbom | typeof imagesBySignature | typeof imagesByProvenance;
const share = (of: ByStatus, status: string) =>
  shareLooked(
    sum(latest(of, { ...mine, status })),
    sum(latest(of, { ...mine, status: not('unknown') })),
    sum(latest(runningImages, mine)),
  );

/** 0 where the gate could tell of any of its images. */
const ofGate = (verdict: string) =>
  or(
    sum(latest(gateImages, { ...mine, verdict })),
    times(sum(latest(gateImages, { ...mine, verdict: not('unknown') })), 0),
  );

// A severity of which all was remedied has other states still, or had: it is at 0, so that it is seen to fall.
const now = or(sumBy(severity, latest(findings, found)), times(sumBy(severity, latest(findings, all)), 0));
const then = or(
  sumBy(severity, earlier(findings, '30d', found)),
  times(sumBy(severity, earlier(findings, '30d', all)), 0),
);
const nowOrNone = or(now, times(then, 0));
const ofSeverities = (query: Query<'severity', true>) => or(query, times(nowOrNone, 0));

/** What the team has to remedy, by when, and what it can prove, each beside its own past. */
export const supplyChain = row(
  'Supply chain of $team',
  stat({
    title: 'Past limit',
    description:
      'What should the team have remedied by now? Vulnerabilities and secrets, those that are not scanned any more among them. The number leads to the list.',
    query: orNone(sum(latest(slaFindings, breached))),
    thresholds: noneAllowed,
    otherwise: 'good',
    more: list('List what is past its limit', { sla: 'breached', state: 'open,unknown' }),
    whenEmpty: notScanned,
    ...told,
  }),
  stat({
    title: 'Exploited',
    description: 'What of it do attackers use already? Open vulnerabilities that KEV lists.',
    query: whereListed(orNone(sum(latest(exploitedFindings, exploited)))),
    thresholds: noneAllowed,
    otherwise: 'good',
    more: list('List what is exploited', { state: 'open', exploited: 'yes' }),
    whenEmpty: notListed,
    ...told,
  }),
  stat({
    title: 'Critical, high',
    description: 'How many open vulnerabilities are of critical or high severity?',
    query: orNone(sum(latest(findings, grave))),
    more: list('List critical and high ones', { state: 'open', class: 'vulnerability', severity: 'critical,high' }),
    whenEmpty: notScanned,
    ...told,
  }),
  stat({
    title: 'Scanned in time',
    description: 'Of how many of its running images is it known? Those whose newest scan is whole and not too old.',
    query: share(imagesByScan, 'fresh'),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: nothingRuns,
    ...told,
  }),
  stat({
    title: 'Signature verified',
    description: 'How many of its running images are its own, provably?',
    query: share(imagesBySignature, 'verified'),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: notLooked,
    ...told,
  }),
  stat({
    title: 'Gate blocks',
    description: 'What does it run that could not be deployed anew?',
    query: ofGate('blocked'),
    thresholds: anyToActOn,
    otherwise: 'good',
    more: images('List what the gate blocks', { verdict: 'blocked' }),
    whenEmpty: 'no gate, or it could not tell',
    ...told,
  }),
  stat({
    title: 'Next limit ends in',
    description: 'When does the next of its findings have to be remedied? Those past their limit are not among them.',
    query: until(minBy([], latest(slaNextDue, mine))),
    whenEmpty: 'none',
    ...over,
  }),
  stat({
    title: 'Median to remedy',
    description:
      'How long do its vulnerabilities stay? Over those that were open at some time in 90 days, those that still are among them (Kaplan-Meier).',
    query: maxBy([], latest(remediationMedian.team, { ...mine, window: '90d', severity: 'all' })),
    whenEmpty: 'too few resolved',
    ...over,
  }),
  stat({
    title: 'All open',
    description: 'How many of its vulnerabilities are open, whatever their severity?',
    query: orNone(sum(latest(findings, found))),
    more: list('List open vulnerabilities', { state: 'open', class: 'vulnerability' }),
    whenEmpty: notScanned,
    ...over,
  }),
  stat({
    title: 'n: running images',
    description: 'Over how many images are shares told? Each content once for a service and environment.',
    query: sum(latest(runningImages, mine)),
    whenEmpty: nothingRuns,
    ...over,
  }),
  stat({
    title: 'Provenance',
    description: 'Of how many of its running images is it known how they were built?',
    query: share(imagesByProvenance, 'verified'),
    whenEmpty: notLooked,
    ...over,
  }),
  stat({
    title: 'No whole SBOM',
    description: 'Of how many of its images could it not say what is in them? None, an old or an incomplete one.',
    query: ofRunning(sum(latest(imagesBySbom, { ...mine, status: not('complete') }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: nothingRuns,
    ...over,
  }),
  table({
    title: 'Its vulnerabilities by severity',
    description:
      'What does the team have to remedy, and does that grow? Open vulnerabilities, how many more than 30 days ago, past their limit, due soon, and those that a known version remedies. A click on a severity lists them.',
    columns: [
      {
        label: 'severity',
        title: 'Severity',
        links: list('List what is open', { state: 'open', class: 'vulnerability', severity: `\${__value.raw}` }),
      },
    ],
    values: [
      { title: 'Open', query: nowOrNone },
      { title: 'Change, 30 d', query: or(minus(nowOrNone, then), now) },
      {
        title: 'Past limit',
        query: ofSeverities(sumBy(severity, latest(slaFindings, { ...breached, class: 'vulnerability' }))),
        thresholds: noneAllowed,
      },
      {
        title: 'Due',
        query: ofSeverities(
          sumBy(severity, latest(slaFindings, { ...limited, class: 'vulnerability', status: 'due' })),
        ),
      },
      { title: 'With a fix', query: ofSeverities(sumBy(severity, latest(findings, { ...found, fix: 'available' }))) },
    ],
    compact: true,
    whenEmpty: 'no vulnerabilities',
    width: 12,
    height: 12,
  }),
  lines({
    title: 'Found, by its limit',
    description: 'Does the team keep what was promised? What is not scanned any more is counted as it was last seen.',
    queries: Object.keys(limitWords).map(status => ({
      query: orNone(sum(latest(slaFindings, { ...limited, status }))),
      name: status,
    })),
    words: limitWords,
    whenEmpty: notScanned,
    width: 6,
    height: 12,
  }),
  lines({
    title: 'What it knows of its images',
    description: 'Does the team know and prove more of what it runs than it did? Shares of its running images.',
    queries: [
      { query: share(imagesByScan, 'fresh'), name: 'scanned in time' },
      {
        query: share(imagesBySbom, 'complete'),
        name: 'complete SBOM',
      },
      { query: share(imagesBySignature, 'verified'), name: 'signature verified' },
      {
        query: share(imagesByProvenance, 'verified'),
        name: 'provenance verified',
      },
    ],
    whenEmpty: nothingRuns,
    width: 6,
    height: 12,
  }),
);
