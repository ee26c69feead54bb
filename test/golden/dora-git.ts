/** What the ledger holds of the fixture repository: every fact that the git source tells of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { doraSchema } from '../../exporters/dora/config.ts';
import { doraExporter } from '../../exporters/dora/index.ts';

const stream = path.resolve(import.meta.dirname, '../fixtures/dora/shop.fi');
const now = new Date('2026-04-01T00:00:00Z');

const tables: Readonly<Record<string, string>> = {
  commits: 'SELECT * EXCLUDE (node, learned_at) FROM commits ORDER BY committed_at, sha',
  commit_services: `SELECT service, subject FROM commit_services JOIN commits USING (repository, sha)
    ORDER BY committed_at, service`,
  tags: 'SELECT tag, sha, tagged_at FROM tags ORDER BY tagged_at, tag',
  deployments: `SELECT deployment, environment, service, version, ref, sha, task, incident, created_at FROM deployments
    ORDER BY created_at, deployment`,
  deployment_statuses:
    'SELECT deployment, status, occurred_at FROM deployment_statuses ORDER BY occurred_at, deployment',
};

export async function goldenGitLedger(): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-golden-'));
  try {
    const repository = path.join(folder, 'shop.git');
    execFileSync('git', ['init', '--quiet', '--bare', repository]);
    execFileSync('git', ['-C', repository, 'fast-import', '--quiet'], { input: readFileSync(stream) });
    const config = doraSchema.parse({
      git: [
        {
          path: repository,
          repository: 'acme/shop',
          deployments: [
            { from: 'tags', tags: ['*-v*'], except: ['*-rc*'], service: '{1}', version: '{2}' },
            { from: 'branch', environment: 'staging' },
          ],
        },
      ],
      services: [
        { service: 'checkout', repository: 'acme/shop', paths: ['services/checkout/*', 'libs/*'] },
        { service: 'cart', repository: 'acme/shop', paths: ['services/cart/*', 'libs/*'] },
      ],
    });
    const exporter = doraExporter(config, buildOwnership(buildCatalog([]), ownershipSchema.parse({})), {
      now: () => now,
    });
    const runtime = await openRuntime(exporter, { dataDir: folder, log: pino({ level: 'silent' }), now: () => now });
    try {
      for (const { error } of await runtime.refresh()) if (error !== undefined) throw new Error(error);
      let text = '';
      for (const [table, query] of Object.entries(tables)) {
        text += `# ${table}\n`;
        for (const row of await runtime.ledger.read(reader => reader.all(query)))
          text += `${Object.values(row).map(shown).join(' | ')}\n`;
      }
      return text;
    } finally {
      await runtime.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const shown = (value: unknown) => (value === null ? 'null' : String(value).replaceAll('\n', '\\n'));
