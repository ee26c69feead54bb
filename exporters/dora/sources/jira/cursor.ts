/** Where reading Jira goes on, and with what. */
import type { SourceContext } from '../../../core/source.ts';
import type { JiraClient } from '../../../vendors/jira/client.ts';
import type { JiraIncidentsConfig } from './config.ts';

export interface JiraCursor {
  /** Of the query and the fields: what was read with others is no history of these. */
  readonly shape: string;
  /** All changes before have been read; ms since the epoch. */
  readonly through: number;
  /** True once the history has been read. */
  readonly isWhole: boolean;
  /** When all incidents were listed last; ms since the epoch. */
  readonly sweptAt: number;
  readonly alerts?: AlertsCursor;
}

export interface JiraRead {
  readonly client: JiraClient;
  readonly config: JiraIncidentsConfig;
  readonly context: SourceContext;
  readonly timeZone: string;
}

export interface AlertsCursor {
  /** Alerts created before have been read; ms since the epoch. */
  readonly createdThrough: number;
  /** Changes before have been read; ms since the epoch. */
  readonly changedThrough: number;
}
