import {
  imagesByBase,
  imagesBySbom,
  imagesByScan,
  oldestSbom,
  oldestScan,
  places,
  runningImages,
  sbomGaps,
  scannerLastScan,
  scans,
} from '../../exporters/supply-chain/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToSupplyImages, linksToTeam } from '../lib/links.ts';
import { lines, matrix, table } from '../lib/panels.ts';
import { age, dividedBy, joinOn, latest, maxBy, minBy, or, type Query, sumBy, times } from '../lib/promql.ts';
import { anyToActOn, coveredShares, noneAllowed, silence } from '../thresholds.ts';
import { byStatus, chosenNames, nothingRuns, ofServices, ofTeams } from './scope.ts';
import { baseWords, gapWords, sbomWords, scanWords } from './words.ts';

const team = ['team'] as const;
const scanner = ['scanner', 'team'] as const;
const running = sumBy(team, latest(runningImages, ofServices));
/** 0 where a team runs anything: of each image it is known how it stands. */
const ofRunningTeams = (query: Query<'team', true>) => or(query, times(running, 0));
const scanned = (status: string) => ofRunningTeams(sumBy(team, latest(imagesByScan, { ...ofServices, status })));
const listed = (status: string) => ofRunningTeams(sumBy(team, latest(imagesBySbom, { ...ofServices, status })));
const share = (of: ReturnType<typeof scanned>) => dividedBy(of, running);
const ofScanners = maxBy(scanner, latest(scans, ofTeams));
const ofScanner = (status: string) => or(maxBy(scanner, latest(scans, { ...ofTeams, status })), times(ofScanners, 0));

const ofPlace = (status: string) => maxBy(team, latest(places, { ...ofTeams, status }));

/** What is known of what runs, of how much, and why not of the rest. */
export const coverage = row(
  'What do we know of what runs?',
  table({
    title: 'Teams and what is known of their images',
    description:
      'Of how much do we know, and why not of the rest? Running images of each team: the share that was scanned in time, and how many were scanned in part, failed, too long ago and never; the share with a complete bill of materials, and how many lack something, are too old and have none; and those on an operating system that is not supported any more.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      { title: 'Images', query: running },
      { title: 'Scanned', query: share(scanned('fresh')), thresholds: coveredShares },
      { title: 'In part', query: scanned('partial') },
      { title: 'Failed', query: scanned('failed') },
      { title: 'Too old', query: scanned('stale') },
      { title: 'Never', query: scanned('never') },
      { title: 'SBOM', query: share(listed('complete')), thresholds: coveredShares },
      { title: 'Lacking', query: listed('incomplete') },
      { title: 'Old SBOM', query: listed('stale') },
      { title: 'No SBOM', query: listed('missing') },
      {
        title: 'Old base',
        query: ofRunningTeams(sumBy(team, latest(imagesByBase, { ...ofServices, status: 'end_of_life' }))),
        thresholds: anyToActOn,
      },
    ],
    sortedBy: 'Team',
    compact: true,
    whenEmpty: nothingRuns,
    more: linksToSupplyImages('List what is not scanned in time', { scan: 'partial,failed,stale,never' }, chosenNames),
    width: 24,
    height: 11,
  }),
  lines({
    title: 'Running images by scan',
    description: 'Does coverage crumble? Running images by their newest scan; of several scanners the best.',
    queries: byStatus(imagesByScan, scanWords),
    words: scanWords,
    whenEmpty: nothingRuns,
    width: 8,
    height: 12,
  }),
  lines({
    title: 'Running images by bill of materials',
    more: linksToSupplyImages('List those without a whole one', { sbom: 'missing,stale,incomplete' }, chosenNames),
    description: 'Of how much could we say what is in it? Running images by their newest bill of materials.',
    queries: byStatus(imagesBySbom, sbomWords),
    words: sbomWords,
    whenEmpty: nothingRuns,
    width: 8,
    height: 12,
  }),
  lines({
    title: 'Running images by operating system',
    more: linksToSupplyImages('List those at their end of life', { base: 'end_of_life' }, chosenNames),
    description: 'Do we run what nobody mends any more? As scanners say; many images have no operating system.',
    queries: byStatus(imagesByBase, baseWords),
    words: baseWords,
    whenEmpty: nothingRuns,
    width: 8,
    height: 12,
  }),
  table({
    title: 'Scanners',
    description:
      "Does every scanner still scan? The time since its newest scan that did not fail, of whichever team, and each chosen team's running images by how its newest scan of them stands. An image that two scanners look at is counted for each.",
    columns: [
      { label: 'scanner', title: 'Scanner' },
      { label: 'team', title: 'Team' },
    ],
    values: [
      {
        title: 'Last scan ago',
        query: joinOn(['scanner'], times(ofScanners, 0), '+', age(maxBy(['scanner'], latest(scannerLastScan)))),
        unit: 'seconds',
        thresholds: silence,
      },
      { title: 'In time', query: ofScanner('fresh') },
      { title: 'In part', query: ofScanner('partial') },
      { title: 'Failed', query: ofScanner('failed') },
      { title: 'Too old', query: ofScanner('stale') },
    ],
    whenEmpty: 'no scanner has reported yet',
    width: 14,
    height: 10,
  }),
  table({
    title: 'Oldest scans and bills of materials',
    description:
      'How old is what we know? Of each team the image whose newest scan is the oldest, the one whose bill of materials is, and the places (clusters with their namespaces, and environments) that something says what runs in: fresh, and silent for too long, so that what runs there is not counted.',
    columns: [{ label: 'team', title: 'Team' }],
    values: [
      { title: 'Scan', query: age(minBy(team, latest(oldestScan, ofTeams))), unit: 'seconds' },
      { title: 'SBOM', query: age(minBy(team, latest(oldestSbom, ofTeams))), unit: 'seconds' },
      { title: 'Places', query: ofPlace('fresh') },
      { title: 'Silent', query: ofPlace('stale'), thresholds: noneAllowed },
    ],
    whenEmpty: nothingRuns,
    width: 10,
    height: 10,
  }),
  matrix({
    title: 'What bills of materials lack',
    description:
      'What has to be added where they are made? Running images whose bill of materials lacks one of the minimum elements (NTIA 2021), by which; one may lack several. The setting sbom_optional says what may be lacking.',
    query: maxBy(['gap', 'team'], latest(sbomGaps, ofTeams)),
    rows: { label: 'gap', title: 'Lacks', words: gapWords },
    columns: 'team',
    thresholds: [],
    otherwise: 'neutral',
    whenEmpty: 'they lack nothing, or there are none',
    width: 24,
    height: 7,
  }),
);
