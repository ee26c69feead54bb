/** Runs git: no shell, a limit of time, ended with everything it has started when the refresh is. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { redactUrl } from '../../../core/secrets.ts';
import { PlumblineError } from '../../errors.ts';
import type { Environment } from './environment.ts';
import { gitFault } from './faults.ts';

export interface GitContext {
  readonly environment: Environment;
  /** A path or an address, as errors name it. */
  readonly where: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface GitCommand {
  /** What is being done, for errors: `fetch`, `read the commits of`. */
  readonly what: string;
  readonly args: readonly string[];
  /** Lines for its standard input. */
  readonly input?: Iterable<string>;
}

export interface RunningGit {
  readonly stdout: Readable;
  /** Resolves when it has ended well, else rejects. Errors: GIT_MISSING, GIT_TIMEOUT and those of gitFault. */
  readonly ended: Promise<void>;
  /** Sets its time to the full again: for who reads a long answer. */
  readonly wake: () => void;
  /** Ends it; what it has started too. */
  readonly kill: () => void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;
const mostSaid = 64 << 10;

export function startGit(context: GitContext, { what, args, input = [] }: GitCommand): RunningGit {
  const where = context.where.includes('://') ? redactUrl(context.where) : context.where;
  // A group of its own, so that helpers of git's end with it.
  const child: Child = spawn('git', [...args], {
    env: context.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  let isLate = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-mostSaid);
  });
  const kill = () => {
    try {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  };
  const timer = setTimeout(() => {
    // While its answer is held back it is not the one that is late.
    if (child.stdout.isPaused()) return void timer.refresh();
    isLate = true;
    kill();
  }, context.timeoutSeconds * 1000);
  context.signal.addEventListener('abort', kill, { once: true });
  // One that has ended early reads no more of its input.
  child.stdin.on('error', () => undefined);
  void feed(child.stdin, input);
  const ended = (async () => {
    try {
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
      context.signal.throwIfAborted();
      if (isLate) throw new PlumblineError('GIT_TIMEOUT', { what, where, seconds: context.timeoutSeconds });
      if (code !== 0) throw gitFault(what, where, said, code ?? signal ?? 'nothing');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new PlumblineError('GIT_MISSING', { what, where });
      throw error;
    } finally {
      clearTimeout(timer);
      context.signal.removeEventListener('abort', kill);
    }
  })();
  ended.catch(() => undefined);
  return { stdout: child.stdout, ended, wake: () => void timer.refresh(), kill };
}

async function feed(stdin: Writable, lines: Iterable<string>): Promise<void> {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < 1 << 16) continue;
    if (!stdin.write(text)) await Promise.race([once(stdin, 'drain'), once(stdin, 'close')]).catch(() => undefined);
    text = '';
  }
  stdin.end(text);
}

/** Runs it to its end; its standard output as text. */
export async function runGit(context: GitContext, command: GitCommand): Promise<string> {
  const { stdout, ended } = startGit(context, command);
  const pieces: Buffer[] = [];
  stdout.on('data', (piece: Buffer) => pieces.push(piece));
  await ended;
  return Buffer.concat(pieces).toString('utf8');
}

/** The same, where ending otherwise than well is an answer: undefined. */
export async function askGit(context: GitContext, command: GitCommand): Promise<string | undefined> {
  return runGit(context, command).catch((error: unknown) => {
    context.signal.throwIfAborted();
    if (error instanceof PlumblineError && ['GIT_MISSING', 'GIT_TIMEOUT', 'GIT_NOT_TRUSTED'].includes(error.code))
      throw error;
    return undefined;
  });
}
