/** A ledger that an earlier `serve` has left, for the commands find and gate. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openLedger } from '../../exporters/core/ledger.ts';
import { supplyChainSchema } from '../../exporters/supply-chain/config.ts';
import { supplyChainExporter } from '../../exporters/supply-chain/index.ts';
import { storeHeard } from '../../exporters/supply-chain/store.ts';
import { found, hour, running, runs, scan, teams } from '../supply-chain/books.ts';
import { sbom } from '../supply-chain/heard-books.ts';

/** Of the teams shop and pay, where shop is blocked. */
export const shopConfig = `server: { port: 0 }
ownership:
  rules:
    - { name: shop, image: "ghcr.io/acme/shop*", team: shop }
    - { name: pay, image: "ghcr.io/acme/pay*", team: pay }
supply_chain:
  gate:
    rules:
      - { name: critical, severity: critical }
      - { name: sbom, sbom: present, mode: warn }
`;
const log4j = 'pkg:maven/org.apache.logging.log4j/log4j-core';

/** What an earlier `serve` has left. */
export async function ledgerIn(folder: string): Promise<void> {
  const data = path.join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const { tables } = supplyChainExporter(supplyChainSchema.parse({}), teams);
  const ledger = await openLedger({ path: path.join(data, 'supply-chain.duckdb'), tables });
  await ledger.write(tx =>
    storeHeard(
      tx,
      'test',
      [
        {
          sboms: [sbom('shop@1:1.0', hour(1), [`${log4j}@2.9`]), sbom('pay@4:4.0', hour(1), [`${log4j}@2.17.1`])],
          scans: [
            scan('shop@1:1.0', 1, [found('CVE-2026-1 zlib', { severity: 'critical' })]),
            scan('pay@4:4.0', 1, []),
          ],
          running: [running(1, [runs('shop@1:1.0'), runs('pay@4:4.0')])],
        },
      ],
      { now: new Date(hour(2)) },
    ),
  );
  await ledger.close();
}
