/**
 * Measures what is compressed without keeping it: a few kilobytes can stand for gigabytes. In a thread of its own: what
 * zlib holds beside the heap would have the event loop's garbage collected several times a second.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';

export type InflatedSize = number | 'too_large' | 'corrupt';

/** To the thread; it answers with `Measured`. */
export interface ToMeasure {
  readonly id: number;
  readonly body: Uint8Array;
  readonly most: number;
}

export interface Measured {
  readonly id: number;
  readonly size: InflatedSize;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<
    number,
    { readonly resolve: (size: InflatedSize) => void; readonly reject: (error: Error) => void }
  >;
}

let thread: Thread | undefined;
let sequence = 0;

/**
 * The size of a gzip body uncompressed; `too_large` as soon as it is above `most`, and `corrupt` where it is not gzip, is
 * cut, or its checksum is wrong. Throws where the thread can't run.
 */
export function inflatedSize(body: Buffer, most: number): Promise<InflatedSize> {
  thread ??= started();
  const { worker, waiting } = thread;
  sequence += 1;
  const id = sequence;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.ref();
    // A small buffer is a part of one that others use too.
    const copy = new Uint8Array(body);
    worker.postMessage({ id, body: copy, most } satisfies ToMeasure, [copy.buffer]);
  });
}

function started(): Thread {
  const file = new URL(`./inflate-thread${path.extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, { name: 'inflate' });
  const waiting: Thread['waiting'] = new Map();
  worker.on('message', ({ id, size }: Measured) => {
    waiting.get(id)?.resolve(size);
    waiting.delete(id);
    // It keeps no process alive that has nothing else to do.
    if (waiting.size === 0) worker.unref();
  });
  const ended = (error: Error) => {
    if (thread?.worker === worker) thread = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', ended);
  worker.on('exit', code => ended(new Error(`the thread that inflates ended with code ${code}`)));
  return { worker, waiting };
}

export const isGzip = (body: Buffer): boolean => body[0] === 0x1f && body[1] === 0x8b;
