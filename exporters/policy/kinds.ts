/** The kinds of reports that arrive as files and posts. A new one is a line here. */
import type { ReportKind } from './reading.ts';

export const reportKinds: readonly ReportKind[] = [];
