/** The thread of inflate.ts. */
import { parentPort } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';
import type { InflatedSize, Measured, ToMeasure } from './inflate.ts';

parentPort?.on('message', async ({ id, body, most }: ToMeasure) => {
  parentPort?.postMessage({ id, size: await sizeOf(body, most) } satisfies Measured);
});

/** In slices, so that one that is large holds up no other. */
async function sizeOf(body: Uint8Array, most: number): Promise<InflatedSize> {
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
