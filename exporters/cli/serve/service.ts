/** The exporters at work behind their HTTP server, until they are stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import type { Token } from '../../core/auth.ts';
import { type OtlpPusher, startOtlp } from '../../core/otlp.ts';
import type { Runtime } from '../../core/runtime.ts';
import { recordRemoteWrite } from '../../core/self-metrics.ts';
import { createServer } from '../../core/server.ts';
import { type ServerOptions, viewOf } from '../../core/server-types.ts';
import { type Shipper, startShipper } from '../../core/shipping.ts';
import { isRead } from '../../core/status.ts';
import { openWeb } from '../../core/web/server.ts';
import { problemText } from '../check/report.ts';
import { answerCommand } from '../ledger/command.ts';
import { ledgerCommands } from '../ledger/commands.ts';
import { type ExplainKind, explainKinds, unknownText } from '../ledger/explain.ts';
import { refreshOnce } from '../ledger/refresh.ts';
import { targetOf } from '../ledger/remote-sink.ts';
import { reachable, removeLocalFiles, writeAddress, writeAdminToken } from '../local.ts';
import { dailyWriterOf, exporterFolder, openSession, type Session } from '../session.ts';
import { version } from '../version.ts';
import { openCatalog, type ServedCatalog } from './catalog.ts';
import { otlpTargetOf } from './otlp-target.ts';
import { teamDirectory } from './teams.ts';

export interface Service {
  /** Where it is reached from this machine. */
  readonly url: string;
  readonly session: Session;
  /** Resolves when every target has the past of all exporters; never where it is stopped before. */
  readonly pastSent: Promise<void>;
  /** Ends schedules, requests and remote write; what is not sent stays on disk. */
  readonly stop: () => Promise<void>;
}

export interface ServiceOptions {
  readonly log: Logger;
  readonly only?: readonly string[];
  readonly reassignFrom?: string;
  /** Files that were written just now are whole: they are read at once. */
  readonly freshFiles?: boolean;
  readonly now?: () => Date;
}

const runbooksDir = fileURLToPath(new URL('../../../alerts/runbooks', import.meta.url));
const dayMs = 86_400_000;
const lookMs = 500;
const noProgress = { stage: () => undefined, report: () => undefined, end: () => undefined };

/** Errors: those of openSession and openWeb; PORT_TAKEN and LISTEN_FAILED; SPOOL_FAILED. */
export async function startService(config: Config, options: ServiceOptions): Promise<Service> {
  const { log } = options;
  const shippers = new Map<string, readonly Shipper[]>();
  const ship = async (name: string) => {
    if (dailyWriterOf(config) !== 'remote_write') return;
    const runtime = session?.runtimes.find(({ exporter }) => exporter.name === name);
    if (runtime) for (const shipper of shippers.get(name) ?? []) await shipper.ship(runtime);
  };

  const catalog = await openCatalog(config, options);
  let session: Session | undefined;
  session = await openSession(config, {
    log,
    processMetrics: true,
    ownership: catalog.ownership,
    catalog: catalog.catalog,
    ...(options.only ? { only: options.only } : {}),
    ...(options.reassignFrom ? { reassignFrom: options.reassignFrom } : {}),
    ...(options.now ? { now: options.now } : {}),
    onSnapshot: exporter =>
      void ship(exporter).catch((err: unknown) => log.error({ err, exporter }, 'could not ship published days')),
  });
  const { runtimes, self } = session;
  const web = await webOf(config, log).catch(async (error: unknown) => {
    await session?.close();
    throw error;
  });
  const server = createServer({
    ...serverOptions(config, session, { adminToken: writeAdminToken(config.data_dir), log, catalog }),
    ...(web === undefined ? {} : { web }),
  });
  const abort = new AbortController();
  let following: Promise<void> = Promise.resolve();
  let pusher: OtlpPusher | undefined;
  const stop = async () => {
    abort.abort();
    await server.close();
    await following;
    await pusher?.stop();
    for (const shipper of [...shippers.values()].flat()) await shipper.stop();
    await session.close();
    removeLocalFiles(config.data_dir);
  };
  try {
    const { problems, teams } = catalog.ownership;
    for (const problem of problems) log.warn(problemText(problem, teams));
    const { port } = await server.listen(config.server.port, config.server.host);
    const url = `${web?.isTls ? 'https' : 'http'}://${reachable(config.server.host)}:${port}`;
    writeAddress(config.data_dir, web === undefined ? url : await server.listenLocally());
    for (const runtime of runtimes) shippers.set(runtime.exporter.name, shippersOf(config, runtime, self, log));
    if (config.otlp)
      pusher = startOtlp({
        target: otlpTargetOf(config.otlp),
        exporters: () => runtimes.map(viewOf),
        scrapeLabels: config.scrape,
        ...{ self, version, log },
        ...(options.now ? { now: options.now } : {}),
      });
    following = catalog.follow(runtimes, self, abort.signal);
    const past = Promise.withResolvers<void>();
    void begin(session, shippers, options, abort.signal)
      .then(sent => sent && past.resolve())
      .catch((err: unknown) => log.error({ err }, 'could not begin'));
    log.info({ url, exporters: runtimes.map(({ exporter }) => exporter.name) }, 'serving');
    return { url, session, pastSent: past.promise, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const webOf = async ({ server: { web_config_file: file } }: Config, log: Logger) =>
  file === undefined ? undefined : openWeb(file, log);

interface Serving {
  readonly adminToken: string;
  readonly log: Logger;
  readonly catalog: ServedCatalog;
}

function serverOptions(config: Config, session: Session, { adminToken, log, catalog }: Serving): ServerOptions {
  const tokens = config.server.tokens.map(
    ({ token_file: _, token = '', ...principal }) => ({ ...principal, token }) as Token,
  );
  const views = session.runtimes.map(viewOf);
  return {
    exporters: () => views,
    tokens: [...tokens, { name: 'this machine', role: 'admin', token: adminToken }],
    self: session.self,
    log,
    version,
    demo: config.demo,
    runbooksDir,
    teams: teamDirectory(config, catalog.ownership),
    explain: async (kind, id) => {
      if (!(explainKinds as readonly string[]).includes(kind)) return undefined;
      for (const { exporter, ledger } of session.runtimes) {
        const text = await exporter.explain?.(ledger, kind, id);
        if (text !== undefined) return { text };
      }
      return { unknown: unknownText(kind as ExplainKind, id, catalog.ownership.reads.attributes, config.file) };
    },
    commands: Object.fromEntries(
      ledgerCommands.map(({ name }) => [name, (body: unknown) => answerCommand(ledgerCommands, session, name, body)]),
    ),
  };
}

function shippersOf(config: Config, runtime: Runtime, self: ServerOptions['self'], log: Logger): Shipper[] {
  return config.remote_write.map(configured => {
    const target = targetOf(configured);
    const labels = { exporter: runtime.exporter.name, target: target.name };
    const shipper = startShipper({
      target,
      dataDir: exporterFolder(config, runtime.exporter.name),
      scrapeLabels: config.scrape,
      ...{ log, version },
      onResult: event => recordRemoteWrite(self, labels, shipper.spool, event),
    });
    recordRemoteWrite(self, labels, shipper.spool);
    return shipper;
  });
}

/** First what there is, then the past to each target, once; the schedules go on meanwhile. Returns whether all was sent. */
async function begin(
  session: Session,
  shippers: ReadonlyMap<string, readonly Shipper[]>,
  { freshFiles, log }: ServiceOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const pasts: Promise<boolean>[] = [];
  for (const runtime of session.runtimes) {
    if (freshFiles) await refreshOnce(runtime, noProgress);
    runtime.start();
    const past = shipPast(session, runtime, shippers.get(runtime.exporter.name) ?? [], log, signal);
    pasts.push(
      past.then(
        () => !signal.aborted,
        (err: unknown) => {
          if (!signal.aborted) log.error({ err, exporter: runtime.exporter.name }, 'could not write history');
          return false;
        },
      ),
    );
  }
  return (await Promise.all(pasts)).every(Boolean);
}

/**
 * A (series, instant) is written once, so the past waits until every source has been read: it is of facts, not of their
 * absence. What isRead says of files that are still being written holds here.
 */
async function shipPast(
  session: Session,
  runtime: Runtime,
  shippers: readonly Shipper[],
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  if (shippers.length === 0) return;
  const begun = performance.now();
  let isTold = false;
  for (;;) {
    const unread = runtime.sources().filter(status => !isRead(status, performance.now() - begun));
    if (unread.length === 0) break;
    const withFiles = unread.filter(({ files }) => files.waiting + files.broken > 0);
    if (withFiles.length > 0 && !isTold) {
      const sources = withFiles.map(({ source, files: { waiting, broken } }) => ({ source, waiting, broken }));
      log.warn({ exporter: runtime.exporter.name, sources }, 'history waits until these files are read');
      isTold = true;
    }
    await sleep(lookMs, undefined, { signal });
  }
  const sending: Promise<void>[] = [];
  for (const shipper of shippers) {
    const from = new Date(session.now().getTime() - (shipper.target.windowDays ?? 400) * dayMs);
    const reports = await shipper.shipHistory(runtime, from);
    const samples = reports.reduce((sum, report) => sum + report.samples, 0);
    const done = { exporter: runtime.exporter.name, target: shipper.target.name, samples };
    log.info(done, 'history spooled; it is sent as fast as the target takes it');
    sending.push(shipper.flushed().then(() => log.info(done, 'history sent')));
  }
  await Promise.all(sending);
}
