/** What the README tells to run and to write, so that tests do exactly that. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Block {
  /** `sh`, `yaml`. */
  readonly language: string;
  /** The line on which it begins, for people. */
  readonly line: number;
  readonly text: string;
}

const readme = path.join(import.meta.dirname, '..', '..', 'README.md');

/** All blocks of code, from top to bottom; of one part alone where a text that begins it (a line's start) is given. */
export function readmeBlocks(from?: string): readonly Block[] {
  const lines = readFileSync(readme, 'utf8').split('\n');
  const start = from === undefined ? 0 : lines.findIndex(line => line.startsWith(from));
  if (start < 0) throw new Error(`the README has no line that begins with ${from}`);
  const next = from === undefined ? -1 : lines.findIndex((line, at) => at > start && line.startsWith('## '));
  const blocks: Block[] = [];
  let open: { language: string; line: number; text: string[] } | undefined;
  for (const [at, line] of lines.entries()) {
    if (at < start || (next >= 0 && at >= next)) continue;
    const fence = /^```(\w*)$/.exec(line);
    if (fence && open === undefined) open = { language: fence[1] ?? '', line: at + 1, text: [] };
    else if (fence && open) {
      blocks.push({ ...open, text: open.text.join('\n') });
      open = undefined;
    } else open?.text.push(line);
  }
  return blocks;
}

/** The commands of a block, a continued line as one, without what is said of each. */
export const commandsOf = ({ text }: Block): readonly string[] =>
  text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map(line => line.replace(/\s{2,}#.*$/, '').trim())
    .filter(line => line !== '' && !line.startsWith('#'));

/** Our own commands, in blocks and in sentences; `plumbline FOO` that stands in a sentence counts too. */
export function readmeCommands(): readonly string[] {
  const text = readFileSync(readme, 'utf8');
  const inSentences = [...text.matchAll(/`((?:npx )?plumbline [a-z][^`]*)`/g)].map(([, command = '']) => command);
  const inBlocks = readmeBlocks()
    .filter(({ language }) => language === 'sh')
    .flatMap(commandsOf);
  return [...new Set([...inSentences, ...inBlocks.filter(command => command.startsWith('npx plumbline '))])];
}
