/** The kinds of reports that arrive as files and posts. A new one is a line here. */
import type { ReportKind } from './reading.ts';
import { policyReportKind } from './sources/policyreport/index.ts';

export const reportKinds: readonly ReportKind[] = [policyReportKind];
