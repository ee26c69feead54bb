/** What the `scorecard:` section refuses. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../exporters/config.ts';
import { builtIn } from '../../exporters/scorecard/checks.ts';
import { checkSchema, scorecardSchema } from '../../exporters/scorecard/config.ts';
import { linkOf } from '../../exporters/scorecard/links.ts';

const faults = (exemption: object): readonly string[] =>
  (scorecardSchema.safeParse({ exemptions: [exemption] }).error?.issues ?? []).map(({ path }) => path.join('.'));

test('an exemption names a check and whom, and has an end that is not before its beginning', () => {
  const whole = { check: 'runbook', service: 'cart', reason: 'none yet', from: '2026-10-01', until: '2026-10-01' };
  const { until, ...endless } = whole;
  const { service, ...ofNobody } = whole;
  assert.deepEqual(faults(whole), []);
  assert.deepEqual(faults(endless), ['exemptions.0.until'], until);
  assert.deepEqual(faults(ofNobody), ['exemptions.0.service'], service);
  assert.deepEqual(faults({ ...whole, until: '2026-09-30' }), ['exemptions.0.until']);
  assert.deepEqual(faults({ ...whole, check: 'run-book' }), ['exemptions.0.check']);
});

test('an exemption without an end is told that it needs one', async t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-exemption-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'plumbline.yaml');
  const load = (until: string) => {
    writeFileSync(file, `scorecard: {exemptions: [{check: runbook, service: cart, reason: none yet${until}}]}\n`);
    return loadConfig(file, { env: {} });
  };
  const endless =
    /until is missing; expected the last day on which it holds, such as 2026-12-31: no exemption is without/;
  await assert.rejects(load(''), endless);
  await assert.rejects(load(', until: '), endless);
  await assert.rejects(load(', until: soon'), /until is "soon"; expected a day such as 2026-10-01/);
  await load(', until: 2026-12-31');
});

test('where a check is mended unless it says so is what the schema says of it', () => {
  const words = { service: 'cart', team: 'red', repository: '' };
  const said = checkSchema.shape.link.description ?? '';
  for (const { link = '' } of builtIn) assert.equal(linkOf(link, words), '/explain/service/cart');
  assert.ok(said.includes(linkOf('', { ...words, service: 'SERVICE' })), said);
});
