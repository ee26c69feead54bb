/** A server over two invented exporters, for the tests of what it serves. */
import type { TestContext } from 'node:test';
import { type DestinationStream, pino } from 'pino';
import { PlumblineError } from '../../exporters/core/errors.ts';
import { defineMetric } from '../../exporters/core/metric.ts';
import { createSelfMetrics, recordSource, type SelfMetrics } from '../../exporters/core/self-metrics.ts';
import { createServer, type Server } from '../../exporters/core/server.ts';
import type { ExporterView, ServerOptions } from '../../exporters/core/server-types.ts';
import type { Snapshot } from '../../exporters/core/snapshot-types.ts';
import type { PushRequest } from '../../exporters/core/source.ts';
import type { SourceStatus } from '../../exporters/core/status.ts';

const common = { maxSeries: 1000, reads: [], sql: '' };
export const monthToDate = defineMetric({
  ...{ name: 'finops_month_to_date_cost', kind: 'state', help: 'Cost of the calendar month so far, by team.' },
  ...{ unit: 'currency', labels: ['team', 'service', 'currency'], additive: true, ...common },
});
export const dailyCost = defineMetric({
  ...{ name: 'finops_cost_daily', kind: 'daily', help: 'Cost of a UTC day, by the team that owned it then.' },
  ...{ unit: 'currency', labels: ['team', 'service', 'charge_category', 'currency'], additive: true, ...common },
});
export const deployments = defineMetric({
  ...{ name: 'dora_deployments_total', kind: 'count', help: 'Deployments to production <b>&</b> "staging".' },
  ...{ unit: 'count', labels: ['team', 'service', 'environment'], additive: true, ...common },
});

export interface Fixture {
  readonly server: Server;
  readonly url: string;
  readonly self: SelfMetrics;
  readonly pushed: PushRequest[];
  readonly scrapes: string[];
  readonly logged: string[];
  /** Replaces an exporter's page. */
  readonly show: (exporter: 'cost' | 'dora', snapshot: Snapshot | undefined) => void;
}

export const tokens = [
  { name: 'root', role: 'admin', token: 'admin-token' },
  { name: 'grafana', role: 'reader', token: 'reader-token' },
  { name: 'checkout-ci', role: 'team', team: 'checkout', token: 'team-token' },
] as const;

export const pageOf = (commit: number, lines: number): Snapshot => ({
  commit,
  takenAt: new Date('2026-11-02T11:59:00Z'),
  families: [
    {
      ...{
        metric: monthToDate,
        name: monthToDate.name,
        type: 'gauge',
        help: monthToDate.help,
        series: lines,
        stamped: false,
      },
      text: Buffer.from(
        Array.from({ length: lines }, (_, index) => `finops_month_to_date_cost{team="t${index}"} ${commit}\n`).join(''),
      ),
    },
  ],
});

export async function startFixture(t: TestContext, more: Partial<ServerOptions> = {}): Promise<Fixture> {
  const pushed: PushRequest[] = [];
  const scrapes: string[] = [];
  const logged: string[] = [];
  const snapshots: Record<string, Snapshot | undefined> = {
    cost: pageOf(1, 3),
    dora: {
      ...{ commit: 4, takenAt: new Date('2026-11-02T11:59:40Z') },
      families: [
        {
          ...{ metric: deployments, name: deployments.name, type: 'counter', help: deployments.help, series: 1 },
          ...{ stamped: false, text: Buffer.from('dora_deployments_total{team="checkout"} 5\n') },
        },
      ],
    },
  };
  const status = (exporter: string, source: string, extra: Partial<SourceStatus>): SourceStatus => ({
    ...{ exporter, source, kind: 'read', everySeconds: 300, state: 'ok', records: 0, rejected: {}, error: undefined },
    nextRun: undefined,
    ...{ lastRun: undefined, lastSuccess: undefined, lastDurationSeconds: undefined },
    files: { waiting: 0, broken: 0 },
    ...extra,
  });
  const sources = {
    cost: [
      status('cost', 'focus', {
        ...{ lastRun: new Date('2026-11-02T11:57:00Z'), lastSuccess: new Date('2026-11-02T11:57:10Z') },
        ...{ lastDurationSeconds: 12.4, records: 1_234_567, rejected: { bad_date: 12, bad_number: 3 } },
      }),
      status('cost', 'invoices', { state: 'waiting' }),
    ],
    dora: [
      status('dora', 'github', {
        ...{
          kind: 'pull',
          state: 'failed',
          nextRun: new Date('2026-11-02T12:04:00Z'),
          error: 'GET https://api.example/<repos> answered 401: <script>alert(1)</script>',
        },
        ...{
          lastRun: new Date('2026-11-02T11:58:00Z'),
          lastSuccess: new Date('2026-10-30T12:00:00Z'),
          lastDurationSeconds: 0.34,
        },
      }),
      status('dora', 'deploy-hook', { kind: 'push', lastSuccess: new Date('2026-11-02T11:00:00Z'), records: 41 }),
      status('dora', 'events', { kind: 'push', state: 'waiting' }),
    ],
  };
  const view = (
    name: 'cost' | 'dora',
    rest: Pick<ExporterView, 'metrics' | 'pushSources' | 'problems'>,
  ): ExporterView => ({
    name,
    ...rest,
    snapshot: () => snapshots[name],
    sources: () => sources[name],
    accept: async (source, request) => {
      if (request.body.toString() === 'foreign')
        throw new PlumblineError('PUSH_FORBIDDEN', {
          principal: request.principal.name,
          source,
          reason: 'it is not its own',
        });
      if (request.body.toString() === 'explode') throw new Error('secret inner detail');
      pushed.push(request);
      return { records: 1, changed: 1, rejected: source === 'deploy-hook' ? {} : { odd: 1 } };
    },
    scraped: async () => void scrapes.push(name),
  });
  const views = [
    view('cost', {
      metrics: [dailyCost, monthToDate],
      pushSources: [],
      problems: () => ['could not evaluate metric finops_x: no such table'],
    }),
    view('dora', {
      metrics: [deployments],
      problems: () => [],
      pushSources: [
        { name: 'deploy-hook' },
        {
          name: 'addressed-hook',
          verify: (_body, _headers, query) => (query?.secret === 's' ? { name: 'tekton', role: 'admin' } : undefined),
        },
        {
          name: 'slowly-signed-hook',
          verify: async (body, headers) =>
            headers['x-signature'] === `signed:${body}` ? { name: 'github', role: 'team', team: 'search' } : undefined,
        },
        {
          name: 'signed-hook',
          verify: (body, headers) =>
            headers['x-signature'] === `signed:${body}` ? { name: 'github', role: 'team', team: 'search' } : undefined,
        },
      ],
    }),
  ];
  const self = createSelfMetrics({ version: '1.2.3', demo: more.demo ?? false });
  for (const one of [...sources.cost, ...sources.dora]) recordSource(self, one);
  const destination: DestinationStream = { write: line => void logged.push(line) };
  const server = createServer({
    ...{ exporters: () => views, tokens, self, version: '1.2.3', log: pino({}, destination) },
    now: () => new Date('2026-11-02T12:00:00Z'),
    ...more,
  });
  const show: Fixture['show'] = (name, snapshot) => {
    snapshots[name] = snapshot;
  };
  const { url } = await server.listen(0);
  t.after(() => server.close(0));
  return { server, url, self, pushed, scrapes, logged, show };
}
