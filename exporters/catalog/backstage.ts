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

/** A file of entities, and the folder that the targets of its Locations must stand in. */
interface CatalogFile {
  readonly file: string;
  readonly within: string;
}

/**
 * The catalog of all entities in the files that the globs name and in the servers' answers; neither, an empty catalog. Of
 * an entity that is in several, the files' counts, then the first server's. What can't be read is in the catalog's
 * `rejects`, and the rest goes on. Locations are followed to the files that they name below the folder of
 * their glob. Errors: CATALOG_NO_FILES where a glob names no file.
 */
export async function readCatalog({ files, directory, answers = [] }: CatalogFiles): Promise<Catalog> {
  const entities: Entity[] = [];
  const rejects: CatalogReject[] = [];
  const waiting = await filesOf(files, directory);
  const seen = new Set(waiting.map(({ file }) => file));
  for (const { file, within } of waiting) {
    // Paths relative to the configuration, so that what is told doesn't depend on the machine.
    const shown = path.relative(directory, file).split(path.sep).join('/');
    try {
      const found = parseEntities(shown, await readFile(file, 'utf8'));
      entities.push(...found.entities);
      rejects.push(...found.rejects);
      for (const location of found.entities)
        for (const target of location.targets) {
          const reached = await targetFiles(target, file, within);
          if (typeof reached === 'string') {
            const told = { field: 'spec.targets', value: target.slice(0, 200) };
            rejects.push({ source: 'catalog', file: shown, line: location.line, reason: reached, ...told });
          } else
            for (const next of reached.filter(one => !seen.has(one))) {
              seen.add(next);
              waiting.push({ file: next, within });
            }
        }
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

/** True of targets that are not followed: what stands there may be files that are read, under another name. */
export const isAddress = (target: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(target);

/** The files that a Location's target names, or why it is not followed. */
async function targetFiles(target: string, file: string, within: string): Promise<readonly string[] | string> {
  if (isAddress(target)) return [];
  const pattern = path.resolve(path.dirname(file), target);
  if (path.relative(within, pattern).split(path.sep)[0] === '..') return 'target_outside';
  const found = await matching(path.relative(within, pattern), within);
  return found.length === 0 ? 'target_not_found' : found;
}

async function filesOf(globs: readonly string[], directory: string): Promise<CatalogFile[]> {
  const all = new Map<string, string>();
  for (const pattern of globs) {
    const within = path.resolve(directory, fixedFolder(pattern));
    const found = await matching(pattern, directory);
    for (const file of found) if (!all.has(file)) all.set(file, within);
    if (found.length === 0) throw new PlumblineError('CATALOG_NO_FILES', { glob: pattern, directory });
  }
  return [...all].map(([file, within]) => ({ file, within })).sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The folder that a glob's files all stand in. */
function fixedFolder(pattern: string): string {
  const parts = pattern.split('/').slice(0, -1);
  const wild = parts.findIndex(part => /[*?[{]/.test(part));
  const fixed = wild < 0 ? parts : parts.slice(0, wild);
  return fixed.join('/') || (pattern.startsWith('/') ? '/' : '.');
}

async function matching(pattern: string, directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const name of glob(pattern, { cwd: directory })) {
    const file = path.resolve(directory, name);
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isFile() === true) found.push(file);
  }
  return found.sort();
}
