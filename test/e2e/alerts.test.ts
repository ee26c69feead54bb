/**
 * A budget alert on its whole way: bill, page, Prometheus with the generated rules, Alertmanager with the generated
 * routes, webhook; and its end. Both servers run the files that compose mounts; of their copies only the intervals are
 * lowered, since they decide how long the test takes and nothing else, and the digest's hours stay as they are.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { renderAlerts } from '../../alerts/index.ts';
import { layAlertmanager, layPrometheus } from '../../compose/layout.ts';
import { freePort } from '../../compose/ports.ts';
import { loadConfig } from '../../exporters/config.ts';
import { startAlertmanager, startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { startWebhookReceiver, type WebhookAlert } from '../tools/webhook.ts';
import { deliver, readAgain, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';

const dayMs = 86_400_000;
const midnight = Math.floor(Date.now() / dayMs) * dayMs;

/** Ten dollars a day for two teams, from the first complete day of this month or, on its first day, of the one before. */
function bill(): string {
  const lines = [
    'ProviderName,BillingAccountId,BillingPeriodStart,ChargePeriodStart,ChargeCategory,BilledCost,EffectiveCost,BillingCurrency,Tags',
  ];
  for (let ms = midnight - 60 * dayMs; ms < midnight; ms += dayMs)
    for (const team of ['red', 'blue']) {
      const day = new Date(ms).toISOString();
      const tags = `"{""team"": ""${team}""}"`;
      lines.push(`AWS,1,${day.slice(0, 7)}-01T00:00:00Z,${day},Usage,10,10,USD,${tags}`);
    }
  return `${lines.join('\n')}\n`;
}

const lower = (file: string, changes: Readonly<Record<string, string>>) => {
  let text = readFileSync(file, 'utf8');
  for (const [key, value] of Object.entries(changes)) {
    assert.match(text, new RegExp(`\\b${key}: `), `${file} has no ${key}`);
    text = text.replaceAll(new RegExp(`\\b${key}: .*`, 'g'), `${key}: ${value}`);
  }
  writeFileSync(file, text);
};

test('a budget alert arrives at its team through Alertmanager, and resolves once the budget is raised', async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'alertmanager'))) return;
  if (new Date().getUTCDate() === 1) return t.skip('on the first day of a month no day of it is complete yet');
  const directory = temporary(t);
  const file = path.join(directory, 'bill.csv');
  deliver(file, bill());
  const port = await freePort();
  const hook = await startWebhookReceiver(t);
  const receivers = [{ team: 'red', webhook_url_file: 'secrets/red' }];
  const config = (budget: string) => ({
    data_dir: 'data',
    server: { port },
    alerts: { receivers },
    links: { runbooks: 'https://runbooks.example.org' },
    ownership: { rules: [{ name: 'team tags', tag: { keys: ['team'], gives: 'team' } }] },
    cost: {
      focus: [{ path: file, every: 3600 }],
      budgets: ['red', 'blue'].map(team => ({ name: `${team} cloud`, team, amount: budget, currency: 'USD' })),
    },
  });
  const configFile = writeConfig(directory, config('5'));
  const first = await startPlumbline(t, configFile);
  await readAgain(first);

  const rendered = path.join(directory, 'alerts');
  await renderAlerts(rendered, await loadConfig(configFile, { env: {} }));
  const alertmanagerFolder = path.join(directory, 'alertmanager');
  const alertmanagerFile = await layAlertmanager(alertmanagerFolder, `${hook.url}/platform`, rendered);
  writeFileSync(path.join(alertmanagerFolder, 'secrets', 'red'), `${hook.url}/red`);
  lower(alertmanagerFile, { group_wait: '1s', group_interval: '1s' });
  const alertmanager = await startAlertmanager({ t, configFile: alertmanagerFile });
  const targets = { plumbline: `127.0.0.1:${port}`, alertmanager: `127.0.0.1:${alertmanager.port}` };
  const prometheusFile = await layPrometheus(path.join(directory, 'prometheus'), targets, rendered);
  lower(prometheusFile, { scrape_interval: '1s', evaluation_interval: '1s' });
  await startPrometheus({ t, configFile: prometheusFile });

  const about = (alerts: readonly WebhookAlert[], name: string, team: string) =>
    alerts.find(({ labels }) => labels.alertname === name && labels.team === team);
  const arrival = (status: 'firing' | 'resolved', team: string) =>
    hook.waitFor(({ message }) => about(message.alerts, 'BudgetExceeded', team)?.status === status, 60_000);

  const red = await arrival('firing', 'red');
  assert.deepEqual([red.path, red.message.receiver], ['/red', 'team-red']);
  const alert = about(red.message.alerts, 'BudgetExceeded', 'red');
  assert.equal(alert?.labels.severity, 'ticket');
  assert.equal(alert?.labels.budget, 'red cloud');
  assert.equal(alert?.annotations.runbook_url, 'https://runbooks.example.org/BudgetExceeded');
  assert.match(alert?.annotations.dashboard_url ?? '', /\/d\/plumbline-team\?from=now-90d&to=now&var-team=red&/);
  assert.match(alert?.annotations.summary ?? '', /^Budget red cloud is exceeded: \d+.*% used$/);
  const blue = await arrival('firing', 'blue');
  assert.deepEqual([blue.path, blue.message.receiver], ['/platform', 'platform'], 'a team without a receiver');

  await first.stop();
  await readAgain(await startPlumbline(t, writeConfig(directory, config('100000'))));
  for (const [team, at] of [
    ['red', '/red'],
    ['blue', '/platform'],
  ] as const)
    assert.equal((await arrival('resolved', team)).path, at);
  const strangers = hook.received.filter(
    ({ path: at, message }) => at === '/red' && message.alerts.some(({ labels }) => labels.team !== 'red'),
  );
  assert.deepEqual(strangers, [], "nothing of another team's");
});
