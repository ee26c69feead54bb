/** Which files of a folder `init --catalog` takes for the catalog. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { catalogGlobs } from '../../exporters/cli/init/catalog.ts';

const entity = 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: shop }\n';

async function globsOf(t: TestContext, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-init-catalog-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return catalogGlobs(folder);
}

describe('the catalog of a folder', () => {
  it('is all YAML where all of it has entities', async t => {
    assert.deepEqual(await globsOf(t, { 'teams.yaml': entity, 'more/shop.yml': entity }), ['**/*.yaml', '**/*.yml']);
  });

  it('is the files of entities, by the names that they alone have, where other YAML stands beside them', async t => {
    const files = {
      'catalog-info.yaml': entity,
      'services/shop/catalog-info.yaml': `# whose it is\n---\n${entity}`,
      'services/shop/deployment.yaml': 'apiVersion: apps/v1\nkind: Deployment\n',
      'node_modules/x/catalog-info.yaml': 'name: x\n',
    };
    assert.deepEqual(await globsOf(t, files), ['**/catalog-info.yaml']);
    const shared = { ...files, 'docs/catalog-info.yaml': 'site_name: docs\n' };
    assert.deepEqual(await globsOf(t, shared), ['catalog-info.yaml', 'services/shop/catalog-info.yaml']);
  });

  it('is refused where there is no YAML', async t => {
    await assert.rejects(globsOf(t, { 'README.md': '' }), /has no YAML file/);
  });
});
