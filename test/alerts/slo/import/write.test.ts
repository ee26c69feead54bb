import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { slosSchema } from '../../../../alerts/slo/config.ts';
import { importSlos } from '../../../../alerts/slo/import/index.ts';
import { shortText } from '../../../../alerts/slo/import/write.ts';
import type { Slo } from '../../../../alerts/slo/model.ts';
import { slosOf } from '../../../../alerts/slo/slos.ts';
import { corpusFiles } from './corpus.ts';

const plain = (slos: readonly Slo[]): unknown => JSON.parse(JSON.stringify(slos.map(({ origin: _, ...slo }) => slo)));

/** As the configuration reads it. */
function reread(slos: readonly Slo[]): readonly Slo[] {
  const { slos: written } = parse(shortText(slos)) as { slos: unknown };
  return slosOf(slosSchema.parse(written), { platform: 'nobody', teams: new Map() });
}

test('what is written is read again as the same SLOs, of every specification', t => {
  const files = corpusFiles(t, 'sloth/examples/*.y*ml', 'sloth/test/**/*.yaml', 'pyrra/examples/**/*.yaml');
  if (!files) return;
  let count = 0;
  for (const file of files) {
    const { slos } = importSlos([file]);
    assert.deepEqual(plain(reread(slos)), plain(slos), file.name);
    count += slos.length;
  }
  assert.ok(count > 60, String(count));
});

test('windows of Sloth’s that are no whole burn rates are carried as rules write them', () => {
  const { slos } = importSlos(
    [
      {
        name: 'slo.yml',
        text: `version: prometheus/v1
service: shop
slos:
- name: answers
  objective: 99.9
  sli: { events: { error_query: 'sum(rate(bad[{{.window}}]))', total_query: 'sum(rate(all[{{.window}}]))' } }
`,
      },
    ],
    { team: 'a', period: 28 * 86_400 },
  );
  assert.deepEqual(plain(reread(slos)), plain(slos));
  assert.match(shortText(slos), /burn_rate: 0\.933333333333333\n/);
});
