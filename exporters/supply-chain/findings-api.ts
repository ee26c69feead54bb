/** GET /api/supply-chain/findings: the vulnerabilities, secrets and licences that metrics count, one by one. */
import type { ApiEndpoint } from '../core/api.ts';
import { exceptionsOfPage, findingsList, paged, wantedByAll, wordsOf } from '../findings/api/list.ts';
import { exceptionSpans, findingSpans, foundAt, reportSpans, scopesAt } from '../findings/sql.ts';
import { type FindingsQuery, readQuery } from './findings-query.ts';
import { sql } from './metrics/sql.ts';

const listSql = sql(
  ...([findingSpans, reportSpans, scopesAt, foundAt, 'findings_at', 'exploited_at', 'fixes_at', 'described'] as const),
  ...(['sla_at', '../findings-listed', wantedByAll, '../findings-wanted', paged] as const),
  ...(['../findings-page', '../findings-list'] as const),
);

const columns = [
  ...['id', 'class', 'vulnerability', 'aliases', 'title', 'image', 'repository', 'package', 'versions', 'severity'],
  ...['original_severity', 'score', 'epss', 'exploited', 'fix', 'fixed_version', 'fix_at', 'state', 'reason', 'sla'],
  ...['due_at', 'team', 'service', 'environment', 'place', 'scope', 'opened_at', 'first_seen_at', 'last_seen_at'],
  ...['age_seconds', 'scanners', 'message', 'location', 'url', 'exceptions'],
] as const;

/** `facts` are the exporter's. */
export const findingsApi = (facts: readonly string[]): ApiEndpoint =>
  findingsList<FindingsQuery>({
    ...{ facts, columns, listSql, read: readQuery },
    times: ['opened_at', 'first_seen_at', 'last_seen_at', 'fix_at', 'due_at'],
    numbers: ['age_seconds', 'score', 'epss'],
    exceptionsSql: sql(exceptionSpans, ...exceptionsOfPage),
    parameters: asked => ({
      ...{ classes: wordsOf(asked.class), vulnerabilities: wordsOf(asked.vulnerability) },
      ...{ packages: wordsOf(asked.package), images: wordsOf(asked.image), repositories: wordsOf(asked.repository) },
      ...{ fixes: wordsOf(asked.fix), exploited: wordsOf(asked.exploited), slas: wordsOf(asked.sla) },
    }),
  });
