/** Alerts on what is looked at: an image that nobody scanned must not look like one without vulnerabilities. */
import { age, andOn, compare, latest, maxBy, not, oneOf, sum, sumBy, unlessOn } from '../dashboards/lib/promql.ts';
import {
  imagesByBase,
  imagesBySbom,
  imagesByScan,
  places,
  scannerLastScan,
  scans,
} from '../exporters/supply-chain/metrics.ts';
import * as cases from './cases/supply-chain-coverage.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { count, duration, label, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

const team = ['team'] as const;

/** The alerts of `supply-chain-coverage.rules.yml`. */
export function supplyChainCoverageAlerts({ alerts }: Settings) {
  const { platform_team: platform, scanner_silent_hours: silent, unscanned_hours: unscanned } = alerts;

  // Scanners differ in how often they look; one that looks at nothing that runs may have done its part.
  const of = (...statuses: readonly string[]) =>
    compare(maxBy(['scanner'], latest(scans, { status: oneOf(...statuses) })), '>', 0);
  const scannerSilent = defineAlert({
    name: 'ScannerSilent',
    severity: 'ticket',
    expr: unlessOn(
      ['scanner'],
      andOn(['scanner'], compare(age(maxBy(['scanner'], latest(scannerLastScan))), '>', silent * 3600), of('stale')),
      of('fresh', 'partial'),
    ),
    for: '15m',
    summary: text`${label('scanner')} has scanned nothing for ${duration}`,
    description: text`The newest scan of ${label('scanner')} that did not fail is ${duration} old: more than ${silent} hours, and longer than any running image may go without one. What it found before is no longer known to be so.`,
    value: text`${duration} since the newest scan`,
    team: platform,
    page: 'supply-chain',
    cases: cases.scannerSilent(silent),
  });

  const scansFailing = defineAlert({
    name: 'ScansFailing',
    severity: 'ticket',
    expr: compare(sumBy(team, latest(imagesByScan, { status: 'failed' })), '>', 0),
    for: '2h',
    summary: text`The scans of ${count} images of team ${label('team')} fail`,
    description: text`The newest scans of ${count} images that team ${label('team')} runs failed, and no other scanner's succeeded. What is in them is as it was last seen, and what is new is not seen.`,
    value: text`${count} images`,
    page: 'supply-chain',
    cases: cases.scansFailing(),
  });

  // Who sends no scans, or no bills of materials, measures none.
  const anyScan = compare(sum(latest(imagesByScan, { status: not('never') })), '>', 0);
  const imagesUnscanned = defineAlert({
    name: 'ImagesUnscanned',
    severity: 'digest',
    expr: andOn(
      [],
      compare(sumBy(['team', 'status'], latest(imagesByScan, { status: oneOf('never', 'stale') })), '>', 0),
      anyScan,
    ),
    for: `${unscanned}h`,
    summary: text`${count} running images of team ${label('team')} are not scanned: ${label('status')}`,
    description: text`No scanner looks at ${count} images that team ${label('team')} runs: never has none, stale has had none for longer than its source lets pass. What is in them nobody knows.`,
    value: text`${count} images`,
    page: 'supply-chain',
    cases: cases.imagesUnscanned(unscanned),
  });

  const anySbom = compare(sum(latest(imagesBySbom, { status: not('missing') })), '>', 0);
  const sbomMissing = defineAlert({
    name: 'SbomMissing',
    severity: 'digest',
    expr: andOn([], compare(sumBy(team, latest(imagesBySbom, { status: 'missing' })), '>', 0), anySbom),
    for: `${unscanned}h`,
    summary: text`${count} running images of team ${label('team')} have no bill of materials`,
    description: text`${count} images that team ${label('team')} runs have no bill of materials. Nobody can say whether the next vulnerable package is in them: "plumbline find" does not find it there.`,
    value: text`${count} images`,
    page: 'supply-chain',
    cases: cases.sbomMissing(unscanned),
  });

  const sbomStale = defineAlert({
    name: 'SbomStale',
    severity: 'digest',
    expr: compare(sumBy(team, latest(imagesBySbom, { status: 'stale' })), '>', 0),
    for: '1h',
    summary: text`${count} running images of team ${label('team')} have an old bill of materials`,
    description: text`The bills of materials of ${count} images that team ${label('team')} runs are older than supply_chain.sbom_stale_days (90 unless set): the image, or what lists its packages, has not been renewed for as long.`,
    value: text`${count} images`,
    page: 'supply-chain',
    cases: cases.sbomStale(),
  });

  const placesSilent = defineAlert({
    name: 'PlacesSilent',
    severity: 'digest',
    expr: compare(maxBy(team, latest(places, { status: 'stale' })), '>', 0),
    for: '1h',
    summary: text`Nothing says any more what runs in ${count} places of team ${label('team')}`,
    description: text`What runs in ${count} namespaces or environments of team ${label('team')} was said too long ago to be believed. Their images are in no count of what runs, and nothing of them resolves.`,
    value: text`${count} places`,
    page: 'supply-chain',
    cases: cases.placesSilent(),
  });

  const baseEndOfLife = defineAlert({
    name: 'BaseEndOfLife',
    severity: 'digest',
    expr: compare(sumBy(team, latest(imagesByBase, { status: 'end_of_life' })), '>', 0),
    for: '1h',
    summary: text`${count} running images of team ${label('team')} have an operating system that is no longer supported`,
    description: text`The operating system in ${count} images that team ${label('team')} runs is past its end of life, as scanners or endoflife.date say. No fix will come for what is found in it, and scanners may find less than there is.`,
    value: text`${count} images`,
    page: 'supply-chain',
    cases: cases.baseEndOfLife(),
  });

  return defineGroup('supply-chain-coverage', [
    ...[scannerSilent, scansFailing, imagesUnscanned, sbomMissing, sbomStale, placesSilent, baseEndOfLife],
  ]);
}
