/** The SQL of a family: common table expressions, each file a list of them without WITH, and the SELECT that is last. */
import { readFileSync } from 'node:fs';

export type SqlFiles = readonly [string, ...string[]];

/**
 * Of files of a folder `exporters/DOMAIN/metrics`, and of those named below. What reads `settings` gets them from the
 * folder's settings.sql: views of several domains read the same names of each domain's own table.
 */
export function sqlIn(folder: URL): (...files: SqlFiles) => string {
  const read = (file: string) => readFileSync(new URL(`./${file}.sql`, folder), 'utf8').trimEnd();
  return (...files) => {
    const parts = files.map(read);
    const select = parts.pop()!;
    const before = [...parts, select].some(part => /\bFROM settings\b/.test(part))
      ? [read('settings'), ...parts]
      : parts;
    return before.length === 0 ? select : `WITH\n${before.join(',\n')}\n${select}`;
  };
}

/** What was found, looked at, allowed and counted while it was known so. */
export const findingSpans = '../../findings/finding_spans';
export const reportSpans = '../../findings/report_spans';
export const tallySpans = '../../findings/tally_spans';
export const totalSpans = '../../findings/total_spans';
export const policySpans = '../../findings/policy_spans';
export const exceptionSpans = '../../findings/exception_spans';

/** The same at each instant, and what follows from it. */
export const scopesAt = '../../findings/views/scopes_at';
export const foundAt = '../../findings/views/found_at';
export const aged = '../../findings/views/aged';
export const exceptionsAt = '../../findings/views/exceptions_at';
/** `owned` with the services of the most `n` named. */
export const servicesFolded = '../../findings/views/services_folded';
export const episodesAt = '../../findings/views/episodes_at';
/** Of `episodes`, which a domain chooses of those that there are. */
export const episodePlaces = '../../findings/views/episode_places';
export const remediationEpisodesOf = '../../findings/views/remediation_episodes';
export const survival = '../../findings/views/survival';
export const survivalReached = '../../findings/views/survival_reached';
export const remediationMedianOf = '../../findings/views/remediation_median';
export const unresolvedAfterOf = '../../findings/views/unresolved_after';
/** Of `tally_known_spans`: repositories, namespaces and images that are nobody's. */
export const unownedPlaces = '../../findings/views/unowned_places';
