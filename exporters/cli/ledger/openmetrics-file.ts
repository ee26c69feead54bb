/**
 * History as an OpenMetrics file, for `promtool tsdb create-blocks-from openmetrics FILE DIR`. It grows under another
 * name and gets its own when it is whole.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
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
  const partial = `${file}.partial`;
  const unwritable = (cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    return new PlumblineError('FILE_UNWRITABLE', { file, reason: code ?? message }, cause);
  };
  const stream = createWriteStream(partial);
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
        await rename(partial, file);
      } catch (error) {
        throw unwritable(error);
      }
    },
    discard: async () => {
      stream.destroy();
      await rm(partial, { force: true });
    },
  };
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
