/** The page of the golden path's checks, generated from their definitions. */
import { builtIn } from './checks.ts';

export function checksReference(): string {
  const parts = builtIn.map(({ id, title, means, why, fix, facts, level, weight, isRequired }) =>
    [
      `## ${title}`,
      `\`${id}\`, ${level}${isRequired ? ', required' : ''}${weight === 1 ? '' : `, weight ${weight}`}; facts: \`${facts}\``,
      `${means}`,
      `**Why**: ${why}`,
      `**How to mend it**: ${fix}`,
    ].join('\n\n'),
  );
  const head = `# The golden path

Generated from the checks' definitions (exporters/scorecard/checks.ts); \`scorecard.checks\` of plumbline.yaml changes them and adds others. A check whose facts come from an exporter that isn't configured is left out. A service passes where all that is said of it passes, fails where anything fails, and is *not measured* where nothing says, or not of all.`;
  return `${[head, ...parts].join('\n\n')}\n`;
}
