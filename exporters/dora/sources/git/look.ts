/** A quick look at a repository, to propose what of it is a deployment: its tags and its main branch, nothing cloned. */
import { stat } from 'node:fs/promises';
import os from 'node:os';
import { repositorySlug } from '../../../catalog/repository.ts';
import { PlumblineError } from '../../errors.ts';
import { addressFault } from './address.ts';
import { gitSchema } from './config.ts';
import { remoteEnvironment } from './environment.ts';
import { placesOfSource } from './places.ts';
import { askGit, runGit } from './process.ts';
import { readRefs } from './refs.ts';

export interface RepositoryLook {
  /** Such as acme/shop; the place itself where it tells none. */
  readonly repository: string;
  /** Whether it is a folder of this machine. */
  readonly isLocal: boolean;
  readonly tags: readonly string[];
  /** What HEAD stands on; undefined where that is no branch. */
  readonly branch: string | undefined;
}

const timeout = 120;
const what = 'look at';

/** Looks at a folder, or at the address of a remote. Errors: GIT_NOT_FOUND and what git meets there. */
export async function lookAtRepository(where: string): Promise<RepositoryLook> {
  const isLocal = (await stat(where).catch(() => undefined))?.isDirectory() === true;
  if (isLocal) return lookAtFolder(where);
  if (addressFault(where) !== undefined)
    throw new PlumblineError('GIT_NOT_FOUND', { what, where, said: 'it is no folder and no address' });
  return lookAtRemote(where);
}

async function lookAtFolder(where: string): Promise<RepositoryLook> {
  const config = gitSchema.parse({ path: where, timeout });
  const { signal } = new AbortController();
  const [place] = placesOfSource(config, { signal } as Parameters<typeof placesOfSource>[1], () => 'commits');
  const opened = await place!.open();
  const refs = await readRefs(opened);
  const { context, at, repository } = opened;
  const head = async (ref: string) => askGit(context, { what, args: [...at, 'symbolic-ref', '--quiet', ref] });
  const branch = (await head('refs/remotes/origin/HEAD')) ?? (await head('HEAD'));
  return {
    ...{ repository, isLocal: true, tags: tagsOf(refs.map(({ ref }) => ref)) },
    branch: branch?.trim().replace(/^refs\/(heads|remotes\/origin)\//, ''),
  };
}

async function lookAtRemote(where: string): Promise<RepositoryLook> {
  const context = {
    ...{ environment: remoteEnvironment(where, { username: 'x-access-token' }, os.tmpdir()), where },
    ...{ timeoutSeconds: timeout, signal: new AbortController().signal },
  };
  const listed = await runGit(context, { what, args: ['ls-remote', '--symref', '--', where] });
  const lines = listed.split('\n').map(line => line.split('\t'));
  const [head] = lines.filter(([left = '', right]) => left.startsWith('ref: ') && right === 'HEAD');
  return {
    ...{ repository: repositorySlug(where) ?? where, isLocal: false },
    tags: tagsOf(lines.map(([, ref = '']) => ref).filter(ref => !ref.endsWith('^{}'))),
    branch: head?.[0]?.replace(/^ref: refs\/heads\//, ''),
  };
}

const tagPrefix = 'refs/tags/';
const tagsOf = (refs: readonly string[]) =>
  refs.filter(ref => ref.startsWith(tagPrefix)).map(ref => ref.slice(tagPrefix.length));
