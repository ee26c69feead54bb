/** Where reading Datadog goes on, and with what. */
import type { SourceContext } from '../../../core/source.ts';
import type { DatadogClient } from '../../../vendors/datadog/client.ts';
import type { DatadogConfig } from './config.ts';

export interface DatadogCursor {
  /** Of what is asked for and how it is called: what was read otherwise is no history of it. */
  readonly shape: string;
  readonly incidents?: IncidentsCursor;
  readonly dora?: DoraCursor;
}

export interface DatadogRead {
  readonly client: DatadogClient;
  readonly config: DatadogConfig;
  readonly context: SourceContext;
  /** Patterns of environments whose deployments count. */
  readonly production: readonly string[];
}

export interface IncidentsCursor {
  /** When all incidents were listed last; ms since the epoch. */
  readonly sweptAt: number;
  /** Where a listing that was killed goes on. */
  readonly offset?: number;
  /** What was created before has been read; ms since the epoch. */
  readonly createdThrough: number;
}

export interface DoraCursor {
  /** Events before have been read; ms since the epoch. */
  readonly through: number;
  /** True once the history has been read. */
  readonly isWhole: boolean;
  /** The day through which metrics are computed; '' before the first. */
  readonly metricsThrough: string;
}
