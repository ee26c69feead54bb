/** One line of `check`: what was looked at, how it is, and, where it is wrong, why that matters. */
export interface Finding {
  /** `wrong` makes the exit code 1. */
  readonly level: 'ok' | 'note' | 'wrong';
  readonly subject: string;
  readonly text: string;
}

export const ok = (subject: string, text: string): Finding => ({ level: 'ok', subject, text });
export const note = (subject: string, text: string): Finding => ({ level: 'note', subject, text });
export const wrong = (subject: string, text: string): Finding => ({ level: 'wrong', subject, text });

export function findingLines(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings.map(({ level, subject, text }) => `${level.padEnd(5)}  ${subject.padEnd(width)}  ${text}\n`).join('');
}
