/** The page of six made-up weeks of three images in two environments: any change of it is a visible diff. */
import type { Format } from '../../exporters/core/exposition.ts';
import type { ReadSource } from '../../exporters/core/source.ts';
import { supplyChainSchema } from '../../exporters/supply-chain/config.ts';
import type {
  Attestation,
  Found,
  Heard,
  Provenance,
  RunningImage,
  Scan,
  SignatureLook,
} from '../../exporters/supply-chain/document.ts';
import { supplyChainExporter } from '../../exporters/supply-chain/index.ts';
import { storeHeard } from '../../exporters/supply-chain/store.ts';
import { found, hour, image, running, runs, scan, teams } from '../supply-chain/books.ts';
import { sbom } from '../supply-chain/heard-books.ts';
import { exporterPage } from './exporter-page.ts';

const day = (days: number) => hour(24 * days);
const log4j = 'pkg:maven/org.apache.logging.log4j/log4j-core';
const ci = 'https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main';

const runsIn = (environment: string, of: string): RunningImage => {
  const one = runs(of);
  return { ...one, owner: JSON.stringify({ environment, image: one.artifact.name }) };
};
const inProduction = (days: number, ...images: readonly string[]) =>
  running(
    24 * days,
    images.map(of => runsIn('production', of)),
    { place: 'eu/prod' },
  );
const inStaging = (days: number, ...images: readonly string[]) =>
  running(
    24 * days,
    images.map(of => runsIn('staging', of)),
    { place: 'eu/staging' },
  );

const fixable = (text: string, more: Partial<Found> = {}) =>
  found(text, { fix: 'fixed', fixedVersions: ['9.9'], ...more });
const critical = { severity: 'critical', originalSeverity: 'CRITICAL', score: 9.8 } as const;
const secret = found('aws-access-key-id etc/app.env', {
  class: 'secret',
  severity: 'critical',
  package: 'etc/app.env',
});
const scanned = (of: string, days: number, finds: readonly (string | Found)[], more: Partial<Scan> = {}) =>
  scan(of, 24 * days, finds, { classes: ['vulnerability', 'secret'], ...more });

const accepted = found('CVE-2026-8 curl', {
  suppressed: { by: 'ignore_file', reason: 'tolerable_risk', expiresAt: day(50) },
});

const provenance: Provenance = {
  ...{ builder: 'https://github.com/actions/runner', buildType: 'https://actions.github.io/buildtypes/workflow/v1' },
  ...{ source: 'https://github.com/acme/shop', slsa: '1', level: 2 },
};
const attestation = (id: string, more: Partial<Attestation> = {}): Attestation => ({
  ...{ id, claim: 'signature', predicateType: '', standing: 'verified' },
  ...{ identity: ci, issuer: 'https://token.actions.githubusercontent.com', ...more },
});
const built = (id: string, more: Partial<Attestation> = {}) =>
  attestation(id, { claim: 'attestation', predicateType: 'https://slsa.dev/provenance/v1', provenance, ...more });
const signed = (of: string, days: number, attestations: readonly Attestation[]): SignatureLook => {
  const artifact = image(of);
  return {
    ...{ artifact, at: day(days), seen: 'all', outcome: attestations.length > 0 ? 'found' : 'none', attestations },
    owner: JSON.stringify({ image: artifact.name }),
  };
};

const shopBill = [`${log4j}@2.14.1 Apache-2.0`, 'pkg:npm/lodash@4.17.20 MIT', 'pkg:npm/mongo@1.0.0 SSPL-1.0'];
const os = { family: 'debian', version: '10', isEndOfLife: true };

/** Each as it was heard on its day. */
const weeks: readonly { readonly days: number; readonly heard: Heard }[] = [
  {
    days: 0,
    heard: {
      kev: {
        at: day(0),
        entries: [{ vulnerability: 'CVE-2021-44228', addedOn: '2021-12-10', dueOn: '2021-12-24', isRansomware: true }],
      },
      epss: {
        lists: 'all',
        day: day(0).slice(0, 10),
        scores: [{ vulnerability: 'CVE-2021-44228', score: 0.97, percentile: 1 }],
      },
      running: [inProduction(0, 'shop@1:1.0', 'pay@4:1.0', 'other@7:3'), inStaging(0, 'shop@1:1.0')],
      scans: [
        scanned(
          'shop@1:1.0',
          0,
          [
            ...[fixable('CVE-2021-44228 log4j', critical), fixable('CVE-2026-1 zlib'), fixable('CVE-2026-2 zlib')],
            ...[fixable('CVE-2026-3 openssl'), 'CVE-2026-4 bash', secret],
          ],
          { os },
        ),
        scanned('pay@4:1.0', 0, [found('CVE-2026-5 curl', { severity: 'low' }), fixable('CVE-2026-6 curl')]),
      ],
      sboms: [sbom('shop@1:1.0', day(0), shopBill), sbom('pay@4:1.0', day(0), [], { gaps: ['no_components'] })],
      signatures: [
        signed('shop@1:1.0', 0, [attestation('s1'), built('p1')]),
        signed('pay@4:1.0', 0, [
          attestation('s4', { standing: 'claimed', reason: 'no_trusted_identity' }),
          built('p4', { standing: 'claimed', reason: 'no_trusted_identity' }),
        ]),
      ],
    },
  },
  {
    // What is fixed in production runs on in staging.
    days: 14,
    heard: {
      running: [inProduction(14, 'shop@2:2.0', 'pay@4:1.0', 'other@7:3'), inStaging(14, 'shop@1:1.0')],
      scans: [
        scanned('shop@2:2.0', 14, [fixable('CVE-2026-3 openssl'), 'CVE-2026-4 bash']),
        // Another scanner does not know one and knows one more.
        scanned('shop@2:2.0', 14, ['CVE-2026-4 bash', found('CVE-2026-7 bash', { severity: 'medium' })], {
          scanner: 'grype',
        }),
        scanned('pay@4:1.0', 14, [fixable('CVE-2026-6 curl'), accepted]),
      ],
      sboms: [sbom('shop@2:2.0', day(14), ['pkg:npm/lodash@4.17.21 MIT'])],
      signatures: [signed('shop@2:2.0', 14, [attestation('s2', { identity: 'https://elsewhere.example/ci.yml' })])],
    },
  },
  {
    days: 28,
    heard: {
      scorecards: [
        {
          ...{ repository: 'acme/shop', at: day(28), score: 6.4, owner: JSON.stringify({ repository: 'acme/shop' }) },
          checks: [{ name: 'Code-Review', score: 7 }, { name: 'Branch-Protection', score: 3 }, { name: 'CI-Tests' }],
        },
      ],
      scans: [
        // What came back, and a scan that failed.
        scanned('shop@2:2.0', 28, [fixable('CVE-2026-1 zlib'), 'CVE-2026-4 bash']),
        scanned('other@7:3', 28, [], { completeness: 'failed', reason: 'pull_failed' }),
      ],
      vex: [
        {
          ...{ id: 'v1', vulnerability: 'CVE-2026-4', artifact: image('shop@2:2.0'), status: 'not_affected' },
          ...{ justification: 'vulnerable_code_not_in_execute_path', author: 'shop', at: day(28) },
          owner: JSON.stringify({ image: 'ghcr.io/acme/shop' }),
        },
      ],
      running: [inProduction(28, 'shop@2:2.0', 'pay@4:1.0', 'other@7:3'), inStaging(28, 'shop@1:1.0')],
      signatures: [signed('other@7:3', 28, [])],
    },
  },
  {
    // Looked at again, so that it is known to have stayed for more than 30 days.
    days: 40,
    heard: {
      scans: [
        scanned('shop@1:1.0', 40, [fixable('CVE-2021-44228 log4j', critical), fixable('CVE-2026-2 zlib')], { os }),
        scanned('pay@4:1.0', 40, [fixable('CVE-2026-6 curl'), accepted]),
      ],
    },
  },
];
export const supplyChainNow = new Date(day(44));

const source: ReadSource = {
  ...{ name: 'documents', kind: 'read', everySeconds: 3_600 },
  batches: async function* () {
    for (const { days, heard } of weeks)
      yield {
        cursor: day(days),
        write: async tx => {
          const changed = await storeHeard(tx, 'documents', [heard], {
            now: new Date(hour(24 * days + 1)),
            staleSeconds: 60 * 86_400,
          });
          return { records: changed, changed, rejected: {} };
        },
      };
  },
};

export async function goldenSupplyChainPage(format: Format): Promise<string> {
  const config = supplyChainSchema.parse({
    minimum_samples: 1,
    watch: [{ name: 'log4shell', purl: log4j, range: 'vers:maven/<2.17.1' }],
    licenses: { deny: ['SSPL-1.0'] },
    gate: {
      rules: [
        { name: 'critical', severity: 'critical' },
        { name: 'signature', signature: 'verified', mode: 'warn' },
      ],
    },
  });
  const exporter = supplyChainExporter(config, teams, { now: () => supplyChainNow });
  return exporterPage({ ...exporter, sources: [source] }, { format, now: supplyChainNow });
}
