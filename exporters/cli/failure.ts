/** What standard error says of an error: a sentence, what to do, and on request where it came from. */
import { maskSecrets } from '../core/secrets.ts';
import { PlumblineError } from './errors.ts';

export function explainError(error: unknown, debug: boolean): string {
  const lines = [`plumbline: ${error instanceof Error ? error.message : String(error)}`];
  if (error instanceof PlumblineError) lines.push(`  ${error.remedy} (${error.code})`);
  else if (!debug && !(error instanceof RangeError))
    lines.push('  run the command again with --debug to see where this comes from');
  if (debug) lines.push(stackOf(error));
  return maskSecrets(`${lines.join('\n')}\n`);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
