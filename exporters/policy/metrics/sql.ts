/** The SQL of a family: common table expressions, each file a list of them without WITH, and the SELECT that is last. */
import { readFileSync } from 'node:fs';

const read = (file: string) => readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8').trimEnd();

export function sql(...files: readonly [string, ...string[]]): string {
  const parts = files.map(read);
  const select = parts.pop()!;
  return parts.length === 0 ? select : `WITH\n${parts.join(',\n')}\n${select}`;
}

/** What was found, looked at, allowed and counted while it was known so: shared with other exporters of findings. */
export const findingSpans = '../../findings/finding_spans';
export const reportSpans = '../../findings/report_spans';
export const tallySpans = '../../findings/tally_spans';
export const totalSpans = '../../findings/total_spans';
export const policySpans = '../../findings/policy_spans';
export const exceptionSpans = '../../findings/exception_spans';
