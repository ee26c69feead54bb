/**
 * The alerts on where money is going, from a bill through the page, Prometheus and Alertmanager to the webhook: a budget
 * that will be exceeded and isn't yet, one that burns too fast, and a service that was off its weekday on a settled day.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { renderAlerts } from '../../alerts/index.ts';
import { layAlertmanager, layPrometheus } from '../../compose/layout.ts';
import { loadConfig } from '../../exporters/config.ts';
import { freePort } from '../tools/ports.ts';
import { startAlertmanager, startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { startWebhookReceiver, type WebhookAlert } from '../tools/webhook.ts';
import { deliver, readAgain, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';

const dayMs = 86_400_000;
const midnight = Math.floor(Date.now() / dayMs) * dayMs;
const now = new Date(midnight);
const daysInMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 0)).getUTCDate();
const estimatedDays = 3;

/** Ten dollars a day for each service; `batch` of blue cost 500 on the newest settled day, and 0.1 of all is billed of the newest. */
function bill(): string {
  const lines = [
    'ProviderName,BillingAccountId,BillingPeriodStart,ChargePeriodStart,ChargeCategory,BilledCost,EffectiveCost,BillingCurrency,Tags',
  ];
  for (let ms = midnight - 90 * dayMs; ms < midnight; ms += dayMs)
    for (const [team, service] of [
      ['red', 'shop'],
      ['blue', 'batch'],
      ['blue', 'web'],
    ]) {
      const day = new Date(ms).toISOString();
      const ago = (midnight - ms) / dayMs;
      const cost = service === 'batch' && ago === estimatedDays + 1 ? 500 : ago === 1 ? 1 : 10;
      const tags = `"{""team"": ""${team}"", ""service"": ""${service}""}"`;
      lines.push(`AWS,1,${day.slice(0, 7)}-01T00:00:00Z,${day},Usage,${cost},${cost},USD,${tags}`);
    }
  return `${lines.join('\n')}\n`;
}

const lower = (file: string, changes: Readonly<Record<string, string>>) => {
  let text = readFileSync(file, 'utf8');
  for (const [key, value] of Object.entries(changes))
    text = text.replaceAll(new RegExp(`\\b${key}: .*`, 'g'), `${key}: ${value}`);
  writeFileSync(file, text);
};

test('a forecast, a burn and an anomaly arrive at their team, and a day that is arriving does not', async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'alertmanager'))) return;
  const directory = temporary(t);
  const file = path.join(directory, 'bill.csv');
  deliver(file, bill());
  const port = await freePort();
  const hook = await startWebhookReceiver(t);
  const configFile = writeConfig(directory, {
    data_dir: 'data',
    server: { port },
    ownership: {
      rules: [
        { name: 'team tags', tag: { keys: ['team'], gives: 'team' } },
        { name: 'service tags', tag: { keys: ['service'], gives: 'service' } },
      ],
    },
    cost: {
      focus: [{ path: file, every: 3600 }],
      estimated_days: estimatedDays,
      budgets: [
        // above what its complete days can cost, and below what the month will
        { name: 'red cloud', team: 'red', amount: String(10 * daysInMonth - 5), currency: 'USD' },
        // burns at 1.25 of its pace
        { name: 'blue web', team: 'blue', service: 'web', amount: String(8 * daysInMonth), currency: 'USD' },
      ],
    },
  });
  await readAgain(await startPlumbline(t, configFile));

  const rendered = path.join(directory, 'alerts');
  await renderAlerts(rendered, await loadConfig(configFile, { env: {} }));
  const alertmanagerFile = await layAlertmanager(
    path.join(directory, 'alertmanager'),
    `${hook.url}/platform`,
    rendered,
  );
  lower(path.join(rendered, 'cost-forecast.rules.yml'), { interval: '1s' });
  lower(alertmanagerFile, { group_wait: '1s', group_interval: '1s' });
  const alertmanager = await startAlertmanager({ t, configFile: alertmanagerFile });
  const targets = { plumbline: `127.0.0.1:${port}`, alertmanager: `127.0.0.1:${alertmanager.port}` };
  const prometheusFile = await layPrometheus(path.join(directory, 'prometheus'), targets, rendered);
  lower(prometheusFile, { scrape_interval: '1s', evaluation_interval: '1s' });
  await startPrometheus({ t, configFile: prometheusFile });

  const about = (alerts: readonly WebhookAlert[], name: string, team: string) =>
    alerts.find(({ labels, status }) => status === 'firing' && labels.alertname === name && labels.team === team);
  const arrival = async (name: string, team: string) => {
    const { message } = await hook.waitFor(each => about(each.message.alerts, name, team) !== undefined, 300_000);
    return about(message.alerts, name, team);
  };
  const forecast = await arrival('BudgetForecastExceeded', 'red');
  assert.equal(forecast?.labels.budget, 'red cloud');
  assert.match(forecast?.annotations.summary ?? '', /^Budget red cloud will be exceeded: 10\d\.\d+% at the least$/);
  const anomaly = await arrival('CostAnomaly', 'blue');
  assert.equal(anomaly?.labels.service, 'batch');
  assert.equal(anomaly?.annotations.summary, 'Usage of batch was off by 490.00 USD in a day');
  // Once the budget itself is exceeded, late in a month, that says it all.
  const spent = 10 * (now.getUTCDate() - 1) - 9;
  if (spent < 8 * daysInMonth) {
    const burn = await arrival('BudgetBurnHigh', 'blue');
    assert.equal(burn?.annotations.summary, 'Budget blue web is spent at 125% of its pace');
  }
  const told = hook.received.flatMap(({ message }) => message.alerts).map(({ labels }) => labels);
  const anomalies = told.filter(({ alertname }) => alertname === 'CostAnomaly').map(({ service }) => service);
  assert.deepEqual([...new Set(anomalies)], ['batch']);
});
