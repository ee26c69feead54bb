/**
 * An exploited vulnerability in production on its whole way: documents in files, page, Prometheus with the generated rules,
 * Alertmanager with the generated routes, webhook. A start anew in between resolves nothing, and neither does a clean scan
 * of what has not replaced the old content yet; its end does. Of the rules the "for" is lowered, of the servers' files the
 * intervals, since they decide how long the test takes.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { renderAlerts } from '../../alerts/index.ts';
import { loadConfig } from '../../exporters/config.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery } from '../tools/promql.ts';
import { requireTool } from '../tools/tools.ts';
import { startWebhookReceiver } from '../tools/webhook.ts';
import { lower, startAlerting } from './lib/alerting.ts';
import { eventually } from './lib/eventually.ts';
import { deliver, readAgain, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';

const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
const digest = (build: number): string => `sha256:${String(build).repeat(64)}`;
const cart = 'ghcr.io/acme/cart';

const running = (at: string, ...builds: readonly number[]) => ({
  ...{ environment: 'production', at },
  images: builds.map(build => ({
    ...{ image: `${cart}:${build}@${digest(build)}`, workload: `deployment/cart-${build}`, container: 'app' },
    ...{ replicas: 1, team: 'red', place: 'production/cart' },
  })),
});

const scan = (at: string, build: number, ...ids: readonly string[]) => ({
  ...{ SchemaVersion: 2, CreatedAt: at, ArtifactName: `${cart}:${build}`, ArtifactType: 'container_image' },
  Metadata: { OS: { Family: 'debian', Name: '12.1' }, RepoDigests: [`${cart}@${digest(build)}`] },
  Results: [
    {
      ...{ Target: `${cart}:${build} (debian 12.1)`, Class: 'os-pkgs', Type: 'debian' },
      Vulnerabilities: ids.map(id => ({
        ...{ VulnerabilityID: id, PkgName: 'zlib1g', InstalledVersion: '1.0', FixedVersion: '1.1' },
        ...{ Severity: 'CRITICAL', Title: id, Status: 'fixed' },
      })),
    },
  ],
});

const exploited = (id: string, at: string) => ({
  ...{ title: 'CISA Catalog of Known Exploited Vulnerabilities', catalogVersion: at.slice(0, 10), count: 1 },
  dateReleased: at,
  vulnerabilities: [
    {
      ...{ cveID: id, vendorProject: 'zlib', product: 'zlib', vulnerabilityName: id, dateAdded: at.slice(0, 10) },
      ...{ shortDescription: '', requiredAction: '', dueDate: at.slice(0, 10), notes: '', cwes: [] },
      knownRansomwareCampaignUse: 'Unknown',
    },
  ],
});

test('an exploited vulnerability in production pages its team until what has it is gone', {
  timeout: 1_800_000,
}, async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'alertmanager'))) return;
  const directory = temporary(t);
  const port = await freePort();
  const hook = await startWebhookReceiver(t);
  mkdirSync(path.join(directory, 'documents'));
  const told = (name: string, document: object) =>
    deliver(path.join(directory, 'documents', `${name}.json`), JSON.stringify(document));
  told('running-1', running(ago(20), 1));
  told('scan-1', scan(ago(10), 1, 'CVE-2026-1111', 'CVE-2026-2222'));
  told('exploited', exploited('CVE-2026-1111', ago(12)));
  const configFile = writeConfig(directory, {
    ...{ data_dir: 'data', server: { port } },
    alerts: { receivers: [{ team: 'red', webhook_url_file: 'secrets/red' }] },
    ownership: { rules: [{ name: 'team tags', tag: { keys: ['team'], gives: 'team' } }] },
    supply_chain: { files: [{ path: 'documents/*', every: 3600, stale: 720 }] },
  });
  const first = await startPlumbline(t, configFile);
  await readAgain(first);

  const rendered = path.join(directory, 'alerts');
  await renderAlerts(rendered, await loadConfig(configFile, { env: {} }));
  for (const name of readdirSync(rendered).filter(each => /^supply-chain.*\.rules\.yml$/.test(each)))
    lower(path.join(rendered, name), [
      [/\bfor: \d+[mh]$/gm, 'for: 2s'],
      [/^ +interval: \d+m$/gm, ''],
    ]);
  const prometheus = await startAlerting(t, { directory, rendered, port, hook: hook.url, team: 'red' });

  const arrival = (name: string, status: 'firing' | 'resolved') =>
    hook.waitFor(
      ({ message }) => message.alerts.some(each => each.labels.alertname === name && each.status === status),
      300_000,
    );
  const page = await arrival('KnownExploitedInProduction', 'firing');
  assert.deepEqual([page.path, page.message.receiver], ['/red', 'team-red']);
  const [alert] = page.message.alerts;
  assert.deepEqual(
    [alert?.labels.severity, alert?.labels.team, alert?.labels.environment, alert?.annotations.summary],
    ['page', 'red', 'production', '1 known exploited vulnerabilities run in production with team red'],
  );
  assert.match(alert?.annotations.dashboard_url ?? '', /\/d\/plumbline-supply-chain\?from=now-90d&to=now&var-team=/);
  const late = await arrival('CriticalPastLimit', 'firing');
  assert.equal(late.message.alerts[0]?.annotations.summary, '1 critical findings of team red are past their limit');

  // A newer build that is clean runs beside the old one, and the exporter starts anew.
  await first.stop();
  told('running-2', running(ago(1), 1, 2));
  told('scan-2', scan(ago(0.9), 2));
  const second = await startPlumbline(t, configFile);
  await readAgain(second);
  await eventually(async () => {
    const [images] = await promQuery(prometheus.url, 'sum(supply_chain_running_images)');
    assert.equal(images?.value, 2);
  });
  const names = () =>
    new Set(
      hook.received.flatMap(({ message }) =>
        message.alerts
          .filter(({ labels }) => labels.alertname !== 'PlumblineDown')
          .map(({ labels, status }) => `${labels.alertname} ${status}`),
      ),
    );
  assert.deepEqual([...names()].sort(), ['CriticalPastLimit firing', 'KnownExploitedInProduction firing']);

  told('running-3', running(ago(0.1), 2));
  await readAgain(second);
  for (const name of ['KnownExploitedInProduction', 'CriticalPastLimit'])
    assert.equal((await arrival(name, 'resolved')).path, '/red');
});
