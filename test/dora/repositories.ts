/** Git repositories for tests: made by hand, or restored from the corpus. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';

export interface MadeCommit {
  readonly message?: string;
  /** ISO; both dates unless authoredAt is given. */
  readonly at: string;
  readonly authoredAt?: string;
  readonly author?: string;
  /** Names of commits made before, or shas; the branch's tip unless given. */
  readonly parents?: readonly string[];
  readonly branch?: string;
  /** Paths that it writes. */
  readonly files?: readonly string[];
}

export interface MadeRepository {
  readonly folder: string;
  readonly git: (...args: string[]) => string;
  /** Makes a commit on a branch (main unless given); returns its sha. */
  readonly commit: (commit: MadeCommit) => string;
  readonly tag: (name: string, sha: string, at?: string) => void;
}

const quiet = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  ...quiet,
};

export function git(folder: string, args: readonly string[], input?: string | Buffer, env: object = {}): string {
  return execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    env: { ...environment, ...env },
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
  });
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-git-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty bare repository of that name in a folder that goes with the test. */
export function makeRepository(t: TestContext, name = 'shop.git'): MadeRepository {
  const folder = path.join(temporaryFolder(t), name);
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder], { env: { ...environment } });
  let files = 0;
  const own = (...args: string[]) => git(folder, args).trim();
  return {
    folder,
    git: own,
    commit: ({
      message = 'change',
      at,
      authoredAt = at,
      author = 'Ada',
      parents,
      branch = 'main',
      files: paths = [],
    }) => {
      const seconds = (time: string) => Math.floor(Date.parse(time) / 1000);
      const ref = `refs/heads/${branch}`;
      const tip = git(folder, ['for-each-ref', '--format=%(objectname)', ref]).trim();
      const from = parents ?? (tip === '' ? [] : [tip]);
      files += 1;
      const text = [
        // Under another name first: fast-import moves a branch only forward.
        'commit refs/made/one',
        `author ${author} <${author.toLowerCase().replaceAll(/\W/g, '')}@example.invalid> ${seconds(authoredAt)} +0200`,
        `committer ${author} <ada@example.invalid> ${seconds(at)} +0200`,
        `data ${Buffer.byteLength(message)}`,
        message,
        ...from.map((parent, index) => `${index === 0 ? 'from' : 'merge'} ${own('rev-parse', parent)}`),
        ...paths.map(file => `M 100644 inline ${file}\ndata ${String(files).length}\n${files}`),
        '',
      ].join('\n');
      git(folder, ['fast-import', '--quiet', '--force'], text);
      const sha = own('rev-parse', 'refs/made/one');
      own('update-ref', '-d', 'refs/made/one');
      own('update-ref', ref, sha);
      return sha;
    },
    tag: (name, sha, at) => {
      if (at === undefined) own('tag', '--force', name, sha);
      else
        git(folder, ['tag', '--force', '--annotate', '-m', 'Release', name, sha], undefined, {
          ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.invalid' },
          GIT_COMMITTER_DATE: `${Math.floor(Date.parse(at) / 1000)} +0200`,
        });
    },
  };
}

const corpus = path.join(
  process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../shared/data'),
  'dora/git',
);

/** Restores a real history into a bare repository; undefined, with the reason said, where the corpus isn't there. */
export function restoreHistory(t: TestContext, name: string): string | undefined {
  const file = path.join(corpus, `${name}.fi.gz`);
  if (!existsSync(file)) {
    t.skip(`${file} is not there; PLUMBLINE_CORPUS says where the corpus is`);
    return undefined;
  }
  const folder = path.join(temporaryFolder(t), `${name}.git`);
  execFileSync('git', ['init', '--quiet', '--bare', folder], { env: { ...environment } });
  git(folder, ['fast-import', '--quiet'], gunzipSync(readFileSync(file)));
  return folder;
}
