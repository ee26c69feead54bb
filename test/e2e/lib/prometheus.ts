/** A Prometheus that scrapes itself and Plumbline every second. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { freePort } from '../../tools/ports.ts';
import { promQuery } from '../../tools/promql.ts';
import { startPrometheus, type TestServer } from '../../tools/servers.ts';
import { eventually } from './eventually.ts';

export interface ScrapeOptions {
  /** Port on 127.0.0.1 by the instance label that the scrape adds. */
  readonly instances: Readonly<Record<string, number>>;
  /** Whether it takes samples out of order, 400 days back. */
  readonly window: boolean;
  readonly port?: number;
  readonly dataDir?: string;
}

/** Resolves when it holds some current samples of its own: an empty server would take the first scrape whatever its time. */
export async function startScraping(t: TestContext, options: ScrapeOptions): Promise<TestServer> {
  const { instances, window, port = await freePort(), dataDir } = options;
  const directory = mkdtempSync(path.join(os.tmpdir(), 'plumbline-e2e-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const configFile = path.join(directory, 'prometheus.yml');
  writeFileSync(
    configFile,
    stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      storage: { tsdb: { ...(window ? { out_of_order_time_window: '400d' } : {}), retention: { time: '400d' } } },
      scrape_configs: [
        { job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] },
        {
          job_name: 'plumbline',
          honor_labels: true,
          static_configs: Object.entries(instances).map(([instance, at]) => ({
            targets: [`127.0.0.1:${at}`],
            labels: { instance },
          })),
        },
      ],
    }),
  );
  const server = await startPrometheus({ t, configFile, port, ...(dataDir === undefined ? {} : { dataDir }) });
  await eventually(async () => {
    const [own] = await promQuery(server.url, 'count_over_time(up{job="prometheus"}[1m])');
    if ((own?.value ?? 0) < 3) throw new Error('Prometheus has not scraped itself three times');
  });
  return server;
}

/** Resolves when the instance's page was scraped anew. */
export async function scrapedAgain({ url }: TestServer, instance: string): Promise<void> {
  const ups = async () => {
    const [found] = await promQuery(url, `count_over_time((up{job="plumbline",instance="${instance}"} == 1)[1h:1s])`);
    return found?.value ?? 0;
  };
  const before = await ups();
  await eventually(async () => {
    if ((await ups()) < before + 2) throw new Error(`${instance} was not scraped again`);
  });
}
