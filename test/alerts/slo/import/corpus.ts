/** Real specifications of Sloth and Pyrra, where the corpus is. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { SpecFile } from '../../../../alerts/slo/import/index.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const folder = path.join(process.env.PLUMBLINE_CORPUS ?? path.resolve(root, '../shared/data'), 'slo');

/** The files of a pattern below slo/, or undefined after skipping the test. */
export function corpusFiles(t: TestContext, ...patterns: readonly string[]): readonly SpecFile[] | undefined {
  if (!existsSync(folder)) {
    t.skip(`there is no corpus at ${folder} (PLUMBLINE_CORPUS)`);
    return undefined;
  }
  return globSync([...patterns], { cwd: folder })
    .sort()
    .map(name => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }));
}
