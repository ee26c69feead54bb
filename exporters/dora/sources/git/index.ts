/**
 * Git: commits, tags and, where told so, deployments of repositories on this machine or behind a URL. Incremental by
 * ref: what refs lead to now and none did before. Facts stay when a ref is rewritten or deleted: they were deployed.
 */
import pLimit from 'p-limit';
import { rememberSecrets } from '../../../core/secrets.ts';
import type { PullSource } from '../../../core/source.ts';
import type { ServiceConfig } from '../../config.ts';
import { PlumblineError } from '../../errors.ts';
import { type GitConfig, placesOf } from './config.ts';
import { pathRulesOf } from './paths.ts';
import { forgetClones, type Opened, placesOfSource } from './places.ts';
import { type Portions, readRepository } from './repository.ts';

const fetchesAtOnce = 4;

export function gitSource(config: GitConfig, services: readonly ServiceConfig[], portions: Portions = {}): PullSource {
  const { name } = config;
  if (config.token !== undefined) rememberSecrets([config.token]);
  const [urls, paths] = [placesOf(config.url).length, placesOf(config.path).length];
  const depthOf = (repository: string) => (pathRulesOf(services, repository).length > 0 ? 'trees' : 'commits');
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async () => ({
      requests: urls,
      text: planText(urls, paths, config.every),
    }),
    batches: async function* (context) {
      const places = placesOfSource(config, context, depthOf);
      const atOnce = pLimit(fetchesAtOnce);
      const opening = places.map(({ open }) => atOnce(open));
      for (const one of opening) one.catch(() => undefined);
      const seen = new Map<string, string>();
      const failures: unknown[] = [];
      for (const [index, { where }] of places.entries()) {
        context.signal.throwIfAborted();
        try {
          const opened = await opening[index]!;
          assertOnlyOne(opened, where, seen);
          yield* readRepository(opened, {
            config,
            context,
            portions,
            pathRules: pathRulesOf(services, opened.repository),
          });
        } catch (error) {
          context.signal.throwIfAborted();
          // One repository that can't be reached holds no other back.
          failures.push(error);
          if (places.length > 1) context.log.error({ where, err: error }, 'could not read a repository');
        }
        context.progress(index + 1, places.length, 'repositories');
      }
      if (urls > 0) await forgetClones(config, context.ledger.path, depthOf);
      if (failures.length === 0) return;
      if (places.length === 1) throw failures[0];
      throw new PlumblineError(
        'GIT_SOME_FAILED',
        { count: failures.length, total: places.length, first: firstOf(failures) },
        failures[0],
      );
    },
  };
}

function planText(urls: number, paths: number, everySeconds: number): string {
  const count = (n: number) => `${n} ${n === 1 ? 'repository' : 'repositories'}`;
  const fetched = `git fetch of ${count(urls)}, every ${everySeconds} seconds; the first one clones`;
  const read = `${urls > 0 ? '' : 'git log of '}${count(paths)} on this machine${urls > 0 ? '' : `, every ${everySeconds} seconds`}`;
  return [...(urls > 0 ? [fetched] : []), ...(paths > 0 ? [read] : [])].join('; ');
}

const firstOf = (failures: readonly unknown[]) =>
  failures[0] instanceof Error ? failures[0].message : String(failures[0]);

/** Two repositories of one name would be one history, and are a mistake. */
function assertOnlyOne({ repository }: Opened, where: string, seen: Map<string, string>): void {
  const other = seen.get(repository);
  if (other !== undefined) throw new PlumblineError('GIT_TWICE', { repository, where, other });
  seen.set(repository, where);
}
