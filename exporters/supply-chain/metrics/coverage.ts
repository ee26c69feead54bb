/**
 * What is known of what runs, and what is not: an image that nobody scanned must not look like one without findings. Every
 * family counts the images of `supply_chain_running_images`, each once, by one thing.
 */
import { defineMetric } from '../../core/metric.ts';
import { servicesFolded } from '../../findings/sql.ts';
import { sql } from './sql.ts';

const runs = [
  ...(['running_images', 'running_looks', 'artifacts', 'artifact_digests', 'artifact_scans'] as const),
  ...(['artifact_sboms', 'owners', 'supply_chain_settings'] as const),
] as const;
const signed = [...runs, 'attestations', 'signature_looks'] as const;
const owner = ['team', 'service', 'environment'] as const;
const rest = 'Services beyond the setting top_services are "other".';
const scanned = ['running_at', 'running_as', 'scans_at', 'image_scans_at'] as const;
const listed = ['running_at', 'running_as', 'sboms_at'] as const;
/** What was looked at grows stale with the clock. */
const everySeconds = 300;
const counted = { kind: 'state', unit: 'count', additive: true, everySeconds, maxSeries: 15_000 } as const;

export const runningImages = defineMetric({
  ...counted,
  name: 'supply_chain_running_images',
  help: `Images that run, each content once for a team, service and environment; where nothing has ever said what runs, the newest content of each image that something was told of. ${rest}`,
  labels: owner,
  maxSeries: 5_000,
  reads: runs,
  sql: sql('running_at', 'images_owned', servicesFolded, 'running_images'),
});

export const places = defineMetric({
  ...counted,
  name: 'supply_chain_places',
  help: 'Clusters with their namespaces, and environments, that something says what runs in: fresh, stale (nothing was said for too long, and what runs there is not counted). A place counts for each team that something runs for there.',
  labels: ['team', 'status'],
  additive: false,
  level: 'team',
  maxSeries: 1_000,
  reads: ['running_looks', 'running_images', 'artifact_digests', 'owners'],
  sql: sql('running_at', 'place_owners', 'places'),
});

export const imagesByScan = defineMetric({
  ...counted,
  name: 'supply_chain_images_by_scan',
  help: `Running images by their newest scan for vulnerabilities: fresh, partial, failed, stale (none for too long), never; of several scanners the best. ${rest}`,
  labels: [...owner, 'status'],
  reads: runs,
  sql: sql(...scanned, 'scan_owned', servicesFolded, 'images_by_status'),
});

export const imagesBySbom = defineMetric({
  ...counted,
  name: 'supply_chain_images_by_sbom',
  help: `Running images by their newest bill of materials: complete, incomplete (it lacks something that the setting sbom_optional does not name), stale (older than the setting sbom_stale_days), missing. ${rest}`,
  labels: [...owner, 'status'],
  reads: runs,
  sql: sql(...listed, 'sbom_owned', servicesFolded, 'images_by_status'),
});

export const sbomGaps = defineMetric({
  ...counted,
  name: 'supply_chain_sbom_gaps',
  help: 'Running images whose bill of materials lacks one of the minimum elements (NTIA 2021), by which; an image may lack several. What a format has no place for, as Syft JSON for a time, is no gap; that one package is in another is no dependency.',
  labels: ['team', 'gap'],
  additive: false,
  level: 'team',
  maxSeries: 2_000,
  reads: runs,
  sql: sql(...listed, 'sbom_gaps'),
});

export const imagesByBase = defineMetric({
  ...counted,
  name: 'supply_chain_images_by_base',
  help: `Running images by whether their operating system still is supported, as scanners say, or the days that endoflife.date lists: supported, end_of_life, unknown. ${rest}`,
  labels: [...owner, 'status'],
  reads: [...runs, 'end_of_life_cycles'],
  sql: sql(...scanned, 'bases_at', 'base_owned', servicesFolded, 'images_by_status'),
});

export const scans = defineMetric({
  ...counted,
  name: 'supply_chain_scans',
  help: 'Running images by scanner and how its newest scan of them stands: fresh, partial, failed, stale.',
  labels: ['team', 'scanner', 'status'],
  additive: false,
  level: 'team',
  maxSeries: 3_000,
  reads: runs,
  sql: sql(...scanned, 'scans'),
});

export const oldestScan = defineMetric({
  name: 'supply_chain_oldest_scan_timestamp_seconds',
  kind: 'state',
  help: "When that of a team's running images was scanned whose newest scan is the oldest, in seconds since 1970; of images that were scanned.",
  unit: 'timestamp_seconds',
  labels: ['team'],
  additive: false,
  level: 'team',
  maxSeries: 300,
  reads: runs,
  everySeconds,
  sql: sql(...scanned, 'oldest_scan'),
});

export const oldestSbom = defineMetric({
  name: 'supply_chain_oldest_sbom_timestamp_seconds',
  kind: 'state',
  help: "When the bill of materials of that of a team's running images was made whose newest one is the oldest, in seconds since 1970.",
  unit: 'timestamp_seconds',
  labels: ['team'],
  additive: false,
  level: 'team',
  maxSeries: 300,
  reads: runs,
  everySeconds,
  sql: sql(...listed, 'oldest_sbom'),
});

export const scannerLastScan = defineMetric({
  name: 'supply_chain_scanner_last_scan_timestamp_seconds',
  kind: 'state',
  help: "When a scanner's newest scan for vulnerabilities was made that did not fail, in seconds since 1970.",
  unit: 'timestamp_seconds',
  labels: ['scanner'],
  additive: false,
  level: 'organisation',
  maxSeries: 100,
  reads: ['artifact_scans'],
  everySeconds,
  sql: sql('scans_at', 'scanner_last_scan'),
});

export const imagesBySignature = defineMetric({
  ...counted,
  name: 'supply_chain_images_by_signature',
  help: `Running images by their signature: verified, failed (checked, and it does not hold), claimed (read, and not checked), unsigned (the registry has none, or cosign verify found none), unknown (nothing has looked). ${rest}`,
  labels: [...owner, 'status'],
  reads: signed,
  sql: sql('running_at', 'signatures_at', 'signed_at', 'signature_owned', servicesFolded, 'images_by_status'),
});

export const imagesByProvenance = defineMetric({
  ...counted,
  name: 'supply_chain_images_by_provenance',
  help: `Running images by their SLSA provenance: verified, failed (checked, and it does not hold), claimed (read, and not checked), missing (the registry has none), unknown (nothing has looked). ${rest}`,
  labels: [...owner, 'status'],
  reads: signed,
  sql: sql('running_at', 'signatures_at', 'signed_at', 'provenance_owned', servicesFolded, 'images_by_status'),
});

export const imagesByLevel = defineMetric({
  ...counted,
  name: 'supply_chain_images_by_slsa_level',
  help: `Running images by the SLSA build level of their verified provenance, 0 to 3; 0 without one. ${rest}`,
  labels: [...owner, 'level'],
  reads: signed,
  sql: sql('running_at', 'signatures_at', 'signed_at', 'level_owned', servicesFolded, 'images_by_level'),
});

const claims = (of: 'signature' | 'provenance', standing: 'verified' | 'claimed') =>
  sql(...(['running_at', 'signatures_at', 'signed_at', `${of}_owned`, servicesFolded, `images_${standing}`] as const));

export const signatureVerified = defineMetric({
  ...counted,
  name: 'supply_chain_signature_verified_images',
  help: `Running images with a signature that was checked against the keys or identities that are trusted. ${rest}`,
  labels: owner,
  reads: signed,
  sql: claims('signature', 'verified'),
});

export const signatureClaimed = defineMetric({
  ...counted,
  name: 'supply_chain_signature_claimed_images',
  help: `Running images whose signatures nobody has checked: they may be anyone's. ${rest}`,
  labels: owner,
  reads: signed,
  sql: claims('signature', 'claimed'),
});

export const provenanceVerified = defineMetric({
  ...counted,
  name: 'supply_chain_provenance_verified_images',
  help: `Running images with SLSA provenance whose signature was checked, whatever its level. ${rest}`,
  labels: owner,
  reads: signed,
  sql: claims('provenance', 'verified'),
});

export const provenanceClaimed = defineMetric({
  ...counted,
  name: 'supply_chain_provenance_claimed_images',
  help: `Running images whose SLSA provenance nobody has checked: it may say anything. ${rest}`,
  labels: owner,
  reads: signed,
  sql: claims('provenance', 'claimed'),
});

export const coverageMetrics = [
  ...[runningImages, places, imagesByScan, imagesBySbom, sbomGaps, imagesByBase, scans, oldestScan, oldestSbom],
  ...[scannerLastScan, imagesBySignature, imagesByProvenance, imagesByLevel],
  ...[signatureVerified, signatureClaimed, provenanceVerified, provenanceClaimed],
] as const;
