/** An ownership that may be replaced while exporters hold it: they read what it is now. */
import type { Ownership } from './ownership.ts';

export interface LiveOwnership {
  readonly ownership: Ownership;
  /** Returns whether it differs from the one before. */
  readonly replace: (next: Ownership) => boolean;
}

export function liveOwnership(first: Ownership): LiveOwnership {
  let current = first;
  const live = {} as Record<keyof Ownership, unknown>;
  for (const key of Object.keys(first) as (keyof Ownership)[])
    Object.defineProperty(live, key, { enumerable: true, get: () => current[key] });
  return {
    ownership: live as Ownership,
    replace: next => {
      const differs = next.digest !== current.digest;
      current = next;
      return differs;
    },
  };
}
