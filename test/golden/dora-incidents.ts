/**
 * What the incident sources bring of a made-up week: a ledger's incidents, deployments and external metrics as text, from
 * local servers that answer as PagerDuty, Jira Cloud and Datadog do.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { doraSchema } from '../../exporters/dora/config.ts';
import { doraExporter } from '../../exporters/dora/index.ts';
import { apiKey, applicationKey, startDatadog } from '../dora/vendors/datadog.ts';
import { apiToken, email, jiraDate, startJira } from '../dora/vendors/jira.ts';
import { startPagerDuty, token } from '../dora/vendors/pagerduty.ts';

const now = new Date('2026-11-10T12:00:00Z');

export async function goldenDoraIncidents(): Promise<string> {
  const endings: (() => Promise<void>)[] = [];
  const ending = { after: (end: () => Promise<void>) => void endings.push(end) };
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-golden-'));
  try {
    const config = doraSchema.parse({
      pagerduty: [await pagerDuty(ending)],
      jira: [await jira(ending)],
      datadog: [await datadog(ending)],
    });
    const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
    const exporter = doraExporter(config, ownership, { now: () => now });
    const ours = new Set(['pagerduty', 'jira', 'datadog']);
    const runtime = await openRuntime(
      { ...exporter, sources: exporter.sources.filter(({ name }) => ours.has(name)) },
      { dataDir, log: pino({ level: 'silent' }), now: () => now, threads: 1 },
    );
    try {
      for (const result of await runtime.refresh()) if (result.error !== undefined) throw new Error(result.error);
      const dump = (title: string, sql: string) =>
        runtime.ledger.read(async reader => {
          const lines = (await reader.all(sql)).map(row => `${Object.values(row).join(' | ')}\n`);
          return `# ${title}\n${lines.join('')}`;
        });
      return [
        await dump('incidents', incidentsSql),
        await dump('deployments', deploymentsSql),
        await dump('external metrics, of the last 30 days', metricsSql),
        await dump('rejects', 'SELECT source, file, reason, field FROM rejects ORDER BY ALL'),
      ].join('\n');
    } finally {
      await runtime.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
    for (const end of endings) await end();
  }
}

const newest =
  'QUALIFY row_number() OVER (PARTITION BY source, incident ORDER BY updated_at DESC, learned_at DESC) = 1';
const incidentsSql = `SELECT source, incident, status, service, team, environment, severity, title, deployment,
    array_to_string(labels, ' ') AS labels, url, strftime(started_at, '%Y-%m-%dT%H:%M:%SZ') AS started,
    coalesce(strftime(resolved_at, '%Y-%m-%dT%H:%M:%SZ'), '-') AS resolved
  FROM (FROM incidents ${newest}) ORDER BY ALL`;
const deploymentsSql = `SELECT d.source, d.deployment, repository, environment, service, team, version, status,
    strftime(occurred_at, '%Y-%m-%dT%H:%M:%SZ') AS at
  FROM deployments AS d JOIN deployment_statuses AS s ON s.source = d.source AND s.deployment = d.deployment ORDER BY ALL`;
const metricsSql = `SELECT source, tool, service, team, metric, statistic, value
  FROM external_metrics WHERE period_end = '2026-11-10' AND period_start = '2026-10-11' ORDER BY ALL`;

type Ending = Parameters<typeof startJira>[0];

async function pagerDuty(ending: Ending) {
  const { url } = await startPagerDuty(ending, {
    incidents: [
      {
        ...{
          id: 'PCHECKOUT1',
          created: '2026-11-03T09:12:00Z',
          resolved: '2026-11-03T10:02:00Z',
          title: 'Payments time out',
        },
        ...{ priority: 'P1', service: ['PSVC001', 'Checkout API'], teams: ['Shop'] },
      },
      {
        ...{
          id: 'PCHECKOUT2',
          created: '2026-11-03T09:14:00Z',
          resolved: '2026-11-03T09:20:00Z',
          mergedInto: 'PCHECKOUT1',
        },
        ...{ title: 'Orders time out', service: ['PSVC001', 'Checkout API'] },
      },
      { id: 'PSEARCH1', created: '2026-11-09T22:40:00Z', acknowledged: true, service: ['PSVC002', 'Search'] },
      { id: 'PBROKEN', created: '2026-11-09T23:00:00Z', raw: { id: 'PBROKEN', status: 'unknown' } },
    ],
  });
  return { url, api_token: token, services: [{ match: ['PSVC001'], service: 'checkout', environment: 'production' }] };
}

async function jira(ending: Ending) {
  const { url } = await startJira(ending, {
    issues: [
      {
        ...{
          id: '10001',
          key: 'OPS-1',
          created: '2026-11-04T08:00:00Z',
          updated: '2026-11-05T09:00:00Z',
          status: 'Done',
        },
        fields: {
          ...{ resolution: { name: 'Done' }, resolutiondate: jiraDate('2026-11-04T09:30:00Z') },
          components: [{ name: 'checkout' }, { name: 'search' }],
          ...{ customfield_10052: 'datadog:deploy-2', labels: ['sev2'] },
        },
      },
      { id: '10002', key: 'OPS-2', created: '2026-11-06T08:00:00Z', status: 'In Progress' },
      {
        ...{
          id: '10003',
          key: 'OPS-3',
          created: '2026-11-07T08:00:00Z',
          updated: '2026-11-07T08:30:00Z',
          status: 'Closed',
        },
        fields: { resolution: { name: 'Duplicate' }, resolutiondate: jiraDate('2026-11-07T08:30:00Z') },
      },
    ],
    fields: [{ id: 'customfield_10052', name: 'Deployment' }],
    timeZone: 'Europe/Berlin',
  });
  return {
    ...{ url, site_url: 'https://acme.atlassian.net', deployment: 'cloud', email, api_token: apiToken },
    ...{ jql: 'project = OPS', deployment_field: 'Deployment' },
  };
}

async function datadog(ending: Ending) {
  const deployment = (id: string, day: string, attributes: Readonly<Record<string, unknown>>) => ({
    ...{ id: `deploy-${id}`, started: `2026-11-${day}T10:00:00Z`, finished: `2026-11-${day}T10:06:00Z` },
    attributes: {
      service: 'checkout',
      team: 'shop',
      git: { repository_id: 'github.com/acme/checkout' },
      ...attributes,
    },
  });
  const commits = (...leads: number[]) => leads.map(change_lead_time => ({ change_lead_time }));
  const { url } = await startDatadog(ending, {
    incidents: [
      {
        ...{ id: '7f1c', created: '2026-11-08T11:00:00Z', resolved: '2026-11-08T11:45:00Z' },
        fields: { services: ['checkout'], teams: ['shop'] },
      },
    ],
    deployments: [
      deployment('1', '02', { version: 'v1', change_failure: false, commits: commits(3600, 86_400) }),
      deployment('2', '04', { version: 'v2', change_failure: true, recovery_time_sec: 5400, commits: commits(7200) }),
      deployment('3', '05', { version: 'v3', change_failure: false, commits: commits(1800, 1800, 5400) }),
    ],
    failures: [
      {
        ...{ id: 'f-1', started: '2026-11-04T10:10:00Z', finished: '2026-11-04T11:36:00Z' },
        attributes: { service: ['checkout'], team: ['shop'], name: 'Checkout is slow', severity: 'High' },
      },
    ],
  });
  return {
    ...{ url, api_key: apiKey, application_key: applicationKey },
    ...{ incidents: {}, dora: { deployments: true, failures: true } },
  };
}
