/** Brings the ledger's copies of several resources up to now: watches of all at once, lists where they must be. */
import type { Transaction } from '../../core/ledger.ts';
import type { KubernetesClient } from './client.ts';
import { applied, follow, listed, type Mirrored, type MirrorState, type MirrorStep } from './mirror.ts';

export type MirrorStates = Readonly<Record<string, MirrorState>>;

export interface MirrorSteps {
  readonly client: KubernetesClient;
  readonly mirrored: readonly Mirrored[];
  /** By path, as they were committed last. */
  readonly states: MirrorStates;
  readonly at: Date;
  /** How long a watch stays open. */
  readonly watchSeconds: number;
  readonly relistHours: number;
}

export interface MirroredStep {
  /** To be committed with the write. */
  readonly states: MirrorStates;
  /** The resource is no longer served. */
  readonly isMissing: boolean;
  /** Objects read in this step. */
  readonly objects: number;
  readonly write: (tx: Transaction) => Promise<void>;
}

/** Returns the states that hold at the end: where only a bookmark has come, no step commits them. */
export async function* mirrorSteps(steps: MirrorSteps): AsyncGenerator<MirroredStep, MirrorStates> {
  const { client, mirrored, at, watchSeconds, relistHours } = steps;
  let { states } = steps;
  const isDue = ({ listedAt = 0 }: MirrorState) => at.getTime() - listedAt >= relistHours * 3_600_000;
  const followed = await Promise.all(
    mirrored.map(one => {
      const state = states[one.path];
      return state === undefined || isDue(state) ? undefined : follow(client, one, state, watchSeconds);
    }),
  );
  const stepOf = (path: string, { state, objects, write }: MirrorStep): MirroredStep => {
    states = { ...states, [path]: state };
    return { states, isMissing: state.isMissing === true, objects, write };
  };
  for (const [index, one] of mirrored.entries()) {
    const told = followed[index];
    const state = states[one.path];
    if (told !== undefined && told.changes.length > 0) yield stepOf(one.path, applied(one, state ?? {}, told, at));
    else if (told !== undefined)
      states = { ...states, [one.path]: { ...state, resourceVersion: told.resourceVersion } };
    if (told === undefined || told.isExpired)
      for await (const step of listed(client, one, states[one.path], at)) yield stepOf(one.path, step);
  }
  return states;
}
