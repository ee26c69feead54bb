/**
 * History as an OpenMetrics file, for `promtool tsdb create-blocks-from openmetrics FILE DIR`. It grows under another
 * name and gets its own when it is whole; a pipe or a device that is there already is written to as it is.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { HistorySink } from '../../core/history.ts';
import { formatLabels } from '../../core/labels.ts';
import type { Metric, MetricKind } from '../../core/metric.ts';
import { PlumblineError } from '../errors.ts';

const types: Readonly<Record<MetricKind, string>> = {
  state: 'gauge',
  daily: 'gauge',
  count: 'counter',
  histogram: 'histogram',
};

export interface HistoryFile {
  readonly sink: HistorySink;
  /** Ends the file and gives it its name. */
  readonly finish: () => Promise<void>;
  /** Leaves nothing behind. */
  readonly discard: () => Promise<void>;
}

/** Begins the file at once, so that a folder that is not there is told before the work. Errors: FILE_UNWRITABLE. */
export async function createHistoryFile(file: string): Promise<HistoryFile> {
  const unwritable = (cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    return new PlumblineError('FILE_UNWRITABLE', { file, reason: code ?? message }, cause);
  };
  const { target, partial } = await placeOf(file).catch((error: unknown) => {
    throw unwritable(error);
  });
  const stream = createWriteStream(partial ?? target);
  let failure: unknown;
  stream.on('error', error => {
    failure = unwritable(error);
  });
  await once(stream, 'open').catch((error: unknown) => {
    throw unwritable(error);
  });
  const write = async (text: string) => {
    if (failure) throw failure;
    if (stream.write(text)) return;
    await once(stream, 'drain').catch((error: unknown) => {
      throw unwritable(error);
    });
  };
  let current: Metric | undefined;
  return {
    sink: {
      write: async (metric, series) => {
        let header = metric === current ? '' : headerOf(metric);
        for await (const { name, labels, times, values } of series) {
          const text = formatLabels(labels);
          // A series has millions of characters where its grid is fine; it goes out in one piece all the same.
          const lines = times.map((time, index) => `${name}${text} ${sampleText(values[index]!)} ${time / 1000}\n`);
          await write(header + lines.join(''));
          header = '';
          current = metric;
        }
      },
    },
    finish: async () => {
      await write('# EOF\n');
      stream.end();
      try {
        await finished(stream);
        if (partial !== undefined) await rename(partial, target);
      } catch (error) {
        throw unwritable(error);
      }
    },
    discard: async () => {
      stream.destroy();
      if (partial !== undefined) await rm(partial, { force: true });
    },
  };
}

/** Where a link leads, so that it stays one; no partial name where something else than a file is there already. */
async function placeOf(file: string): Promise<{ readonly target: string; readonly partial: string | undefined }> {
  const found = await stat(file).catch(unlessAbsent);
  const target = found === undefined ? file : await realpath(file);
  return { target, partial: found === undefined || found.isFile() ? `${target}.partial` : undefined };
}

function unlessAbsent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function headerOf(metric: Metric): string {
  const name = metric.kind === 'count' ? metric.name.replace(/_total$/, '') : metric.name;
  const help = metric.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
  return `# HELP ${name} ${help}\n# TYPE ${name} ${types[metric.kind]}\n`;
}

function sampleText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
