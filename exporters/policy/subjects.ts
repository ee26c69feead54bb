/** What policy says of services one by one, and of repositories and namespaces that are nobody's. */
import { defineSubjectCheck, ownedCheck } from '../core/subjects.ts';
import {
  exceptionSpans,
  exceptionsAt,
  findingSpans,
  foundAt,
  reportSpans,
  scopesAt,
  tallySpans,
  unownedPlaces,
} from '../findings/sql.ts';
import { sql } from './metrics/sql.ts';

const covered = '../subjects/covered';
const everySeconds = 900;

export const policySubjects = [
  defineSubjectCheck({
    check: 'enforced-violations',
    help: 'No violation of an enforced policy is open; unknown where no engine has looked at the service in time.',
    reads: ['finding_states', 'finding_reports', 'finding_tallies', 'owners', 'policy_rules', 'catalog_services'],
    everySeconds,
    instantsAtOnce: 20,
    sql: sql(
      ...([findingSpans, reportSpans, scopesAt, foundAt, 'findings_at', tallySpans, covered] as const),
      ...(['../subjects/enforced_open', '../subjects/enforced'] as const),
    ),
  }),
  defineSubjectCheck({
    check: 'exceptions',
    help: 'No exception of a service has expired.',
    reads: [
      'finding_exceptions',
      'finding_reports',
      'finding_tallies',
      'owners',
      'policy_settings',
      'catalog_services',
    ],
    everySeconds,
    instantsAtOnce: 40,
    sql: sql(
      ...([exceptionSpans, exceptionsAt, reportSpans, scopesAt, tallySpans, covered] as const),
      ...(['../subjects/exceptions_expired', '../subjects/exceptions'] as const),
    ),
  }),
  defineSubjectCheck({
    check: ownedCheck,
    help: 'Repositories and namespaces that policies are evaluated in and that nothing gives to a team.',
    reads: ['finding_tallies', 'owners', 'owner_keys'],
    everySeconds,
    sql: sql(tallySpans, unownedPlaces, '../subjects/unowned'),
  }),
] as const;
