/** Tools whose SARIF says less than it holds, and how it is read all the same. */
import type { Enforcement, Outcome, Severity } from '../../../findings/report.ts';
import type { SarifResult } from '../../../formats/sarif/index.ts';

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
