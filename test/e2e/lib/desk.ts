/** A fresh clone with somebody's own things beside it, in which the README's commands are run as they stand. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { cleanup } from './cleanup.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
/** What a command needs of a clone. */
const parts = ['.ci', 'alerts', 'compose', 'dashboards', 'exporters', 'package.json', 'package-lock.json'];

export interface Desk {
  /** The clone, in which commands run. */
  readonly clone: string;
  /** Its neighbour: `../acme`. */
  readonly own: string;
  /** Runs a command to its end. */
  readonly run: (
    command: string,
  ) => Promise<{ readonly code: number | null; readonly stdout: string; readonly said: string }>;
  /** Starts a command that goes on; ended with the test. */
  readonly begin: (command: string) => Going;
}

export interface Going {
  /** Both outputs so far. */
  readonly said: () => string;
  readonly hasEnded: () => boolean;
  /** Asks it to end, and waits until it has. */
  readonly stop: () => Promise<void>;
}

/** `replaced`: what stands otherwise in commands here than in the README, such as an address that is taken. */
export function settle(t: TestContext, replaced: Readonly<Record<string, string>>): Desk {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-stranger-'));
  cleanup(t, () => rmSync(folder, { recursive: true, force: true }));
  const [clone, own, bin] = [path.join(folder, 'plumbline'), path.join(folder, 'acme'), path.join(folder, 'bin')];
  for (const part of parts) cpSync(path.join(root, part), path.join(clone, part), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'));
  mkdirSync(own);
  mkdirSync(bin);
  // No engine answers: where one does, everything would be in containers.
  writeFileSync(path.join(bin, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const environment = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(PLUMBLINE_(?!TOOLS)|npm_|NODE_TEST)/i.test(name)),
    ),
    PATH: `${bin}${path.delimiter}${process.env.PATH}`,
    // npx links the clone itself, and asks no registry for that.
    ...{ npm_config_cache: path.join(folder, 'npm'), npm_config_offline: 'true', npm_config_update_notifier: 'false' },
  };
  const start = (command: string): ChildProcess => {
    const asked = Object.entries(replaced).reduce((all, [from, to]) => all.replaceAll(from, to), command);
    return spawn('sh', ['-c', asked], {
      cwd: clone,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  };
  return {
    ...{ clone, own },
    run: async command => {
      const child = start(command);
      const [stdout, stderr, code] = await Promise.all([text(child.stdout!), text(child.stderr!), exitOf(child)]);
      return { code, stdout, said: `${stdout}${stderr}` };
    },
    begin: command => {
      const child = start(command);
      let said = '';
      for (const stream of [child.stdout!, child.stderr!]) stream.on('data', chunk => (said += String(chunk)));
      const gone = exitOf(child);
      const stop = async () => {
        // npx, npm and the command are one group.
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGTERM');
        await gone;
      };
      cleanup(t, stop);
      return { said: () => said, hasEnded: () => child.exitCode !== null || child.signalCode !== null, stop };
    },
  };
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise(resolve => child.once('exit', resolve));
