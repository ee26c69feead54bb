/** Engines name severities each in their own words; what is not known is `unknown`, never a guess. */
import type { Severity } from './report.ts';

const words: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  blocker: 'critical',
  high: 'high',
  error: 'high',
  major: 'high',
  medium: 'medium',
  moderate: 'medium',
  warning: 'medium',
  warn: 'medium',
  low: 'low',
  minor: 'low',
  note: 'low',
  info: 'info',
  informational: 'info',
  information: 'info',
  negligible: 'info',
  none: 'info',
};

export const severityOf = (word: string | null | undefined): Severity =>
  words[(word ?? '').trim().toLowerCase()] ?? 'unknown';

/** By a CVSS score or SARIF's `security-severity`, 0 to 10. */
export function severityOfScore(score: number): Severity {
  if (!(score >= 0 && score <= 10)) return 'unknown';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}
