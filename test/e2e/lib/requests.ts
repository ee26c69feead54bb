/** A service that counts its requests, on a page that Prometheus scrapes, with a past that it has not had. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { engineLastReport } from '../../../exporters/policy/metrics.ts';

export interface Requests {
  /** Requests that end with a code, all at once. */
  readonly add: (code: '200' | '429' | '500', count: number) => void;
  /** The scrape of it. */
  readonly job: object;
  /** OpenMetrics of the forty minutes until now, and of a report of a policy engine a week ago. */
  readonly past: () => string;
}

const perSecond = 10;
const pastSeconds = 2400;
const weekSeconds = 7 * 86_400;

export async function startRequests(t: TestContext): Promise<Requests> {
  const begun = Date.now() / 1000 - pastSeconds;
  const added = { '200': 0, '429': 0, '500': 0 };
  const counts = (at: number) =>
    Object.entries(added).map(([code, more]) => {
      const usual = code === '200' ? Math.floor((at - begun) * perSecond) : 1;
      return [code, usual + more] as const;
    });
  const server = createServer((_request, response) => {
    const lines = counts(Date.now() / 1000).map(([code, count]) => `http_requests_total{code="${code}"} ${count}`);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(`# TYPE http_requests_total counter\n${lines.join('\n')}\n`);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  const past = () => {
    const now = Math.floor(Date.now() / 1000);
    const times = Array.from({ length: Math.floor((now - begun) / 15) }, (_, index) => Math.ceil(begun) + index * 15);
    const samples = Object.keys(added).flatMap(code =>
      times.map(at => {
        const count = counts(at).find(([each]) => each === code)?.[1];
        return `http_requests_total{job="checkout",instance="checkout",code="${code}"} ${count} ${at}`;
      }),
    );
    const reports = Array.from({ length: 40 }, (_, index) => now - weekSeconds - 3600 + index * 300);
    return [
      '# TYPE http_requests counter',
      ...samples,
      `# TYPE ${engineLastReport.name} gauge`,
      ...reports.map(
        at => `${engineLastReport.name}{job="plumbline",instance="127.0.0.1:9464",engine="checkov"} ${at} ${at}`,
      ),
      '# EOF',
      '',
    ].join('\n');
  };
  return {
    add: (code, count) => {
      added[code] += count;
    },
    job: {
      job_name: 'checkout',
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      relabel_configs: [{ target_label: 'instance', replacement: 'checkout' }],
    },
    past,
  };
}
