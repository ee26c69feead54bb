import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program started by us that serves HTTP on 127.0.0.1. */
export type ServerProcess = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** What it has written to stdout and stderr so far (the last megabyte). */
  logs(): string;
  /** Asks it to end, and ends it after 10 s. Ends this process only, by its id; a second call does nothing. */
  stop(): Promise<void>;
};

export type ServerOptions = {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly port: number;
  /** The path that answers 200 once the server is ready. */
  readonly readyPath: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told as soon as it runs. */
  readonly onSpawn?: (pid: number) => void;
  /** Milliseconds to get ready in; 60,000 unless given. */
  readonly readyWithin?: number;
};

const maxLog = 1024 * 1024;

/**
 * Starts a server and waits until it is ready.
 * Throws, with the end of its log, when it exits first or isn't ready in time; it isn't left running then.
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { name, path, args, port, readyPath, cwd, env, readyWithin = 60_000 } = options;
  const child = spawn(path, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-maxLog);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const gone = ended(child);
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  void gone.then(() => process.removeListener('exit', endWithUs));

  const url = `http://127.0.0.1:${port}`;
  const server: ServerProcess = { url, port, pid: child.pid ?? -1, logs: () => log, stop: () => stop(child, gone) };
  try {
    await ready(`${url}${readyPath}`, gone, readyWithin);
  } catch (cause) {
    await server.stop();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`starting ${name} (${path}) on port ${port}: ${reason}\n${log.slice(-4000)}`, { cause });
  }
  return server;
}

/** Resolves with how the process ended; never rejects. */
function ended(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exited with code ${code}`));
  });
}

async function ready(url: string, gone: Promise<string>, within: number): Promise<void> {
  const deadline = Date.now() + within;
  let last = 'no answer';
  while (Date.now() < deadline) {
    const end = await Promise.race([gone, sleep(100, undefined)]);
    if (end !== undefined) throw new Error(end);
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
      await answer.arrayBuffer();
      if (answer.ok) return;
      last = `${answer.status} ${answer.statusText}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`not ready after ${within / 1000} s: ${url}: ${last}`);
}

async function stop(child: ChildProcess, gone: Promise<string>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(force);
}
