/**
 * manifest.json of an export's run: what the run is of, and its parts with their sizes. Azure writes it last, so that a
 * run whose parts all have their size is complete. Source: Cost Management exports, manifest version 2024-04-01.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { FileStat } from '../../../core/files.ts';

const schema = z.object({
  blobs: z.array(z.object({ blobName: z.string().min(1), byteCount: z.number().nullish() })),
  exportConfig: z.object({ type: z.string().nullish(), exportName: z.string().nullish() }).nullish(),
});

export interface ExportRun {
  /** The manifest's folder. */
  readonly folder: string;
  /** The kind of export: `actualcost`, `amortizedcost`, `focuscost`, …; empty where it isn't said. */
  readonly type: string;
  /** Its parts among the files that are there. */
  readonly parts: readonly FileStat[];
  /** What keeps it from being read; undefined where it is complete. */
  readonly incomplete: string | undefined;
}

/** Reads a run by its manifest; `files` are those at or below the manifest's folder. */
export async function readRun(manifest: string, files: readonly FileStat[]): Promise<ExportRun> {
  const folder = path.dirname(manifest);
  const text = await readFile(manifest, 'utf8').catch((error: unknown) => String((error as Error).message));
  const read = schema.safeParse(jsonOf(text));
  if (!read.success) return { folder, type: '', parts: [], incomplete: 'its manifest is not readable' };
  const { blobs, exportConfig } = read.data;
  const parts: FileStat[] = [];
  let incomplete = blobs.length === 0 ? 'its manifest names no parts' : undefined;
  for (const { blobName, byteCount } of blobs) {
    const part = files.find(file => isBlob(file.path, blobName, folder));
    if (part === undefined) incomplete ??= `${path.posix.basename(blobName)} is missing`;
    else if (typeof byteCount === 'number' && part.size !== byteCount)
      incomplete ??= `${path.basename(part.path)} has ${part.size} of ${byteCount} bytes`;
    if (part) parts.push(part);
  }
  return { folder, type: (exportConfig?.type ?? '').toLowerCase(), parts, incomplete };
}

/** A blob's name begins at its container, of which the local folder may be any part. */
const isBlob = (file: string, blobName: string, folder: string) =>
  path.posix.basename(blobName) === path.basename(file) &&
  (path.dirname(file) === folder || file.split(path.sep).join('/').endsWith(`/${blobName}`));

function jsonOf(text: string): unknown {
  try {
    // Azure's writers begin it with a byte order mark at times.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    return undefined;
  }
}
