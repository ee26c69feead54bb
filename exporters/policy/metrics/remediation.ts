/** How long violations stay. */
import { remediation } from '../../findings/remediation.ts';
import { sql } from './sql.ts';

const families = remediation({ prefix: 'policy', findings: 'violations', sql });

export const {
  episodes: remediationEpisodes,
  median: remediationMedian,
  unresolvedAfter30d,
  all: remediationMetrics,
} = families;
