/** Long work on a terminal: one line that is written over. Elsewhere one line a stage, when it has ended. */
import type { SourceContext } from '../core/source.ts';

export interface Progress {
  /** Begins a stage, ending the one before. */
  readonly stage: (name: string) => void;
  /** Done and total in any unit; for sources. */
  readonly report: SourceContext['progress'];
  readonly end: () => void;
}

interface ProgressOptions {
  readonly stream?: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly now?: () => number;
}

const redrawMs = 200;

export function createProgress({ stream = process.stderr, now = Date.now }: ProgressOptions = {}): Progress {
  const live = stream.isTTY === true;
  let stage = '';
  let begun = 0;
  let drawn = 0;
  let last = '';

  const finish = () => {
    if (stage === '') return;
    const seconds = ((now() - begun) / 1000).toFixed(1);
    stream.write(`${live ? '\r\u001B[2K' : ''}${stage}: ${last === '' ? 'done' : last} in ${seconds} s\n`);
    stage = '';
  };
  return {
    stage: name => {
      finish();
      stage = name;
      begun = now();
      drawn = 0;
      last = '';
      if (live) stream.write(`${name} …`);
    },
    report: (done, total, unit) => {
      last = amount(done, unit);
      if (!live || stage === '' || now() - drawn < redrawMs) return;
      drawn = now();
      const line = `${stage}: ${progressText(done, total, unit, (now() - begun) / 1000)}`;
      stream.write(`\r\u001B[2K${line.slice(0, (stream.columns || 80) - 1)}`);
    },
    end: finish,
  };
}

/** `1,200 of 5,000 rows, 400 rows/s, 10 s left` */
export function progressText(done: number, total: number | undefined, unit: string, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const parts = [total === undefined ? amount(done, unit) : `${number(done, unit)} of ${amount(total, unit)}`];
  if (rate > 0) parts.push(`${amount(rate, unit)}/s`);
  if (total !== undefined && rate > 0 && done < total) parts.push(`${duration((total - done) / rate)} left`);
  return parts.join(', ');
}

/** Bytes are told as megabytes (10^6). */
const number = (value: number, unit: string): string =>
  unit === 'bytes'
    ? (value / 1e6).toLocaleString('en-US', { maximumFractionDigits: value < 1e7 ? 1 : 0 })
    : Math.round(value).toLocaleString('en-US');
const amount = (value: number, unit: string): string => `${number(value, unit)} ${unit === 'bytes' ? 'MB' : unit}`;

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
