/** The test that each of the examples ships. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { defaultSettings } from '../../../../alerts/settings.ts';
import { slosSchema } from '../../../../alerts/slo/config.ts';
import { sloFiles } from '../../../../alerts/slo/files.ts';
import { serverOf } from '../../../../alerts/slo/short.ts';
import { slosOf } from '../../../../alerts/slo/slos.ts';
import type { SloTestFile } from '../../../../alerts/slo/tests/index.ts';
import { requireTool } from '../../../tools/tools.ts';
import { promtoolSays } from '../import/promtool.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const config = slosSchema.parse({ files: ['alerts/slo/examples/*.yaml'] });
const slos = slosOf(config, { platform: 'platform', teams: new Map() }, root);
const files = sloFiles(slos, { server: serverOf(config), settings: defaultSettings });

test('every one of the examples ships a test of its own', () => {
  assert.ok(slos.length >= 9);
  for (const { service, name, objective } of slos) {
    const file = files.find(each => each.name === `slo-${service}-${name}`)?.test as SloTestFile | undefined;
    assert.ok(
      file?.tests.some(each => each.name.startsWith(`${service} ${name} ${objective}: `)),
      name,
    );
  }
});

for (const { name, rules, test: shipped } of files)
  test(`the test that an example ships passes: ${name}`, async t => {
    assert.ok(shipped, 'no series can be made for it');
    const promtool = await requireTool(t, 'promtool');
    if (!promtool) return;
    const said = await promtoolSays(t, promtool.path, { [`${name}.rules.yml`]: rules }, shipped as SloTestFile);
    assert.equal(said, '');
  });
