/** What rules of a real Prometheus made, read by a VictoriaMetrics that is run with compose's own flags and files. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { freePort } from '../../compose/ports.ts';
import { promQuery } from '../tools/promql.ts';
import { startPrometheus, startVictoriaMetrics } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { eventually } from './lib/eventually.ts';
import { temporary } from './lib/plumbline.ts';

const budget = { service: 'checkout', slo: 'orders', objective: '99.9', team: 'shop' };
const rules = [
  { record: 'slo:error_budget_remaining:ratio', expr: 'vector(0.25)', labels: budget },
  { record: 'other:ratio', expr: 'vector(1)' },
  { alert: 'BudgetExceeded', expr: 'vector(2) > 1', labels: { team: 'shop', severity: 'ticket' } },
  { alert: 'PlumblineUp', expr: 'up == 1', for: '1h', labels: { severity: 'none' } },
];

test('what rules record, and which alerts fire, is in VictoriaMetrics as it is in Prometheus', async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'victoria-metrics'))) return;
  const directory = temporary(t);
  const port = await freePort();
  const configFile = path.join(directory, 'prometheus.yml');
  writeFileSync(path.join(directory, 'a.rules.yml'), stringify({ groups: [{ name: 'a', rules }] }));
  writeFileSync(
    configFile,
    stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['a.rules.yml'],
      scrape_configs: [{ job_name: 'plumbline', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
    }),
  );
  const { url } = await startPrometheus({ t, configFile, port });
  const change = (scrape: string) => scrape.replace('scrape_interval: 30s', 'scrape_interval: 1s');
  const victoria = await startVictoriaMetrics({ t, prometheus: `127.0.0.1:${port}`, change });
  const made = async (server: string) => {
    const found = await promQuery(server, '{__name__=~"slo:.*|ALERTS|ALERTS_FOR_STATE|other:.*"}');
    return found.map(({ labels }) => JSON.stringify(Object.entries(labels).sort())).sort();
  };
  await eventually(async () => {
    const own = (await made(url)).filter(labels => !labels.includes('other:ratio'));
    assert.equal(own.length, 5, own.join('\n'));
    assert.deepEqual(await made(victoria.url), own);
  }, 30_000);
  const [left] = await promQuery(victoria.url, 'slo:error_budget_remaining:ratio');
  assert.equal(left?.value, 0.25);
});
