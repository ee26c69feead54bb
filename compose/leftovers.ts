/** Servers that a start which was killed left running: they hold the data folders that the next start is to use. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

interface Noted {
  readonly pid: number;
  /** The program and its arguments: a process of the same id with others is somebody else's. */
  readonly command: readonly string[];
  /** The process that started it: while it is its parent still, it is no leftover. */
  readonly parent: number;
}

const fileOf = (runtimeDir: string, name: string) => path.join(runtimeDir, `${name}.pid.json`);
const withinMs = 10_000;

/** Notes a server that has been started. */
export function noteServer(runtimeDir: string, name: string, server: Noted): void {
  mkdirSync(runtimeDir, { recursive: true });
  writeFileSync(fileOf(runtimeDir, name), JSON.stringify(server));
}

export const forgetServer = (runtimeDir: string, name: string): void =>
  rmSync(fileOf(runtimeDir, name), { force: true });

/**
 * Ends the server of this name that an earlier start noted, where it still runs with the command that was noted. Returns
 * its process id; undefined where there is none. Throws where it does not end.
 */
export async function endLeftover(runtimeDir: string, name: string): Promise<number | undefined> {
  const noted = read(fileOf(runtimeDir, name));
  if (noted === undefined) return undefined;
  const isOurs = async () => {
    const found = await processOf(noted.pid);
    // A script's interpreter stands before it.
    return found !== undefined && found.parent !== noted.parent && found.command.endsWith(noted.command.join(' '));
  };
  if (!(await isOurs())) return undefined;
  kill(noted.pid, 'SIGTERM');
  for (const end = Date.now() + withinMs; await isOurs(); await sleep(50))
    if (Date.now() > end) {
      kill(noted.pid, 'SIGKILL');
      await sleep(500);
      if (await isOurs()) throw new Error(`${name} of an earlier start (process ${noted.pid}) does not end`);
    }
  forgetServer(runtimeDir, name);
  return noted.pid;
}

function read(file: string): Noted | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Noted;
  } catch {
    return undefined;
  }
}

/** A process's command line with a space between its words, and its parent; undefined where it does not run. */
async function processOf(pid: number): Promise<{ readonly command: string; readonly parent: number } | undefined> {
  if (process.platform === 'linux') {
    const of = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const [text, status] = [await of('cmdline'), await of('status')];
    const parent = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]);
    return text === '' ? undefined : { command: text.replace(/\0$/, '').replaceAll('\0', ' '), parent };
  }
  const listed = await promisify(execFile)('ps', ['-ww', '-o', 'ppid=,args=', '-p', String(pid)]).catch(
    () => undefined,
  );
  const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(listed?.stdout ?? '') ?? [];
  return command === undefined ? undefined : { command: command.trim(), parent: Number(parent) };
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
