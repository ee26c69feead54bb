/** Logs go to stderr: JSON lines, and on a terminal a short line for people. */
import { type Logger, pino } from 'pino';
import { maskSecrets } from '../core/secrets.ts';

const levels: Readonly<Record<number, string>> = { 30: '', 40: 'warning: ', 50: 'error: ', 60: 'fatal: ' };

interface Line {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

/** The log of `serve` and `start`. */
export function createLog(level: string = process.env.PLUMBLINE_LOG_LEVEL ?? 'info'): Logger {
  const options = { level, base: null, hooks: { streamWrite: maskSecrets } };
  if (!process.stderr.isTTY) return pino(options, pino.destination({ fd: 2, sync: true }));
  return pino(options, { write: line => void process.stderr.write(pretty(line)) });
}

/** For commands that tell people themselves what they do. */
export const quietLog = (): Logger => pino({ level: 'silent' });

export function pretty(line: string): string {
  const { level, time, msg = '', err, ...rest } = JSON.parse(line) as Line;
  const clock = new Date(time).toISOString().slice(11, 19);
  const fields = Object.entries(rest)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => ` ${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  return `${clock} ${levels[level] ?? ''}${msg}${err?.message ? `: ${err.message}` : ''}${fields.join('')}\n`;
}
