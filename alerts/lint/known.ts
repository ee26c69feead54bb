/** What is known of the values of series by their names alone. */

/** Sizes of what a machine has, which it has some of; queues, caches, swap and limits may be 0. */
const sizes =
  /(?:mem|memory|ram|filesystem|fs|disk|volume)(?:_\w+)?_(?:total|size|capacity)_bytes$|_total_(?:\w+_)?memory_bytes$|(?:^|_)MemTotal_bytes$|^machine_memory_bytes$/;
/** Sloth's, which are constants between 0 and 1, or days. */
const constants = /^slo:(?:objective|error_budget):ratio$|^slo:time_period:days$/;
const others = /_info$|^machine_cpu_cores$|^process_max_fds$|_start_time_seconds$/;

/** Whether a series of this name is above 0 wherever it is. */
export const isNeverZero = (metric: string): boolean =>
  [sizes, constants, others].some(pattern => pattern.test(metric)) && !/swap/i.test(metric);
