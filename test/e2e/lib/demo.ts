/**
 * The demo platform behind a real Prometheus with the configuration that compose mounts (scraped every second), and behind
 * a VictoriaMetrics with compose's flags where that is there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { renderAlerts } from '../../../alerts/index.ts';
import { layPrometheus } from '../../../compose/layout.ts';
import { findTool } from '../../../compose/tools.ts';
import { teamsOf } from '../../../exporters/cli/teams.ts';
import { loadConfig } from '../../../exporters/config.ts';
import { prepareDemo, startVendors } from '../../../exporters/demo/index.ts';
import { freePort } from '../../tools/ports.ts';
import { startPrometheus, startVictoriaMetrics } from '../../tools/servers.ts';
import { cleanup } from './cleanup.ts';
import { readAgain, silent, startPlumbline, temporary } from './plumbline.ts';
import { startTee } from './tee.ts';

export interface Demo {
  /** Of Prometheus. */
  readonly url: string;
  /**
   * Of VictoriaMetrics; undefined where it is not there. It has the past from Plumbline, and all that Prometheus scrapes
   * and records as Prometheus hands it on: the same samples.
   */
  readonly victoria: string | undefined;
  /** Where samples of the past are written to, for both. */
  readonly receiver: string;
  readonly configFile: string;
  /** Resolves when both have the past. */
  readonly pastSent: Promise<void>;
}

export async function startDemo(t: TestContext): Promise<Demo> {
  const directory = temporary(t);
  const vendors = await startVendors();
  cleanup(t, vendors.stop);
  const { configFile } = await prepareDemo({ dir: directory, now: new Date(), vendors, log: silent });
  const [port, prometheusPort] = [await freePort(), await freePort()];
  const targets = { plumbline: `127.0.0.1:${port}`, alertmanager: '127.0.0.1:9' };
  const alerts = path.join(directory, 'alerts');
  const { config, ofServices } = await teamsOf(await loadConfig(configFile, { env: {} }));
  await renderAlerts(alerts, config, ofServices);
  const victoria = 'path' in (await findTool('victoria-metrics')) ? await startVictoriaMetrics({ t }) : undefined;
  const handedOn = victoria && ([{ url: `${victoria.url}/api/v1/write` }] as const);
  const prometheusFile = await layPrometheus(path.join(directory, 'prometheus'), targets, alerts);
  const text = readFileSync(prometheusFile, 'utf8').replace('scrape_interval: 30s', 'scrape_interval: 1s');
  writeFileSync(prometheusFile, `${text}\n${handedOn ? stringify({ remote_write: handedOn }) : ''}`);
  const prometheus = await startPrometheus({ configFile: prometheusFile, port: prometheusPort });
  // Before what it hands on to: it would wait for it.
  cleanup(t, prometheus.stop);
  const own = `${prometheus.url}/api/v1/write`;
  const receiver = handedOn ? await startTee(t, own, handedOn[0].url) : own;
  const more = stringify({ server: { port }, remote_write: [{ name: 'prometheus', url: receiver }] });
  writeFileSync(configFile, `${readFileSync(configFile, 'utf8')}\n${more}`);
  // As the demo is started: what is scraped before all is read would count from then on alone.
  const plumbline = await startPlumbline(t, configFile, () => new Date(), { freshFiles: true });
  for (const runtime of plumbline.session.runtimes) await readAgain({ runtime }, ['bad_number']);
  return { url: prometheus.url, victoria: victoria?.url, receiver, configFile, pastSent: plumbline.pastSent };
}
