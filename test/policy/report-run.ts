/** The policy exporter over a ledger in memory, with files that are delivered and reports that are posted. */
import type { TestContext } from 'node:test';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';
import { exporterRun, type RunOptions } from '../findings/exporter-run.ts';

export async function reportRun(t: TestContext, options: RunOptions = {}) {
  const run = await exporterRun(t, options, ({ files, ownership, now }) =>
    policyExporter(policySchema.parse({ files }), ownership, { now }),
  );
  return {
    ...run,
    /** What `check` says. */
    notices: async () => (await run.exporter.check?.(run.ledger)) ?? [],
    /** How many findings are in each state at the end, with the reason of what is resolved or unknown. */
    states: async (): Promise<Readonly<Record<string, number>>> => {
      const found = await run.rows(
        `SELECT state || CASE reason WHEN '' THEN '' ELSE '(' || reason || ')' END AS state, count(*)::INTEGER AS n FROM (
           FROM finding_states
           QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
         ) GROUP BY ALL ORDER BY ALL`,
      );
      return Object.fromEntries(found.map(({ state, n }) => [String(state), Number(n)]));
    },
  };
}

/** A check of Checkov. */
export const check = (id: string, resource: string, file: string, more: object = {}) => ({
  ...{ check_id: id, check_name: `about ${id}`, resource, severity: null },
  ...{
    file_path: `/${file}`,
    repo_file_path: `/${file}`,
    file_abs_path: `/tmp/run-17/${file}`,
    file_line_range: [3, 9],
  },
  check_result: { result: 'FAILED' },
  ...more,
});

export interface Checks {
  readonly type?: string;
  readonly failed?: readonly unknown[];
  readonly passed?: readonly unknown[];
  readonly skipped?: readonly unknown[];
  readonly errors?: readonly string[];
}

export const checkovPart = ({ type = 'terraform', failed = [], passed = [], skipped = [], errors = [] }: Checks) => ({
  check_type: type,
  results: { failed_checks: failed, passed_checks: passed, skipped_checks: skipped, parsing_errors: errors },
  summary: { passed: passed.length, failed: failed.length, skipped: skipped.length, parsing_errors: errors.length },
});

export const checkovJson = (checks: Checks): string => JSON.stringify(checkovPart(checks));
