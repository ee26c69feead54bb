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

const levels = ['ok', 'note', 'wrong'] as const;

/** What is wrong comes last, where a terminal that scrolls shows it; within a level they stay as they came. */
export function findingLines(given: readonly Finding[]): string {
  const findings = levels.flatMap(level => given.filter(finding => finding.level === level));
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings.map(({ level, subject, text }) => `${level.padEnd(5)}  ${subject.padEnd(width)}  ${text}\n`).join('');
}

/** One line: how many there are of each level. */
export function summary(findings: readonly Finding[]): string {
  const of = (wanted: Finding['level']) => findings.filter(({ level }) => level === wanted).length;
  const words = [
    ...(of('wrong') > 0 ? [`${of('wrong')} wrong`] : []),
    ...(of('note') > 0 ? [`${of('note')} to note`] : []),
  ];
  return `${[...words, `${of('ok')} in order`].join(', ')}\n`;
}
