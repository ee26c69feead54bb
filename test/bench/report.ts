/** What a bench says: figures, most of them ratios to a baseline of the same run, and the machine it ran on. */
import { readFileSync } from 'node:fs';
import os from 'node:os';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'ratio' | 'MiB' | 'bytes' | 'count';
  /** What a ratio is to, or how the figure was taken. */
  readonly note?: string;
  /** Missing it is printed, and fails nothing: the machine may be busy. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
}

export interface Bench {
  readonly name: string;
  /** One line: what is measured against what. */
  readonly about: string;
  readonly run: (say: (progress: string) => void) => Promise<readonly Figure[]>;
}

export const meets = ({ value, target }: Figure): boolean | undefined =>
  target && ('atLeast' in target ? value >= target.atLeast : value <= target.atMost);

/** A line a figure, in columns. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(figure => [figure.name, shown(figure), verdict(figure), figure.note ?? '']);
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  return rows
    .map(row =>
      row
        .map((cell, column) => (column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .map(line => `  ${line}\n`)
    .join('');
}

function shown({ value, unit }: Figure): string {
  if (unit === 'ratio') return value.toFixed(2);
  const digits = unit === 'ms' && value < 100 ? 1 : 0;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits })}${unit === 'count' ? '' : ` ${unit}`}`;
}

function verdict(figure: Figure): string {
  const { target } = figure;
  if (!target) return '';
  const wanted = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
  return `${meets(figure) ? 'pass' : 'MISS'} (${wanted})`;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Processes that wanted to run in the last minute; above `cores`, absolute figures mean little. */
  readonly load: number;
  readonly platform: string;
  readonly node: string;
  readonly duckdb: string;
}

export function machine(): Machine {
  const duckdb = JSON.parse(
    readFileSync(new URL('../../node_modules/@duckdb/node-api/package.json', import.meta.url), 'utf8'),
  ) as { readonly version: string };
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    load: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    node: process.version,
    duckdb: duckdb.version,
  };
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
