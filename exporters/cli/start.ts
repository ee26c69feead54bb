import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { renderAlerts } from '../../alerts/index.ts';
import { stackLabels } from '../../compose/layout.ts';
import { freePort } from '../../compose/ports.ts';
import { composeUp, dockerAvailable, type NativeStack, stackWanted, startNativeStack } from '../../compose/stack.ts';
import { renderDashboards } from '../../dashboards/render.ts';
import { isOfEnvironment } from '../config/overrides.ts';
import { type Config, loadConfig } from '../config.ts';
import { describeError } from '../core/errors.ts';
import { type DemoVendors, startVendors } from '../demo/index.ts';
import { localServer, runningServer, tokenFile } from './local.ts';
import { createLog } from './log.ts';
import { configOption } from './options.ts';
import { print, say } from './output.ts';
import { startService } from './serve/service.ts';
import { untilStopped } from './serve/until-stopped.ts';
import { pastDays, receiverOf, writePastOfSlos } from './slo/past.ts';
import { keepDemoCurrent, keepDemoPosting, loadDemo } from './start/demo.ts';
import { teamsOf } from './teams.ts';

interface Options {
  readonly config: string;
  readonly demo?: boolean;
}

export const startCommand = (): Command =>
  new Command('start')
    .description(
      'run everything: the exporter, Prometheus, Alertmanager and Grafana; the demo platform where there is no configuration',
    )
    .addOption(configOption())
    .option('--demo', 'the demo platform, whatever configuration there is')
    .action(start);

async function start(options: Options, command: Command): Promise<void> {
  const isDefault = command.getOptionValueSource('config') === 'default';
  const demo = options.demo === true || (isDefault && !existsSync(options.config));
  if (demo) say('this is the demo platform: everything in it is made up; your own begins with "plumbline init"');
  const vendors = demo ? await startVendors() : undefined;
  try {
    await startWith(options, vendors);
  } finally {
    await vendors?.stop();
  }
}

async function startWith(options: Options, vendors: DemoVendors | undefined): Promise<void> {
  const demo = vendors !== undefined;
  const config = vendors
    ? await loadDemo(process.env, { now: new Date(), vendors, log: createLog('warn') })
    : await loadConfig(options.config);
  if (!stackWanted())
    return serveUntilStopped(asScraped(config), { vendors, prometheus: process.env.PLUMBLINE_PROMETHEUS_URL });
  if (await dockerAvailable()) return inContainers(config, demo);
  // Its servers' files are not written over: they would follow this start to a port where soon nobody listens.
  const running = await runningServer(config);
  if (running !== undefined) return void (await print(addresses({ 'Runs already': running })));
  const port = await freePort(config.server.port);
  const served = { ...config, server: { ...config.server, port } };
  const stack = await startNativeStack({
    runtimeDir: path.join(config.data_dir, 'stack'),
    plumblineAddress: `127.0.0.1:${port}`,
    alerts: ({ grafana }) => renderFor(served, grafana),
    secrets: config.directory,
    log: say,
  });
  try {
    await serveUntilStopped(withStack(served, stack), { vendors, stack, prometheus: stack.prometheus?.url });
  } finally {
    await stack.stop();
  }
}

async function inContainers(config: Config, demo: boolean): Promise<void> {
  const { urls, downCommand } = await composeUp({
    ...(demo ? {} : { config: config.file }),
    alerts: ({ plumbline, grafana }) => {
      // Where the host publishes it, whatever port it has in its container.
      const { hostname, port } = new URL(plumbline);
      return renderFor({ ...config, server: { ...config.server, host: hostname, port: Number(port) } }, grafana);
    },
    dashboards: async ({ plumbline }) => {
      const folder = path.join(config.data_dir, 'dashboards');
      await renderDashboards(folder, plumbline);
      return folder;
    },
    log: say,
  });
  await print(
    addresses({
      Plumbline: urls.plumbline,
      Prometheus: urls.prometheus,
      Alertmanager: urls.alertmanager,
      Grafana: urls.grafana,
    }),
  );
  await print(`It goes on running; this ends it:\n  ${downCommand}\n`);
}

/** The rules and routes whose links lead to the servers that run here; returns their folder. */
async function renderFor(config: Config, grafana: string): Promise<string> {
  const alerts = path.join(config.data_dir, 'alerts');
  const { config: own = config, ofServices } = await teamsOf(config);
  const links = { ...own.links, grafana: own.links.grafana ?? grafana };
  await renderAlerts(alerts, { ...own, links }, ofServices);
  return alerts;
}

/** History goes to the Prometheus that was started here, unless the configuration names targets of its own. */
function withStack(config: Config, { remoteWriteUrl: url }: NativeStack): Config {
  if (url === undefined || config.remote_write.length > 0) return config;
  return asScraped({ ...config, remote_write: [{ name: 'stack', url, headers: {}, window_days: 400 }] });
}

/**
 * The labels that the stack's own Prometheus adds, where history goes to no other: under those of another server the past
 * would be a second series of everything, and each sum twice what it is.
 */
function asScraped(config: Config): Config {
  const { job, instance } = config.scrape;
  const isOurs = config.remote_write.every(({ name }) => name === 'stack' || isOfEnvironment(name));
  if (!isOurs || config.remote_write.length === 0) return config;
  if (job !== stackLabels.job || instance !== stackLabels.instance)
    say(
      `scrape.job and scrape.instance are of another server; here they are ${stackLabels.job} and ${stackLabels.instance}`,
    );
  return { ...config, scrape: { ...config.scrape, ...stackLabels } };
}

async function serveUntilStopped(
  config: Config,
  {
    vendors,
    stack,
    prometheus,
  }: {
    readonly vendors: DemoVendors | undefined;
    readonly stack?: NativeStack;
    /** Where the rules are evaluated. */
    readonly prometheus: string | undefined;
  },
): Promise<void> {
  const log = createLog(process.stderr.isTTY ? 'warn' : undefined);
  const stopped = untilStopped();
  const service = await startService(config, { log, freshFiles: vendors !== undefined });
  const { token } = localServer(config);
  if (prometheus) void service.pastSent.then(() => pastOfSlos(config, prometheus, log));
  const stopDemo = vendors ? keepDemoCurrent(process.env, { vendors, log }) : () => undefined;
  const stopPosts = vendors && token ? keepDemoPosting(process.env, { url: service.url, token }) : () => undefined;
  await print(
    addresses({
      Plumbline: service.url,
      ...(stack && {
        Prometheus: stack.prometheus?.url,
        Alertmanager: stack.alertmanager?.url,
        Grafana: stack.grafana?.url,
      }),
    }),
  );
  if (token !== undefined)
    say(`lists that the pages lead to ask for a password: any name, and what is in ${tokenFile(config.data_dir)}`);
  await stopped;
  say('stopping');
  stopDemo();
  stopPosts();
  await service.stop();
}

/** What the rules would have recorded in the last month: their pages are full on the first day, as all others are. */
async function pastOfSlos(config: Config, prometheus: string, log: Logger): Promise<void> {
  const begun = performance.now();
  try {
    // Also to where Grafana may ask instead.
    const others = config.remote_write.filter(({ name }) => isOfEnvironment(name)).map(({ url }) => url);
    const remoteWrite = [...new Set([receiverOf(prometheus), ...others])];
    const { samples, since } = await writePastOfSlos(config, { prometheus, remoteWrite, days: pastDays });
    const seconds = Math.round((performance.now() - begun) / 1000);
    log.info({ samples, slos: since.size, seconds }, 'the past of the SLOs is written');
  } catch (error) {
    log.error({ reason: describeError(error) }, 'could not write the past of the SLOs');
  }
}

function addresses(urls: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(urls)
    .map(([name, url]) => `${name.padEnd(14)}${url ?? 'not running; see above how to get it'}\n`)
    .join('');
}
