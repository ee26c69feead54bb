/**
 * How commands find the server that holds the ledger: `serve` leaves its address and a token of its own in the data
 * folder, readable by its user alone.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fetch from 'node-fetch';
import type { Config } from '../config.ts';

/** Where the server that runs leaves its token. */
export const tokenFile = (dataDir: string) => path.join(dataDir, 'admin-token');
const addressFile = (dataDir: string) => path.join(dataDir, 'server-address');

/** A new token for commands on this machine; replaces that of an earlier server. */
export function writeAdminToken(dataDir: string): string {
  const token = randomBytes(32).toString('base64url');
  mkdirSync(dataDir, { recursive: true });
  // A file that is there keeps its mode when it is written over.
  rmSync(tokenFile(dataDir), { force: true });
  writeFileSync(tokenFile(dataDir), token, { mode: 0o600 });
  return token;
}

/** At once, so that no command reads half of it and takes the ledger for free. */
export function writeAddress(dataDir: string, url: string): void {
  const written = `${addressFile(dataDir)}.tmp`;
  writeFileSync(written, url);
  renameSync(written, addressFile(dataDir));
}

export function removeLocalFiles(dataDir: string): void {
  for (const file of [tokenFile(dataDir), addressFile(dataDir)]) rmSync(file, { force: true });
}

/** Where the server should be, and its token where it has left one. */
export function localServer(config: Pick<Config, 'data_dir' | 'server'>): {
  readonly url: string;
  readonly token: string | undefined;
} {
  const { host, port } = config.server;
  return {
    url: read(addressFile(config.data_dir)) ?? `http://${reachable(host)}:${port}`,
    token: read(tokenFile(config.data_dir)),
  };
}

/** The address of a server that already serves this data folder and answers; undefined where there is none. */
export async function runningServer(config: Pick<Config, 'data_dir' | 'server'>): Promise<string | undefined> {
  const url = read(addressFile(config.data_dir));
  if (url === undefined) return undefined;
  return (await probe(url)).healthy ? url : undefined;
}

export type Health =
  | { readonly healthy: true }
  | { readonly healthy: false; readonly reason: string; readonly cause?: unknown };

/** Asks a server of ours whether it is well. Never throws: one that is stopped or stuck is told within seconds. */
export async function probe(url: string, timeoutMs = 5_000): Promise<Health> {
  try {
    const { ok, status, statusText } = await fetch(`${url}/-/healthy`, { signal: AbortSignal.timeout(timeoutMs) });
    return ok ? { healthy: true } : { healthy: false, reason: `it answered ${status} ${statusText}` };
  } catch (cause) {
    return { healthy: false, reason: reasonOf(cause), cause };
  }
}

/** The system's code where a connection failed, such as ECONNREFUSED. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  const { code, message } = (error.cause ?? error) as { readonly code?: unknown; readonly message?: string };
  return typeof code === 'string' ? code : (message ?? error.message);
}

/** A host to connect to for a host that is listened on. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::' || host === '[::]') return '[::1]';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
