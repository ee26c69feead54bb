/** Where the reading of a cluster goes on from. */
import type { MirrorState } from '../../../vendors/kubernetes/mirror.ts';
import type { Resource } from './resources.ts';

export interface KyvernoCursor {
  /** Of what is read: objects that were kept for something else are none of these. */
  readonly shape: string;
  /** By path. */
  readonly mirrors: Readonly<Record<string, MirrorState>>;
  /** What is served; `at` in ms since the epoch. */
  readonly found?: { readonly at: number; readonly resources: readonly Resource[] };
  /** Digest of the policies' modes as they were when all was told last. */
  readonly modes?: string;
  /** When the cluster as a whole was told of last; ms since the epoch. */
  readonly looked?: { readonly at: number };
}
