/** The page of the cost exporter whose only source is a bucket with Cost and Usage Reports of a made-up organisation. */
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costExporter } from '../../exporters/cost/index.ts';
import { usage } from '../cost/vendors/cur.ts';
import { cur2Csv, exportManifest, legacyCsv, legacyManifest } from '../cost/vendors/cur-formats.ts';
import { keys, startS3 } from '../cost/vendors/s3.ts';
import { exporterPage } from './exporter-page.ts';

const now = new Date('2026-11-08T12:00:00Z');

const ownership = buildOwnership(
  buildCatalog([]),
  ownershipSchema.parse({
    rules: [
      { name: 'team tags', tag: { keys: ['team'], gives: 'team' } },
      { name: 'shared', charge_category: ['Tax', 'Purchase'], split: 'shared' },
    ],
    splits: [{ name: 'shared', method: 'proportional' }],
  }),
);

/** October as a legacy report, invoiced; November, still running, as CUR 2.0. */
export async function goldenCurPage(): Promise<string> {
  const ends: (() => Promise<void>)[] = [];
  const s3 = await startS3({ after: end => void ends.push(end) });
  try {
    const october = 'cost/legacy/20261001-20261101';
    const part = `${october}/20261103T081120Z/legacy-1.csv.gz`;
    s3.put(part, legacyCsv(usage({ month: '2026-10', invoice: '1234567890' })));
    s3.put(`${october}/legacy-Manifest.json`, legacyManifest({ keys: [part] }));
    const data = 'cost/usage/data/BILLING_PERIOD=2026-11/usage-00001.csv.gz';
    s3.put(data, cur2Csv(usage({ month: '2026-11', price: '2.5' })));
    s3.put('cost/usage/metadata/BILLING_PERIOD=2026-11/usage-Manifest.json', exportManifest({ keys: [data] }));
    const config = costSchema.parse({
      aws_cur: [
        {
          settle: 0,
          bucket: {
            ...{ name: 'billing', prefix: 'cost/', region: 'eu-central-1', endpoint: s3.url },
            access_key_id: keys.accessKeyId,
            secret_access_key: keys.secretAccessKey,
          },
        },
      ],
      invoices: [
        { provider: 'AWS', billing_account: '100000000001', period: '2026-10', total: '1640', currency: 'USD' },
      ],
      budgets: [{ name: 'search', team: 'search', amount: '10', currency: 'USD' }],
    });
    return await exporterPage(costExporter(config, ownership, { now: () => now }), { format: 'text', now });
  } finally {
    for (const end of ends) await end();
  }
}
