/** Backstage: what is posted of its use, and the tasks of its scaffolder. */
import type { Source } from '../../../core/source.ts';
import { analyticsPosts, type UsageContext } from './analytics.ts';
import type { BackstageConfig } from './config.ts';
import { type ClientOptions, scaffolderSource } from './scaffolder.ts';

export function backstageSources(config: BackstageConfig, usage: UsageContext, client: ClientOptions = {}): Source[] {
  const posts = analyticsPosts(config, usage);
  return config.url === undefined ? [posts] : [posts, scaffolderSource(config, usage, client)];
}
