/** GET /api/policy/findings: the violations that metrics count, one by one. */
import type { ApiEndpoint } from '../core/api.ts';
import { exceptionsOfPage, findingsList, paged, wantedByAll, wordsOf } from '../findings/api/list.ts';
import { exceptionSpans, findingSpans, foundAt, reportSpans, scopesAt } from '../findings/sql.ts';
import { type FindingsQuery, readQuery } from './findings-query.ts';
import { sql } from './metrics/sql.ts';

const listSql = sql(
  ...([findingSpans, reportSpans, scopesAt, foundAt, 'findings_at', '../findings-listed', wantedByAll] as const),
  ...(['../findings-wanted', paged, '../findings-list'] as const),
);

const columns = [
  ...['id', 'engine', 'policy', 'title', 'requirement', 'resource', 'severity', 'original_severity', 'enforcement'],
  ...['state', 'reason', 'team', 'service', 'environment', 'scope', 'opened_at', 'first_seen_at', 'last_seen_at'],
  ...['age_seconds', 'message', 'location', 'url', 'exceptions'],
] as const;

/** `facts` are the exporter's. */
export const findingsApi = (facts: readonly string[]): ApiEndpoint =>
  findingsList<FindingsQuery>({
    ...{ facts, columns, listSql, read: readQuery },
    times: ['opened_at', 'first_seen_at', 'last_seen_at'],
    numbers: ['age_seconds'],
    exceptionsSql: sql(exceptionSpans, ...exceptionsOfPage),
    parameters: asked => ({
      ...{ engines: wordsOf(asked.engine), policies: wordsOf(asked.policy) },
      ...{ requirements: wordsOf(asked.requirement), enforcements: wordsOf(asked.enforcement) },
    }),
  });
