/** What the supply chain says of images and services one by one, and of images that run for nobody. */
import { defineSubjectCheck, ownedCheck } from '../core/subjects.ts';
import { findingSpans, foundAt, reportSpans, scopesAt } from '../findings/sql.ts';
import { sql } from './metrics/sql.ts';

const runs = [
  ...(['running_images', 'running_looks', 'artifacts', 'artifact_digests', 'artifact_scans'] as const),
  ...(['artifact_sboms', 'owners', 'supply_chain_settings'] as const),
] as const;
const named = '../subjects/named_images';
const everySeconds = 900;
const instantsAtOnce = 30;

export const supplyChainSubjects = [
  defineSubjectCheck({
    check: 'sbom',
    help: 'Every image that runs has a bill of materials that is not older than the setting sbom_stale_days.',
    reads: runs,
    everySeconds,
    instantsAtOnce,
    sql: sql('running_at', 'running_as', 'sboms_at', named, '../subjects/sbom'),
  }),
  defineSubjectCheck({
    check: 'signature',
    help: 'Every image that runs has a signature that was checked against the keys or identities that are trusted.',
    reads: [...runs, 'attestations', 'signature_looks'],
    everySeconds,
    instantsAtOnce,
    sql: sql('running_at', 'signatures_at', named, '../subjects/signature'),
  }),
  defineSubjectCheck({
    check: 'provenance',
    help: 'Every image that runs has verified provenance of the SLSA build level that the setting provenance_level asks for.',
    reads: [...runs, 'attestations', 'signature_looks'],
    everySeconds,
    instantsAtOnce,
    sql: sql('running_at', 'signatures_at', named, '../subjects/provenance'),
  }),
  defineSubjectCheck({
    check: 'sla',
    help: 'No vulnerability or secret of what runs is past the limit of its severity; unknown where nothing was scanned in time.',
    reads: [
      ...runs,
      ...(['finding_states', 'finding_reports', 'finding_fixes', 'kev_entries', 'vulnerability_aliases'] as const),
      'supply_chain_sla',
    ],
    everySeconds,
    instantsAtOnce: 15,
    sql: sql(
      ...(['running_at', 'running_as', 'scans_at', 'image_scans_at'] as const),
      ...([findingSpans, reportSpans, scopesAt, foundAt, 'findings_at', 'exploited_at', 'fixes_at'] as const),
      ...(['described', 'sla_at', '../subjects/scan_services', '../subjects/sla'] as const),
    ),
  }),
  defineSubjectCheck({
    check: ownedCheck,
    help: 'Images that run, and namespaces that they run in, which nothing gives to a team.',
    reads: runs,
    everySeconds,
    instantsAtOnce,
    sql: sql('running_at', '../subjects/unowned_images', '../subjects/unowned'),
  }),
] as const;
