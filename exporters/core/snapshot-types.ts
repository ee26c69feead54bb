/** What a refresh leaves for the scrapes: every family rendered once, sent as often as it is asked for. */
import type { Metric } from './metric.ts';

export type FamilyType = 'gauge' | 'counter' | 'histogram';

export interface RenderedFamily {
  readonly metric: Metric;
  /** The family's name on the page: the metric's own, or that of a daily family's twin. */
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  /** Distinct label sets, a histogram's counted once. */
  readonly series: number;
  /** True where the sample lines carry timestamps, which the two formats write in different units. */
  readonly stamped: boolean;
  /** Sample lines, each ending in a newline; valid in both formats unless stamped, then milliseconds (text 0.0.4). */
  readonly text: Buffer;
  /** Where stamped: the same lines with seconds (OpenMetrics). */
  readonly openMetrics?: Buffer;
}

export interface Snapshot {
  /** The ledger's commit that the families show; changes whenever they may have. */
  readonly commit: number;
  readonly takenAt: Date;
  readonly families: readonly RenderedFamily[];
}
