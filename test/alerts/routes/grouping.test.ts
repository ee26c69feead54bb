/** Grouping, hours, inhibition and the watchdog on a running Alertmanager: how many messages, and what is in them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertsInput } from '../../../alerts/index.ts';
import { startAlertmanager } from '../../tools/servers.ts';
import { requireTool } from '../../tools/tools.ts';
import { startWebhookReceiver } from '../../tools/webhook.ts';
import { lay, quickFiles, temporary } from './given.ts';
import { eventually, postAlerts } from './servers.ts';

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
/** Days that are not now, neither in a minute nor in this time zone. */
const farDay = days[(new Date().getUTCDay() + 3) % 7]!;
const wholeWeek = { weekdays: ['sunday:saturday'], from: '00:00', to: '24:00' };

/** Alertmanager with our file, where only the waiting is shortened; teams' webhooks are told apart by path. */
async function started(t: import('node:test').TestContext, alerts: AlertsInput['alerts']) {
  const hook = await startWebhookReceiver(t);
  const configFile = await lay(await temporary(t), {
    ...quickFiles({ alerts }),
    'secrets/webhook-url': `${hook.url}/platform`,
    'secrets/shop': `${hook.url}/shop`,
    'secrets/outside': `${hook.url}/outside`,
  });
  const { url } = await startAlertmanager({ t, configFile });
  const at = (path: string) => hook.received.filter(each => each.path === path).map(({ message }) => message);
  const names = (path: string) =>
    at(path).map(({ alerts: told }) => [...new Set(told.map(({ labels }) => labels.alertname))].join());
  return { url, at, names };
}

const receivers = [{ team: 'shop', webhook_url_file: 'secrets/shop' }];
const slo = (alertname: string, severity: string, service: string, name: string, objective = '99.9') => ({
  labels: { alertname, severity, team: 'shop', service, slo: name, objective },
});

test('what has one cause is one message', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  const { url, at, names } = await started(t, { receivers, digest: { ...wholeWeek, weekly: 'sunday:saturday' } });
  const sources = Array.from({ length: 30 }, (_, index) => ({
    labels: {
      alertname: 'SourceFailing',
      severity: 'ticket',
      team: 'platform',
      exporter: 'cost',
      source: `source ${index}`,
    },
  }));
  const digests = ['FindingsDue', 'UntaggedCostHigh', 'SbomStale', 'FeedbackUnanswered', 'PromisesAtRisk'];
  await postAlerts(url, [
    ...sources,
    slo('SloBudgetBurnFast', 'page', 'checkout', 'availability'),
    slo('SloBudgetBurnFast', 'page', 'checkout', 'latency', '99'),
    slo('SloBudgetBurnFast', 'page', 'checkout', 'latency', '95'),
    slo('SloBudgetBurnFast', 'page', 'search', 'availability'),
    // silenced by the page of the same objective; that of another objective isn't
    slo('SloBudgetBurnSlow', 'ticket', 'checkout', 'availability'),
    slo('SloBudgetBurnSlow', 'ticket', 'checkout', 'availability', '99'),
    slo('SloNoTraffic', 'ticket', 'checkout', 'latency'),
    ...digests.map(alertname => ({ labels: { alertname, severity: 'digest', team: 'shop' } })),
  ]);
  await eventually(
    () => (at('/shop').length >= 5 && at('/platform').length >= 1 ? true : undefined),
    () => [names('/shop'), names('/platform')],
  );
  await new Promise(resolve => setTimeout(resolve, 3000));
  assert.deepEqual(
    at('/platform').map(({ alerts }) => alerts.length),
    [30],
  );
  assert.deepEqual(
    names('/shop').sort(),
    [
      'FeedbackUnanswered,PromisesAtRisk',
      'FindingsDue,SbomStale,UntaggedCostHigh',
      'SloBudgetBurnFast',
      'SloBudgetBurnFast',
      'SloBudgetBurnSlow,SloNoTraffic',
    ].sort(),
  );
  const pages = at('/shop').filter(
    ({ groupLabels, alerts }) => alerts[0]?.labels.severity === 'page' && groupLabels.service === 'checkout',
  );
  assert.deepEqual(
    pages.map(({ alerts }) => alerts.length),
    [3],
  );
  const slow = at('/shop').flatMap(({ alerts }) =>
    alerts.filter(({ labels }) => labels.alertname === 'SloBudgetBurnSlow'),
  );
  assert.deepEqual(
    slow.map(({ labels }) => labels.objective),
    ['99'],
  );
});

test('Plumbline that is down is one message: what depends on it is not told', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  const { url, at, names } = await started(t, { receivers });
  await postAlerts(url, [
    { labels: { alertname: 'PlumblineDown', severity: 'page', team: 'platform', job: 'plumbline' } },
  ]);
  await eventually(
    () => at('/platform')[0],
    () => names('/platform'),
  );
  const silenced = [
    'BillingDataStale',
    'SourceStale',
    'SourceFailing',
    'PolicyEngineSilent',
    'ScannerSilent',
    'RemoteWriteStuck',
    'OtlpPushFailing',
  ];
  await postAlerts(url, [
    ...silenced.map(alertname => ({ labels: { alertname, severity: 'ticket', team: 'platform', exporter: 'cost' } })),
    { labels: { alertname: 'BudgetExceeded', severity: 'ticket', team: 'shop', budget: 'b' } },
  ]);
  await eventually(
    () => at('/shop')[0],
    () => names('/shop'),
  );
  await new Promise(resolve => setTimeout(resolve, 2500));
  assert.deepEqual(names('/platform'), ['PlumblineDown']);
  assert.deepEqual(names('/shop'), ['BudgetExceeded']);
});

test('a page comes at any hour; a ticket waits for the office, a digest for its time, of a team’s own route too', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  const { url, at, names } = await started(t, {
    receivers,
    office_hours: { weekdays: [farDay] },
    digest: { weekdays: [farDay], weekly: farDay },
    watchdog: { webhook_url_file: 'secrets/outside', every: '2s' },
  });
  const every = (alertname: string, severity: string) =>
    ['shop', 'other'].map(team => ({ labels: { alertname, severity, team } }));
  await postAlerts(url, [
    { labels: { alertname: 'PlumblineWatchdog', severity: 'none', team: 'platform' } },
    ...every('BudgetExceeded', 'ticket'),
    ...every('FindingsDue', 'digest'),
    ...every('FeedbackUnanswered', 'digest'),
    ...every('KnownExploitedInProduction', 'page'),
  ]);
  await eventually(
    () => (at('/shop').length > 0 && at('/platform').length > 0 && at('/outside').length > 2 ? true : undefined),
    () => [names('/shop'), names('/platform'), names('/outside')],
  );
  await new Promise(resolve => setTimeout(resolve, 2500));
  assert.deepEqual(names('/shop'), ['KnownExploitedInProduction']);
  assert.deepEqual(names('/platform'), ['KnownExploitedInProduction']);
  assert.deepEqual([...new Set(names('/outside'))], ['PlumblineWatchdog'], 'again and again, and nothing else');
});
