/** Tools whose SARIF says less than it holds, and how it is read all the same. */

import type { Enforcement, Outcome, Severity } from '../../../findings/report.ts';
import type { SarifResult } from '../../../formats/sarif/index.ts';
import { checkovDialect } from '../checkov/dialect.ts';
import { conftestDialect } from '../conftest/dialect.ts';

export interface Dialect {
  /** Lower case with underscores. */
  readonly engine: string;
  /** What stands in place of what any tool's result would be read as; `resource` is within the scope. */
  readonly read?: (result: SarifResult) => {
    readonly policy?: string;
    readonly resource?: string;
    readonly outcome?: Outcome;
    readonly severity?: Severity;
    readonly enforcement?: Enforcement;
  };
}

const dialects: readonly Dialect[] = [checkovDialect, conftestDialect];

/** `Semgrep OSS` is semgrep_oss; a tool without a name is `sarif`. */
export function dialectOf(tool: string): Dialect {
  const engine = tool
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  return dialects.find(one => one.engine === engine) ?? { engine: engine === '' ? 'sarif' : engine };
}
