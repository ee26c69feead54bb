/** What every runbook answers, and the page that a new one begins with: the headings are given, the answers are written by hand. */
import { readFileSync } from 'node:fs';
import { runbookFile } from './lib/alert.ts';

/** In this order, each with what belongs there. */
export const runbookSections = {
  'What it means': 'What is so, in the words of whoever gets it; the threshold, and where it is configured.',
  'Who gets it': 'Which team, as a page, a ticket or in a digest; what keeps it quiet.',
  'First three checks': '1. Is it real, and how large?\n2. Since when, and what changed then?\n3. Whose is it?',
  'How to look': '```promql\nthe queries that show it\n```',
  'What to do': '1. What ends it.\n2. What keeps it from coming back.',
  'Who decides': 'Who may decide what, where it costs something.',
  'How to silence': '',
  'False positives': '- When it fires and nothing is wrong.',
} as const;

/** The skeleton of an alert's runbook. */
export function runbookSkeleton(alert: string): string {
  const silence = `\`\`\`\namtool silence add --duration=3d --comment='why, and who looks at it' alertname=${alert}\n\`\`\``;
  const sections = Object.entries(runbookSections).map(
    ([heading, hint]) => `## ${heading}\n\n${hint === '' ? silence : hint}\n`,
  );
  return `# ${alert}\n\n${sections.join('\n')}`;
}

/** What an alert's runbook says first: the paragraph under "What it means". */
export function meaningOf(alert: string): string {
  const text = readFileSync(runbookFile(alert), 'utf8');
  return /^## What it means\n\n(.+)$/m.exec(text)?.[1] ?? '';
}
