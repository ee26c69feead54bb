/** The repositories of a source: those on this machine as they lie, those of a URL as a clone beside the ledger. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { repositorySlug } from '../../../catalog/repository.ts';
import { redactUrl } from '../../../core/secrets.ts';
import type { SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { type GitConfig, placesOf } from './config.ts';
import { readingEnvironment, remoteEnvironment } from './environment.ts';
import { askGit, type GitContext, runGit } from './process.ts';

/** A repository that can be read. */
export interface Opened {
  /** Its slug. */
  readonly repository: string;
  readonly context: GitContext;
  /** The arguments that lead git there. */
  readonly at: readonly string[];
}

export interface Place {
  /** A path or an address. */
  readonly where: string;
  readonly open: () => Promise<Opened>;
}

type Wanted = Pick<SourceContext, 'ledger' | 'signal' | 'log'>;
/** `trees`: changed paths can be read from it. */
export type Depth = 'commits' | 'trees';
const filters = { commits: 'tree:0', trees: 'blob:none' } as const;

/** The folder of a source's clones. */
export function clonesOf(ledger: string, name: string): string {
  const root = ledger === ':memory:' ? path.join(os.tmpdir(), `plumbline-${process.pid}`) : path.dirname(ledger);
  return path.join(root, 'git', encodeURIComponent(name).replaceAll('.', '%2E'));
}

/** Opening one may throw GIT_NOT_FOUND, GIT_REFUSED, GIT_UNREACHABLE, GIT_BROKEN, GIT_SHALLOW and what runGit throws. */
export function placesOfSource(
  config: GitConfig,
  wanted: Wanted,
  depthOf: (repository: string) => Depth,
): readonly Place[] {
  const locals = placesOf(config.path).map(where => ({ where, open: () => openLocal(where, config, wanted) }));
  const remotes = placesOf(config.url).map(where => ({
    where,
    open: () => openRemote(where, config, wanted, depthOf),
  }));
  return [...locals, ...remotes];
}

async function openLocal(where: string, config: GitConfig, { signal }: Wanted): Promise<Opened> {
  const found = await stat(where).catch(() => undefined);
  if (!found?.isDirectory())
    throw new PlumblineError('GIT_NOT_FOUND', {
      what: 'open',
      where,
      said: found ? 'it is no folder' : 'nothing is there',
    });
  const folder = realpathSync(where);
  const context = {
    ...{ environment: readingEnvironment(path.dirname(folder)), where },
    ...{ timeoutSeconds: config.timeout, signal },
  };
  const at = ['-C', folder];
  const [origin] = await Promise.all([
    askGit(context, { what: 'open', args: [...at, 'config', '--get', 'remote.origin.url'] }),
    assertWhole(context, at),
  ]);
  const repository = slugOf(config.repository ?? origin?.trim() ?? '') ?? slugOf(path.basename(folder)) ?? where;
  return { repository, context, at };
}

async function openRemote(
  where: string,
  config: GitConfig,
  { ledger, signal, log }: Wanted,
  depthOf: (repository: string) => Depth,
): Promise<Opened> {
  const repository = slugOf(config.repository ?? (/^file:/.test(where) ? path.posix.basename(where) : where)) ?? where;
  const depth = depthOf(repository);
  const folder = cloneFolder(clonesOf(ledger.path, config.name), where, depth);
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const asking: GitContext = {
    ...{ environment: remoteEnvironment(where, config, parent), where },
    ...{ timeoutSeconds: config.timeout, signal },
  };
  const reading: GitContext = { ...asking, environment: readingEnvironment(parent) };
  const at = ['--git-dir', folder];
  const isThere = async () =>
    (await stat(folder).catch(() => undefined)) !== undefined &&
    (await askGit(reading, { what: 'open', args: [...at, 'rev-parse', '--git-dir'] })) !== undefined;
  const fetch = async () => {
    if (!(await isThere())) {
      await rm(folder, { recursive: true, force: true });
      await runGit(reading, { what: 'make a clone of', args: ['init', '--quiet', '--bare', '--template=', folder] });
    }
    // Told anew where it differs: the address may have another user by now.
    for (const [key, value] of [
      ['remote.origin.url', where],
      ['remote.origin.promisor', 'true'],
    ] as const) {
      const what = 'make a clone of';
      if ((await askGit(reading, { what, args: [...at, 'config', '--get', key] }))?.trim() !== value)
        await runGit(reading, { what, args: [...at, 'config', key, value] });
    }
    const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
    const options = ['--quiet', '--prune', '--no-tags', '--force', '--no-recurse-submodules', '--no-write-fetch-head'];
    await runGit(asking, {
      what: 'fetch',
      args: [...at, 'fetch', ...options, `--filter=${filters[depth]}`, 'origin', ...refs],
    });
    // A page for people to log in at makes an answer without refs; what is known of it must not vanish by that.
    const some = await runGit(reading, { what: 'fetch', args: [...at, 'for-each-ref', '--count=1'] });
    if (some === '') throw new PlumblineError('GIT_EMPTY', { where: redactUrl(where) });
    await assertWhole(reading, at);
    return { repository, context: reading, at };
  };
  try {
    return await fetch();
  } catch (error) {
    if (!(error instanceof PlumblineError) || error.code !== 'GIT_BROKEN') throw error;
    // It is ours, and may have been cut by the end of a process: a new one costs a download and nothing else.
    log.warn({ repository, err: error }, 'the clone is broken and made anew');
    await rm(folder, { recursive: true, force: true });
    return fetch();
  }
}

const slugOf = (text: string) => (text === '' ? undefined : repositorySlug(text));

function cloneFolder(parent: string, where: string, depth: Depth): string {
  const name = where.replace(/\/+$/, '').split(/[/:]/).at(-1) ?? '';
  const digest = createHash('sha256')
    .update(JSON.stringify([where, depth]))
    .digest('hex')
    .slice(0, 12);
  return path.join(parent, `${name.replace(/[^\w-]+/g, '-').slice(0, 60)}-${digest}.git`);
}

/** A shallow clone has no history beyond its depth: every count over it would be wrong, and look right. */
async function assertWhole(context: GitContext, at: readonly string[]): Promise<void> {
  const isShallow = await runGit(context, { what: 'open', args: [...at, 'rev-parse', '--is-shallow-repository'] });
  if (isShallow.trim() === 'true') throw new PlumblineError('GIT_SHALLOW', { where: context.where });
}

/** Removes the clones of a source that its configuration names no longer. */
export async function forgetClones(
  config: GitConfig,
  ledger: string,
  depthOf: (repository: string) => Depth,
): Promise<void> {
  const parent = clonesOf(ledger, config.name);
  const kept = new Set(
    placesOf(config.url).map(where => {
      const repository =
        slugOf(config.repository ?? (/^file:/.test(where) ? path.posix.basename(where) : where)) ?? where;
      return path.basename(cloneFolder(parent, where, depthOf(repository)));
    }),
  );
  for (const name of await readdir(parent).catch(() => []))
    if (!kept.has(name)) await rm(path.join(parent, name), { recursive: true, force: true });
}
