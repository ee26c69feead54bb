/** Which files of a folder are a catalog: all YAML, or where other YAML stands beside it those that have entities. */
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { PlumblineError } from '../errors.ts';

const patterns = ['**/*.yaml', '**/*.yml'] as const;
/** What no catalog is kept in, and takes long to look through. */
const elsewhere = new Set(['node_modules', '.git']);
const entity = /^\s*["']?apiVersion["']?\s*:\s*["']?([a-z0-9-]+\.)?backstage\.io\//m;
/** More names than these, and the files of entities are listed by their folders' glob. */
const mostNames = 20;

/**
 * A glob for each ending where all YAML in the folder is the catalog's; else one for each name that its files have and no
 * other file has, or the files themselves. Errors: COMMAND_USAGE where there is no YAML.
 */
export async function catalogGlobs(directory: string): Promise<string[]> {
  const found = new Map<string, string[]>();
  const entities: string[] = [];
  const others: string[] = [];
  for (const pattern of patterns)
    for await (const file of glob(pattern, { cwd: directory, exclude: name => elsewhere.has(path.basename(name)) })) {
      found.set(pattern, [...(found.get(pattern) ?? []), file]);
      const text = await readFile(path.join(directory, file), 'utf8').catch(() => '');
      (entity.test(text) ? entities : others).push(file);
    }
  if (found.size === 0)
    throw new PlumblineError('COMMAND_USAGE', { reason: `--catalog ${directory} has no YAML file` });
  if (entities.length === 0 || others.length === 0) return [...found.keys()];
  const taken = new Set(others.map(file => path.basename(file)));
  const names = [...new Set(entities.map(file => path.basename(file)))].sort();
  if (names.length <= mostNames && names.every(name => !taken.has(name))) return names.map(name => `**/${name}`);
  return entities.length <= mostNames ? entities.sort() : [...found.keys()];
}
