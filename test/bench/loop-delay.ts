/** Event-loop delay in milliseconds, less what its timer waits anyway. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

export interface LoopDelay {
  readonly p99: number;
  readonly max: number;
  /** The 99th percentile of the loop's own processor time from one tick to the next: what a core of its own would show. */
  readonly cpuP99: number;
}

const resolution = 5;

/** Starts to watch; the function returned stops, and tells how late timers were. */
export function watchLoop(): () => Promise<LoopDelay> {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  const busy: number[] = [];
  let before = threadMs();
  const timer = setInterval(() => {
    const now = threadMs();
    busy.push(now - before);
    before = now;
  }, resolution);
  return async () => {
    // A block that lasts until disable() is seen by nobody; some ticks later it is.
    for (let tick = 0; tick < 5; tick += 1) await setTimeout(2 * resolution);
    histogram.disable();
    clearInterval(timer);
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
    busy.sort((a, b) => a - b);
    const cpuP99 = busy[Math.floor(busy.length * 0.99)] ?? 0;
    return { p99: late(histogram.percentile(99)), max: late(histogram.max), cpuP99 };
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
