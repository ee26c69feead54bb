import {
  exceptions,
  findings,
  findingsByAge,
  findingsOpened,
  findingsReopened,
  findingsResolved,
  gateBlocked,
  imagesBySbom,
  imagesByScan,
  imagesBySignature,
  licenseFindings,
  remediationEpisodes,
  remediationMedian,
  runningImages,
  sbomGaps,
  scannerDisagreements,
  scans,
  slaFindings,
  unresolvedAfter30d,
  watchImages,
} from '../../exporters/supply-chain/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { ordered, table } from '../lib/panels.ts';
import { compare, eventsWithin, latest, maxBy, oneOf, or, type Query, sum, sumBy, times } from '../lib/promql.ts';
import { openedWithin } from '../policy/scope.ts';
import { classWords, exceptionWords, gapWords, modeWords } from '../supply-chain/words.ts';
import { anyToActOn, noneAllowed } from '../thresholds.ts';
import { team } from '../variables.ts';
import { found, images, limited, list, mine, nothingRuns, notScanned, quarter } from './supply-chain-scope.ts';

const service = ['service', 'environment'] as const;
const severity = ['severity'] as const;
const scanner = ['scanner'] as const;
const rule = ['mode', 'rule', 'environment'] as const;
const exception = ['class', 'status'] as const;
const ages = ['0-7d', '7-30d', '30-90d', '90-365d', '365d+'] as const;
const vulnerabilities = { team, class: 'vulnerability' } as const;
const running = sumBy(service, latest(runningImages, mine));
/** 0 where a service runs anything. */
const ofServices = (query: Query<(typeof service)[number], true>) => or(query, times(running, 0));
const resolved = (reason?: string) =>
  sumBy(
    severity,
    eventsWithin(findingsResolved, '30d', { ...vulnerabilities, ...(reason === undefined ? {} : { reason }) }),
  );
const excepted = sumBy(exception, latest(exceptions, mine));
const scannersOf = maxBy(scanner, latest(scans, mine));
const byScanner = (status: string) => or(maxBy(scanner, latest(scans, { team, status })), times(scannersOf, 0));

/** Its services, scanners, exceptions and what the gate would say, one by one. */
export const supplyChainDetails = details(
  "Details: the team's supply chain",
  table({
    title: 'Images of its services',
    description:
      'Which service has what to remedy, and is it known? Its running images, those without a scan in time, without a complete bill of materials and without a verified signature; what is past its limit, and open vulnerabilities.',
    columns: [
      { label: 'service', title: 'Service' },
      { label: 'environment', title: 'Environment' },
    ],
    values: [
      {
        title: 'Past limit',
        query: ofServices(sumBy(service, latest(slaFindings, { ...limited, status: 'breached' }))),
        thresholds: noneAllowed,
      },
      {
        title: 'Critical, high',
        query: ofServices(sumBy(service, latest(findings, { ...found, severity: oneOf('critical', 'high') }))),
      },
      { title: 'Open', query: ofServices(sumBy(service, latest(findings, found))) },
      { title: 'Images', query: running },
      {
        title: 'Not scanned',
        query: ofServices(sumBy(service, latest(imagesByScan, { team, status: oneOf('never', 'stale', 'failed') }))),
        thresholds: anyToActOn,
      },
      {
        title: 'No whole SBOM',
        query: ofServices(
          sumBy(service, latest(imagesBySbom, { team, status: oneOf('missing', 'stale', 'incomplete') })),
        ),
        thresholds: anyToActOn,
      },
      {
        title: 'Not verified',
        query: ofServices(
          sumBy(
            service,
            latest(imagesBySignature, { team, status: oneOf('failed', 'claimed', 'unsigned', 'unknown') }),
          ),
        ),
        thresholds: anyToActOn,
      },
    ],
    whenEmpty: nothingRuns,
    more: images('List its images', {}),
    width: 24,
    height: 9,
  }),
  table({
    title: 'How long its vulnerabilities stay, 90 days',
    description:
      'How long, told of how many? n is all that were open at some time in 90 days; the median and the share not resolved after 30 days are over those.',
    columns: [{ label: 'severity', title: 'Severity' }],
    values: [
      { title: 'n', query: sumBy(severity, latest(remediationEpisodes, quarter)) },
      { title: 'Median', query: maxBy(severity, latest(remediationMedian.team, quarter)) },
      { title: 'Left, 30 d', query: maxBy(severity, latest(unresolvedAfter30d.team, quarter)) },
    ],
    compact: true,
    whenEmpty: 'nothing was open',
    width: 8,
    height: 9,
  }),
  table({
    title: 'Found and resolved in 30 days',
    description: 'Does it remedy as much as is found? Exact counts, whether they are still open or not.',
    columns: [{ label: 'severity', title: 'Severity' }],
    values: [
      {
        title: 'Found',
        query: sumBy(severity, openedWithin([findingsOpened, findingsReopened], '30d', vulnerabilities)),
      },
      {
        title: 'Fixed',
        query: or(resolved('fixed'), times(resolved(), 0)),
      },
      {
        title: 'Gone',
        query: or(resolved('gone'), times(resolved(), 0)),
      },
    ],
    compact: true,
    whenEmpty: 'nothing',
    width: 8,
    height: 9,
  }),
  ordered({
    title: 'Open vulnerabilities by age',
    description: 'How old is what is open?',
    bars: ages.map(each => ({
      query: or(
        sum(latest(findingsByAge, { ...vulnerabilities, age: each })),
        times(sum(latest(findingsByAge, vulnerabilities)), 0),
      ),
      name: each,
    })),
    whenEmpty: 'nothing is open',
    width: 8,
    height: 9,
  }),
  table({
    title: 'What the gate would block or warn of',
    description: 'What could the team not deploy anew? Its running images, each by the rule that decides.',
    columns: [
      { label: 'mode', title: 'Gate', words: modeWords },
      { label: 'rule', title: 'Rule' },
      { label: 'environment', title: 'Environment' },
    ],
    values: [{ title: 'Images', query: sumBy(rule, latest(gateBlocked, mine)) }],
    whenEmpty: 'nothing, or there are no rules',
    more: images('List them', { verdict: 'blocked,warned' }),
    width: 12,
    height: 9,
  }),
  table({
    title: 'Its scanners',
    description:
      'Is it scanned, and do scanners agree? Its running images by how the newest scan of each scanner stands, and vulnerabilities that a scanner alone reports, and does not report while another does.',
    columns: [{ label: 'scanner', title: 'Scanner' }],
    values: [
      { title: 'In time', query: byScanner('fresh') },
      { title: 'Failed', query: byScanner('failed') },
      { title: 'Too old', query: byScanner('stale') },
      { title: 'Alone', query: maxBy(scanner, latest(scannerDisagreements, { team, verdict: 'alone' })) },
      { title: 'Missed', query: maxBy(scanner, latest(scannerDisagreements, { team, verdict: 'missed' })) },
    ],
    whenEmpty: notScanned,
    width: 12,
    height: 9,
  }),
  table({
    title: 'What is excepted of it',
    description: 'What is the team allowed, and does anybody answer for it? By what it is of and status.',
    columns: [
      { label: 'class', title: 'Of', words: classWords },
      { label: 'status', title: 'Is', words: exceptionWords },
    ],
    values: [
      { title: 'Exceptions', query: excepted },
      {
        title: 'Nobody approved',
        query: or(sumBy(exception, latest(exceptions, { team, approved: 'no' })), times(excepted, 0)),
      },
    ],
    whenEmpty: 'no exceptions',
    more: list('List what is excepted', { state: 'excepted' }),
    width: 12,
    height: 8,
  }),
  table({
    title: 'What its SBOMs lack',
    description: 'What has to be added where they are made? Images whose bill of materials lacks it.',
    columns: [{ label: 'gap', title: 'Lacks', words: gapWords }],
    values: [{ title: 'Images', query: maxBy(['gap'], latest(sbomGaps, mine)) }],
    whenEmpty: 'nothing, or there are none',
    width: 12,
    height: 8,
  }),
  table({
    title: 'What is watched',
    description: 'Does the team run what everybody asks about?',
    columns: [
      { label: 'watch', title: 'Watched' },
      { label: 'environment', title: 'Environment' },
    ],
    values: [{ title: 'Images', query: compare(sumBy(['watch', 'environment'], latest(watchImages, mine)), '>', 0) }],
    whenEmpty: 'none of its images has it',
    width: 12,
    height: 8,
  }),
  table({
    title: 'Licences that are not allowed',
    description: 'Which licences does it have packages of that it may not ship?',
    columns: [
      { label: 'license', title: 'Licence' },
      { label: 'severity', title: 'Severity' },
    ],
    values: [{ title: 'Packages', query: sumBy(['license', 'severity'], latest(licenseFindings, mine)) }],
    whenEmpty: 'none',
    more: list('List findings of licences', { state: 'open', class: 'license' }),
    width: 12,
    height: 8,
  }),
);
