/** The OpenSLO documents that `slos.files` names. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SloError } from '../errors.ts';
import type { OpenSloFile } from './documents.ts';

/** In the order of their names. Throws SLO_FILE where a pattern matches nothing or a file can't be read. */
export function openSloFiles(patterns: readonly string[], directory: string): readonly OpenSloFile[] {
  const found = patterns.flatMap(pattern => {
    const files = globSync(pattern, { cwd: directory });
    if (files.length === 0) throw new SloError('SLO_FILE', { file: pattern, reason: 'no file matches it' });
    return files;
  });
  return [...new Set(found)].sort().map(file => ({ file, text: textOf(path.resolve(directory, file)) }));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SloError('SLO_FILE', { file, reason: error instanceof Error ? error.message : String(error) });
  }
}
