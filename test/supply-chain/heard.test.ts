/** Families over what documents told, from the store to the page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  exploitedFindings,
  findings,
  imagesByProvenance,
  imagesBySbom,
  imagesByScan,
  imagesBySignature,
  runningImages,
  scannerDisagreements,
  vulnerabilityOccurrences,
} from '../../exporters/supply-chain/metrics.ts';
import { storeHeard } from '../../exporters/supply-chain/store.ts';
import { found, hour, image, running, runs, scan } from './books.ts';
import { openBooks, owner } from './metric-books.ts';

const shop = owner('acme/shop', 'production');

test('what scanners, clusters and registries tell is counted by whom it runs for', async () => {
  const books = await openBooks({ now: '2026-02-01T00:00:00Z' });
  const vulnerable = found('CVE-1 openssl', { severity: 'critical', fix: 'fixed', fixedVersions: ['1.1'] });
  await books.ledger.write(async tx => {
    await storeHeard(
      tx,
      'test',
      [
        { running: [running(1, [runs('shop@1:1.0', { owner: shop }), runs('shop@2:1.1 canary', { owner: shop })])] },
        { scans: [scan('shop@1', 2, [vulnerable, 'CVE-2 zlib']), scan('shop@2', 2, [])] },
        { scans: [scan('shop@1', 3, [vulnerable, 'CVE-3 curl'], { scanner: 'grype' })] },
        { kev: { at: hour(3), entries: [{ vulnerability: 'CVE-1', addedOn: '2026-01-01', isRansomware: false }] } },
        {
          sboms: [
            {
              ...{
                artifact: image('shop@1'),
                format: 'cyclonedx',
                specVersion: '1.6',
                tool: 'syft',
                createdAt: hour(2),
              },
              ...{ components: [], gaps: [], digest: 'x', owner: shop },
            },
          ],
          signatures: ['shop@1', 'shop@2'].map(of => ({
            ...{ artifact: image(of), at: hour(3), seen: 'all' as const, owner: shop },
            outcome: of === 'shop@1' ? ('found' as const) : ('none' as const),
            attestations:
              of === 'shop@1'
                ? [
                    {
                      ...{ id: 's', claim: 'signature' as const, predicateType: '', standing: 'verified' as const },
                      ...{ identity: 'ci@acme', issuer: '' },
                    },
                  ]
                : [],
          })),
        },
      ],
      { now: new Date(hour(4)) },
    );
    await books.exporter.derive?.(tx, { now: () => new Date(hour(4)), log: undefined as never });
  });
  const lines = async (metric: Parameters<typeof books.lines>[0]) =>
    (await books.lines(metric, hour(4))).map(line => line.replace('sales shop production ', ''));
  assert.deepEqual(await lines(runningImages), ['= 2']);
  assert.deepEqual(await lines(imagesByScan), ['fresh = 2']);
  assert.deepEqual(await lines(imagesBySbom), ['complete = 1', 'missing = 1']);
  assert.deepEqual(await lines(imagesBySignature), ['unsigned = 1', 'verified = 1']);
  assert.deepEqual(await lines(imagesByProvenance), ['missing = 2']);
  assert.deepEqual(await lines(findings), [
    'vulnerability critical available yes open = 1',
    'vulnerability high none no open = 2',
  ]);
  assert.deepEqual(await books.lines(exploitedFindings, hour(4)), ['sales production critical open no = 1']);
  assert.deepEqual(await books.lines(vulnerabilityOccurrences, hour(4)), ['sales production = 3']);
  assert.deepEqual(await books.lines(scannerDisagreements, hour(4)), [
    ...['sales grype alone = 1', 'sales grype missed = 1', 'sales trivy alone = 1', 'sales trivy missed = 1'],
  ]);
  await books.close();
});
