/** Event-loop delay in milliseconds, less what its timer waits anyway. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

const resolution = 5;

/** Starts to watch; the function returned stops, and tells how late timers were. */
export function watchLoop(): () => Promise<{ readonly p99: number; readonly max: number }> {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  return async () => {
    // A block that lasts until disable() is seen by nobody; some ticks later it is.
    for (let tick = 0; tick < 5; tick += 1) await setTimeout(2 * resolution);
    histogram.disable();
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
    return { p99: late(histogram.percentile(99)), max: late(histogram.max) };
  };
}
