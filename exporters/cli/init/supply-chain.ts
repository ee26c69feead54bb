/** What the new configuration makes of scans, bills of materials and what else is told of a supply chain. */
import { unowned } from '../../catalog/ownership.ts';
import type { Ledger, Row } from '../../core/ledger.ts';
import { count } from '../output.ts';

export interface SupplyChainSummary {
  readonly images: number;
  readonly unownedImages: number;
  readonly repositories: number;
  readonly scans: number;
  readonly scanners: string;
  readonly boms: number;
  readonly packages: number;
  readonly signatures: number;
  /** Findings that are open, by class and severity: the worst first. */
  readonly open: readonly { readonly what: string; readonly severity: string; readonly findings: number }[];
  readonly running: number;
  /** Nothing says what runs. */
  readonly isGuess: boolean;
}

export const summariseSupplyChain = (ledger: Ledger): Promise<SupplyChainSummary> =>
  ledger.read(async reader => {
    const [row] = await reader.all(
      `SELECT
         (SELECT count(DISTINCT name) FROM artifacts WHERE kind = 'image') AS images,
         (SELECT count(DISTINCT name) FROM artifacts ANTI JOIN (FROM owners WHERE team <> $unowned) USING (owner_key)
          WHERE kind = 'image') AS unowned_images,
         (SELECT count(DISTINCT name) FROM artifacts WHERE kind = 'repository') AS repositories,
         (SELECT count(*) FROM artifact_scans) AS scans,
         (SELECT coalesce(string_agg(DISTINCT scanner, ', ' ORDER BY scanner), '') FROM artifact_scans) AS scanners,
         (SELECT count(*) FROM artifact_sboms) AS boms,
         (SELECT count(DISTINCT (type, namespace, name, version)) FROM components) AS packages,
         (SELECT count(*) FROM attestations) AS signatures,
         (SELECT count(DISTINCT name) FROM running_images) AS running,
         NOT EXISTS (FROM running_looks) AS is_guess`,
      { unowned },
    );
    const open = await reader.all(
      `SELECT engine AS what, severity, count(*)::INTEGER AS findings FROM (
         FROM finding_states QUALIFY row_number() OVER (
           PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC
         ) = 1
       ) WHERE state = 'open' GROUP BY engine, severity
       ORDER BY engine = 'vulnerability' DESC, engine,
         list_position(['critical', 'high', 'medium', 'low', 'info'], severity) NULLS LAST, severity`,
    );
    const number = (key: string) => Number(row?.[key] ?? 0);
    return {
      ...{ images: number('images'), unownedImages: number('unowned_images'), repositories: number('repositories') },
      ...{ scans: number('scans'), scanners: String(row?.scanners ?? ''), boms: number('boms') },
      ...{ packages: number('packages'), signatures: number('signatures'), running: number('running') },
      isGuess: row?.is_guess === true,
      open: open.map((one: Row) => ({
        ...{ what: String(one.what), severity: String(one.severity), findings: Number(one.findings) },
      })),
    };
  });

const several: Readonly<Record<string, readonly [one: string, many: string]>> = {
  vulnerability: ['open vulnerability', 'open vulnerabilities'],
  secret: ['open secret', 'open secrets'],
  license: ['licence that is not allowed', 'licences that are not allowed'],
};

export function supplyChainLines(summary: SupplyChainSummary): string[] {
  const { images, unownedImages, repositories, scans, scanners, boms, packages, signatures, running } = summary;
  const findings = [...Map.groupBy(summary.open, ({ what }) => what)].map(([what, own]) => {
    const all = own.reduce((sum, one) => sum + one.findings, 0);
    const parts = own.map(one => `${one.findings.toLocaleString('en-US')} ${one.severity}`);
    return `${count(all, ...(several[what] ?? [`open ${what}`, `open ${what}s`]))}: ${parts.join(', ')}`;
  });
  return [
    `images       ${count(images, 'image')}${images === 0 ? '' : unownedImages === 0 ? ', each with a team' : `; nobody owns ${unownedImages === images ? 'any' : unownedImages.toLocaleString('en-US')} of them`}${repositories === 0 ? '' : `; ${count(repositories, 'repository', 'repositories')}`}`,
    ...(scans === 0 ? [] : [`scans        ${count(scans, 'scan')} by ${scanners}`]),
    ...(scans === 0 && findings.length === 0
      ? []
      : (findings.length === 0 ? ['nothing is open'] : findings).map(text => `findings     ${text}`)),
    ...(boms === 0
      ? []
      : [`packages     ${count(packages, 'package')} in ${count(boms, 'bill of materials', 'bills of materials')}`]),
    ...(signatures === 0
      ? []
      : [
          `signatures   ${count(signatures, 'signature or attestation', 'signatures and attestations')}, read and not verified: see supply_chain.verification`,
        ]),
    summary.isGuess
      ? 'running      nothing says what runs, so the newest content of each image is taken for it: see the file'
      : `running      ${count(running, 'image')}`,
  ];
}
