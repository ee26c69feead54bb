/**
 * Files whose records end in two ways, some in a newline and some in a carriage return and a newline, as they do where a
 * bill was appended to or its last line was written by another program. DuckDB's strict reader refuses them.
 */
import { createReadStream } from 'node:fs';
import { uncompressed } from '../../core/files.ts';
import type { FileGroup } from './scan.ts';

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** The groups with those of the files apart that are so; undefined where there is none that wasn't already. */
export async function splitMixedEnds(
  groups: readonly FileGroup[],
  files: readonly string[],
): Promise<readonly FileGroup[] | undefined> {
  const apart: FileGroup[] = [];
  for (const group of groups)
    if (group.format === 'csv' && group.mixedEnds !== true)
      for (const path of group.paths)
        if (files.includes(path) && (await hasMixedEnds(path, group.gzip).catch(() => false)))
          apart.push({ ...group, paths: [path], mixedEnds: true });
  if (apart.length === 0) return undefined;
  const moved = new Set(apart.flatMap(({ paths }) => paths));
  const rest = groups.map(group =>
    group.mixedEnds ? group : { ...group, paths: group.paths.filter(path => !moved.has(path)) },
  );
  return [...rest.filter(({ paths }) => paths.length > 0), ...apart];
}

async function hasMixedEnds(file: string, gzip: boolean): Promise<boolean> {
  const stream = createReadStream(file, { highWaterMark: 512 << 10 });
  const seen = { plain: false, returned: false };
  let quoted = false;
  let before = 0;
  try {
    for await (const chunk of uncompressed(stream, gzip)) {
      for (const byte of chunk) {
        if (byte === quote) quoted = !quoted;
        else if (byte === newline && !quoted) seen[before === carriageReturn ? 'returned' : 'plain'] = true;
        before = byte;
      }
      if (seen.plain && seen.returned) return true;
    }
    return false;
  } finally {
    stream.destroy();
  }
}
