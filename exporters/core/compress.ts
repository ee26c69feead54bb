/**
 * Compressed pages. What a snapshot holds is compressed once, in zlib's threads, and kept; the process's own metrics,
 * new at every scrape, are compressed apart and joined to it into one gzip member (RFC 1952).
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { constants, crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';

const level = 1;
/** Of a page's bytes at a time: one big write blocks the event loop until the kernel has it all. */
export const sliceBytes = 128 * 1024;
/** Sent in one go before the reader is waited for: each wait costs a turn of the event loop. */
const burstBytes = 16 * sliceBytes;

interface Deflated {
  /** Whole blocks on a byte's boundary, none of them the last. */
  readonly blocks: readonly Buffer[];
  readonly crc: number;
  readonly bytes: number;
}

export interface StoredPage {
  readonly parts: readonly Buffer[];
  /** The gzip body of the page followed by `tail`. */
  readonly gzip: (tail: Buffer) => Promise<readonly Buffer[]>;
}

export interface PageStore {
  /** The page of that key and tag; `build` is called, and later the page compressed, once until the tag changes. */
  readonly page: (key: string, tag: string, build: () => readonly Buffer[]) => StoredPage;
}

/** Keeps one page for each key. */
export function createPageStore(): PageStore {
  const pages = new Map<string, { readonly tag: string; readonly page: StoredPage }>();
  return {
    page: (key, tag, build) => {
      const kept = pages.get(key);
      if (kept?.tag === tag) return kept.page;
      const parts = build();
      let deflated: Promise<Deflated> | undefined;
      let last: { readonly tail: Buffer; readonly body: readonly Buffer[] } | undefined;
      const page: StoredPage = {
        parts,
        gzip: async tail => {
          deflated ??= deflate(parts);
          if (last?.tail !== tail) last = { tail, body: gzipOf(await deflated, tail) };
          return last.body;
        },
      };
      pages.set(key, { tag, page });
      return page;
    },
  };
}

async function deflate(parts: readonly Buffer[]): Promise<Deflated> {
  // A full flush instead of a finish ends on a byte's boundary, without marking the last block.
  const stream = createDeflateRaw({ level, chunkSize: sliceBytes, finishFlush: constants.Z_FULL_FLUSH });
  const blocks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => blocks.push(chunk));
  const ended = once(stream, 'end');
  let crc = 0;
  let bytes = 0;
  for (const slice of slices(parts)) {
    crc = crc32(slice, crc);
    bytes += slice.length;
    if (!stream.write(slice)) await once(stream, 'drain');
  }
  stream.end();
  await ended;
  return { blocks, crc, bytes };
}

function gzipOf({ blocks, crc, bytes }: Deflated, tail: Buffer): readonly Buffer[] {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(tail, crc), 0);
  trailer.writeUInt32LE((bytes + tail.length) % 2 ** 32, 4);
  // A few kB: a zlib stream in a thread, with its 256 KiB of buffers, takes many times longer than the work itself.
  return [header, ...blocks, deflateRawSync(tail, { level, memLevel: 6, windowBits: 13 }), trailer];
}

/** Writes a body in slices, each when the reader has taken the one before; resolves when sent or when the reader left. */
export async function sendSlices(to: Writable, parts: readonly Buffer[]): Promise<void> {
  let closed = to.destroyed;
  const onClose = () => {
    closed = true;
  };
  to.once('close', onClose);
  let burst = 0;
  try {
    to.cork();
    for (const slice of slices(parts)) {
      if (closed) return;
      const isTaken = to.write(slice);
      burst += slice.length;
      if (burst < burstBytes) continue;
      burst = 0;
      to.uncork();
      if (!isTaken) await drained(to);
      to.cork();
    }
    // Uncorks too.
    to.end();
  } finally {
    to.off('close', onClose);
  }
}

function drained(to: Writable): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      to.off('drain', done).off('close', done);
      resolve();
    };
    to.once('drain', done).once('close', done);
    if (to.destroyed) done();
  });
}

function* slices(parts: readonly Buffer[]): Generator<Buffer> {
  for (const part of parts)
    for (let at = 0; at < part.length; at += sliceBytes) yield part.subarray(at, at + sliceBytes);
}
