/** Brings Backstage entities together: those of YAML files, named by globs, and those that servers have told. */
import { glob, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BackstageAnswer } from './backstage-answers.ts';
import { buildCatalog, type Catalog } from './catalog.ts';
import { type CatalogReject, type Entity, parseEntities, readEntity } from './entity.ts';
import { PlumblineError } from './errors.ts';

export interface CatalogFiles {
  readonly files: readonly string[];
  /** What relative globs are relative to: the folder of plumbline.yaml. */
  readonly directory: string;
  readonly answers?: readonly BackstageAnswer[];
}

/**
 * The catalog of all entities in the files that the globs name and in the servers' answers; neither, an empty catalog. Of
 * an entity that is in several, the files' counts, then the first server's. What can't be read is in the catalog's
 * `rejects`, and the rest goes on. Errors: CATALOG_NO_FILES where a glob names no file.
 */
export async function readCatalog({ files, directory, answers = [] }: CatalogFiles): Promise<Catalog> {
  const entities: Entity[] = [];
  const rejects: CatalogReject[] = [];
  for (const file of await filesOf(files, directory)) {
    // Paths relative to the configuration, so that what is told doesn't depend on the machine.
    const shown = path.relative(directory, file).split(path.sep).join('/');
    try {
      const found = parseEntities(shown, await readFile(file, 'utf8'));
      entities.push(...found.entities);
      rejects.push(...found.rejects);
    } catch (error) {
      const value = error instanceof Error ? error.message : String(error);
      rejects.push({ source: 'catalog', file: shown, line: 1, reason: 'file_not_readable', value });
    }
  }
  const known = new Set(entities.map(({ ref }) => ref));
  for (const { name, entities: told } of answers)
    for (const [index, content] of told.entries()) {
      const read = readEntity(name, index + 1, content);
      if ('reject' in read) rejects.push(read.reject);
      else if (!known.has(read.entity.ref)) {
        known.add(read.entity.ref);
        entities.push(read.entity);
      }
    }
  return buildCatalog(entities, rejects);
}

async function filesOf(globs: readonly string[], directory: string): Promise<string[]> {
  const all = new Set<string>();
  for (const pattern of globs) {
    let found = 0;
    for await (const name of glob(pattern, { cwd: directory })) {
      const file = path.resolve(directory, name);
      if (
        !(await stat(file).then(
          stats => stats.isFile(),
          () => false,
        ))
      )
        continue;
      all.add(file);
      found += 1;
    }
    if (found === 0) throw new PlumblineError('CATALOG_NO_FILES', { glob: pattern, directory });
  }
  return [...all].sort();
}
