/** How long vulnerabilities stay. */
import { remediation } from '../../findings/remediation.ts';
import { sql } from './sql.ts';

const families = remediation({ prefix: 'supply_chain', findings: 'vulnerabilities', sql });

export const {
  episodes: remediationEpisodes,
  median: remediationMedian,
  unresolvedAfter30d,
  all: remediationMetrics,
} = families;
