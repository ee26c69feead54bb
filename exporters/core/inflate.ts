/** Measures what is compressed without keeping it: a few kilobytes can stand for gigabytes. */
import { createGunzip } from 'node:zlib';

/**
 * The size of a gzip body uncompressed, in zlib's threads and in slices; `too_large` as soon as it is above `most`, and
 * `corrupt` where it is not gzip, is cut, or its checksum is wrong.
 */
export async function inflatedSize(body: Buffer, most: number): Promise<number | 'too_large' | 'corrupt'> {
  const gunzip = createGunzip({ chunkSize: 128 << 10 });
  try {
    let size = 0;
    gunzip.end(body);
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) return 'too_large';
    }
    return size;
  } catch {
    return 'corrupt';
  } finally {
    gunzip.destroy();
  }
}

export const isGzip = (body: Buffer): boolean => body[0] === 0x1f && body[1] === 0x8b;
