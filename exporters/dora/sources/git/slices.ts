/** Cuts what git prints into slices of whole records, and reads ahead while the last ones are being written. */
import type { RunningGit } from './process.ts';

const separator = 0;

export interface SliceOptions {
  /** A slice ends at the first end of a record at or after so many bytes. */
  readonly sliceBytes?: number;
  /** What is read ahead at most. */
  readonly aheadBytes?: number;
}

/** Records end with NUL; slices come without the last one's. Throws what the process ends with. */
export async function* slicesOf(
  git: RunningGit,
  { sliceBytes = 4 << 20, aheadBytes = 24 << 20 }: SliceOptions = {},
): AsyncGenerator<Buffer> {
  const ready: Buffer[] = [];
  let pieces: Buffer[] = [];
  let held = 0;
  let ahead = 0;
  let isOver = false;
  let failure: unknown;
  let wake = () => {};
  const cut = () => {
    const whole = Buffer.concat(pieces);
    let start = 0;
    while (whole.length - start >= sliceBytes) {
      const end = whole.indexOf(separator, start + sliceBytes - 1);
      if (end < 0) break;
      ready.push(whole.subarray(start, end));
      ahead += end - start;
      start = end + 1;
    }
    pieces = [whole.subarray(start)];
    held = whole.length - start;
  };
  git.stdout.on('data', (piece: Buffer) => {
    git.wake();
    pieces.push(piece);
    held += piece.length;
    if (held < sliceBytes) return;
    cut();
    if (ahead >= aheadBytes) git.stdout.pause();
    wake();
  });
  git.ended
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      isOver = true;
      wake();
    });
  try {
    for (;;) {
      const slice = ready.shift();
      if (slice !== undefined) {
        ahead -= slice.length;
        git.wake();
        if (ahead < aheadBytes) git.stdout.resume();
        yield slice;
        continue;
      }
      if (!isOver) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
        continue;
      }
      // What was read is given out before the error, and then nothing is taken for the end that is none.
      if (failure !== undefined) throw failure;
      const rest = Buffer.concat(pieces);
      const end = rest.lastIndexOf(separator);
      if (end >= 0) yield rest.subarray(0, end);
      return;
    }
  } finally {
    git.kill();
  }
}
