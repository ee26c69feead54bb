/**
 * Answers of Backstage servers, each kept in the data folder: a command that comes soon after another doesn't ask again,
 * and where a server doesn't answer its last good answer stands in, however old. The file is its user's alone.
 */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { describeError } from '../core/errors.ts';
import { askBackstage, type BackstageOptions } from './backstage-api.ts';
import type { BackstageConfig } from './config.ts';

/** What one server told last. */
export interface BackstageAnswer {
  readonly name: string;
  readonly entities: readonly unknown[];
  /** When it answered. */
  readonly readAt: Date;
  /** Why it did not answer now, so that an earlier answer stands in. */
  readonly error?: string;
}

export interface AnswerOptions extends BackstageOptions {
  readonly dataDir: string;
  readonly now?: () => Date;
  /** An answer that is younger is not asked for again; `every` of the configuration unless given. */
  readonly maxAgeSeconds?: number;
}

const keptSchema = z.looseObject({
  format: z.literal(1),
  asked: z.string(),
  read_at: z.iso.datetime(),
  entities: z.array(z.unknown()).min(1),
});

interface Kept {
  readonly format: 1;
  /** Digest of what was asked of whom. */
  readonly asked: string;
  readonly read_at: string;
  readonly entities: readonly unknown[];
}

/** What every server tells. Errors: those of askBackstage where there is no earlier answer. */
export const answersOf = (
  servers: readonly BackstageConfig[],
  options: AnswerOptions,
): Promise<readonly BackstageAnswer[]> => Promise.all(servers.map(config => answerOf(config, options)));

async function answerOf(config: BackstageConfig, options: AnswerOptions): Promise<BackstageAnswer> {
  const { now = () => new Date(), maxAgeSeconds = config.every, log } = options;
  const { name } = config;
  const file = path.join(options.dataDir, 'catalog', `${name}.json`);
  const kept = await keptAnswer(file, config);
  const age = kept === undefined ? Number.POSITIVE_INFINITY : (now().getTime() - kept.readAt.getTime()) / 1000;
  if (kept !== undefined && age >= 0 && age < maxAgeSeconds) return kept;
  try {
    const entities = await askBackstage(config, options);
    const readAt = now();
    await keep(file, { format: 1, asked: askedOf(config), read_at: readAt.toISOString(), entities });
    return { name, entities, readAt };
  } catch (error) {
    if (kept === undefined || options.signal?.aborted) throw error;
    log?.error(
      { err: error, backstage: name, readAt: kept.readAt },
      'Backstage did not answer; its last good answer stands in',
    );
    return { ...kept, error: describeError(error) };
  }
}

/** Undefined where there is none, it is broken, or another server or filter was asked. */
async function keptAnswer(file: string, config: BackstageConfig): Promise<BackstageAnswer | undefined> {
  try {
    const kept = keptSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    if (kept.asked !== askedOf(config)) return undefined;
    return { name: config.name, entities: kept.entities, readAt: new Date(kept.read_at) };
  } catch {
    return undefined;
  }
}

/** Whole or not at all, also where two commands write at once. */
async function keep(file: string, answer: Kept): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const written = `${file}.${randomUUID()}`;
  try {
    await writeFile(written, JSON.stringify(answer), { mode: 0o600 });
    await chmod(written, 0o600);
    await rename(written, file);
  } finally {
    await rm(written, { force: true });
  }
}

const askedOf = ({ url, filter }: BackstageConfig): string =>
  createHash('sha256')
    .update(JSON.stringify([url, filter]))
    .digest('hex')
    .slice(0, 16);
