/** Processes of a bench's own: memory, event loop and garbage of one measurement can't touch another's. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export interface Worker {
  /** The next message that it sends; throws when it ends first. */
  readonly next: <T>() => Promise<T>;
  readonly send: (message: object) => void;
  readonly stop: () => Promise<void>;
}

/** Starts a module of this folder; it finds `input` by `inputOf`. */
export function startWorker(module: string, input: object): Worker {
  const child: ChildProcess = fork(new URL(module, import.meta.url), [JSON.stringify(input)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const waiting: unknown[] = [];
  child.on('message', message => waiting.push(message));
  const ended = once(child, 'exit');
  return {
    next: async <T>() => {
      while (waiting.length === 0) {
        const [code] = (await Promise.race([once(child, 'message').then(() => []), ended])) as [number?];
        if (waiting.length === 0 && code !== undefined) throw new Error(`${module} ended with code ${code}`);
      }
      return waiting.shift() as T;
    },
    send: message => void child.send(message),
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Runs a module of this folder that answers once. */
export async function ask<T>(module: string, input: object): Promise<T> {
  const worker = startWorker(module, input);
  try {
    return await worker.next<T>();
  } finally {
    await worker.stop();
  }
}

/** In a worker: what it was started with. */
export const inputOf = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;

export const answer = (message: object): void => void process.send?.(message);

/** Processor time of this process so far, all threads, in ms. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The most memory that this process has held, in MiB. Linux counts a parent's pages in maxRSS, so its own figure first. */
export function peakMiB(): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes) return Number(kilobytes) / 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
