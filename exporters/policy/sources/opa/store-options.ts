/** With what decisions are stored. */
import type { OpaConfig } from './config.ts';

export interface StoreOptions {
  readonly config: OpaConfig;
  readonly now: Date;
  /** Bytes of a post as it came, by its path. */
  readonly sizes?: ReadonlyMap<string, number>;
}
