/** Lets the event loop run every few milliseconds of long work, so that a scrape is not held up. */
import { setImmediate } from 'node:timers/promises';

export interface Breather {
  /** True where it is time to let others run; cheap enough for an inner loop. */
  readonly due: () => boolean;
  readonly now: () => Promise<void>;
}

export function breather(milliseconds = 5): Breather {
  let since = performance.now();
  return {
    due: () => performance.now() - since > milliseconds,
    now: async () => {
      await setImmediate();
      since = performance.now();
    },
  };
}
