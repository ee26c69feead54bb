/** Worker: fills a ledger and writes the same packages as files, and answers questions as GET /api/components does. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openLedger, type Transaction } from '../../exporters/core/ledger.ts';
import { supplyChainSchema } from '../../exporters/supply-chain/config.ts';
import { supplyChainExporter } from '../../exporters/supply-chain/index.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { componentsSql } from './supply-chain-components.ts';
import { answer, cpuMs, inputOf, peakMiB } from './worker.ts';

export interface FindInput {
  readonly folder: string;
}

export interface FindAnswer {
  /** Packages of the name, and items on the page of the range. */
  readonly found: number;
  readonly listed: number;
  readonly bytes: number;
  /** Milliseconds of each round. */
  readonly questions: Readonly<Record<'range' | 'name' | 'pattern' | 'none', readonly number[]>>;
  readonly cpu: readonly number[];
  readonly peakMiB: number;
}

const now = new Date('2026-11-02T12:00:00Z');
const rounds = 9;
const { folder } = inputOf<FindInput>();
const exporter = supplyChainExporter(supplyChainSchema.parse({}), ownershipOf({}));
const ledger = await openLedger({ path: path.join(folder, 'supply-chain.duckdb'), tables: exporter.tables });
await ledger.write(fill);
const bytes = await writeFiles();

const components = exporter.api?.find(({ name }) => name === 'components');
const ask = async (query: Readonly<Record<string, string>>) => {
  const [since, cpuSince] = [performance.now(), cpuMs()];
  const page = await components!.answer(ledger, { query, principal: { role: 'admin', name: 'bench' }, now });
  return { ms: performance.now() - since, cpu: cpuMs() - cpuSince, page };
};
const log4j = 'pkg:maven/org.apache.logging.log4j/log4j-core';
const questions = {
  range: { purl: log4j, range: 'vers:maven/<2.17.1', limit: '1000' },
  name: { purl: 'log4j-core' },
  pattern: { purl: 'pkg:maven/*/package-1?3', range: 'vers:maven/>=1|<5' },
  none: { purl: 'pkg:npm/event-stream', range: 'vers:npm/3.3.6' },
} as const;
const told: Record<keyof typeof questions, number[]> = { range: [], name: [], pattern: [], none: [] };
const cpu: number[] = [];
let listed = 0;
for (let round = 0; round <= rounds; round += 1)
  for (const [name, query] of Object.entries(questions)) {
    const asked = await ask(query);
    // The first finds caches cold, as no server does for long.
    if (round === 0) continue;
    told[name as keyof typeof questions].push(asked.ms);
    if (name === 'range') {
      cpu.push(asked.cpu);
      listed = asked.page.items.length;
    }
  }
const found = Number(
  await ledger.read(reader => reader.scalar("SELECT count(*) FROM components WHERE name = 'log4j-core'")),
);
await ledger.close();
answer({ ...{ found, listed, bytes, questions: told, cpu, peakMiB: peakMiB() } } satisfies FindAnswer);

async function fill(tx: Transaction): Promise<void> {
  await tx.run(`
    INSERT INTO components BY NAME ${componentsSql} ORDER BY ALL;
    CREATE TEMP TABLE made AS
    SELECT i, 'sha256:' || sha256(i::VARCHAR) AS artifact, 'ghcr.io/acme/service-' || i % 2500 AS name,
      'v' || i // 2500 AS tag, (i % 40)::HUGEINT AS owner_key, TIMESTAMP '2026-10-01' + to_minutes(i) AS made_at
    FROM range(10000) AS r(i);
    INSERT INTO artifacts BY NAME
    SELECT artifact, 'image' AS kind, name, tag, owner_key, made_at AS first_at, made_at AS learned_at FROM made;
    INSERT INTO artifact_digests BY NAME SELECT artifact AS digest, artifact FROM made;
    INSERT INTO artifact_sboms BY NAME
    SELECT artifact, 'files' AS source, 'cyclonedx' AS format, [] AS gaps, artifact AS digest, owner_key, made_at AS occurred_at,
      made_at AS learned_at
    FROM made;
    INSERT INTO running_images BY NAME
    SELECT 'cluster/team-' || i % 40 AS place, 'deployment/' || i AS workload, 'app' AS container, artifact, name, tag,
      artifact AS digest, 2 AS replicas, owner_key, 'kubernetes' AS source, made_at AS occurred_at, made_at AS learned_at
    FROM made;
    INSERT INTO running_looks BY NAME
    SELECT 'cluster/team-' || i AS place, 'kubernetes' AS source, 250 AS images, i::HUGEINT AS owner_key,
      TIMESTAMP '2026-11-02 11:00:00' AS occurred_at, TIMESTAMP '2026-11-02 11:00:00' AS learned_at
    FROM range(40) AS r(i);
    INSERT INTO owners BY NAME
    SELECT i::HUGEINT AS owner_key, DATE '0001-01-01' AS valid_from, DATE '9999-12-31' AS valid_to, 'team-' || i AS team,
      'service-' || i AS service, 'production' AS environment
    FROM range(40) AS r(i);
    DROP TABLE made`);
}

/** CycloneDX as tools write it, a file an image; returns how much it is. */
async function writeFiles(): Promise<number> {
  const files = path.join(folder, 'files');
  mkdirSync(files);
  let sum = 0;
  let number = 0;
  const sql = `SELECT artifact, to_json(list({
      'bom-ref': purl, 'type': 'library', 'group': namespace, 'name': name, 'version': version,
      'licenses': [{'license': {'id': licenses[1]}}], 'purl': purl
    })) FROM components GROUP BY artifact`;
  await ledger.read(async reader => {
    for await (const rows of reader.stream(sql))
      for (const [artifact, list] of rows) {
        const file = path.join(files, `${number}.json`);
        number += 1;
        const metadata = { timestamp: '2026-10-01T00:00:00Z', component: { type: 'container', version: artifact } };
        const text = typeof list === 'string' ? list : JSON.stringify(list);
        writeFileSync(
          file,
          `{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":${JSON.stringify(metadata)},"components":${text}}`,
        );
        sum += statSync(file).size;
      }
  });
  return sum;
}
