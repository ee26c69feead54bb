/** Where is log4j? Over a million packages of ten thousand bills of materials, against jq over the files. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Bench, type Figure, median } from './report.ts';
import type { FindAnswer, FindInput } from './supply-chain-find-worker.ts';
import { findShape } from './supply-chain-packages.ts';
import { ask } from './worker.ts';

const { images, packages } = findShape;

export const supplyChainFind: Bench = {
  name: 'find',
  about: `a package found among ${(images * packages).toLocaleString('en-US')} of ${images.toLocaleString('en-US')} bills of materials, with where it runs`,
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-find-'));
    try {
      say('filling a ledger and writing the files');
      const input: FindInput = { folder };
      const ours = await ask<FindAnswer>('./supply-chain-find-worker.ts', input);
      say('jq');
      const jqMs = jqOver(path.join(folder, 'files'), ours.found);
      return figuresOf(ours, jqMs);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** What jq can: the package by its name; versions it compares as texts, so that it is spared them. */
function jqOver(files: string, wanted: number): number | undefined {
  const filter = '.components[] | select(.group == "org.apache.logging.log4j" and .name == "log4j-core") | .version';
  const since = performance.now();
  try {
    const out = execFileSync('sh', ['-c', `cat "$1"/*.json | jq -r '${filter}'`, 'sh', files], {
      ...{ encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] },
    });
    const lines = out.split('\n').filter(Boolean).length;
    if (lines < wanted) throw new Error(`jq found ${lines} of ${wanted}`);
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 127) return undefined;
    throw error;
  }
  return performance.now() - since;
}

function figuresOf(ours: FindAnswer, jqMs: number | undefined): readonly Figure[] {
  const ms = median(ours.questions.range);
  const ratio = (than: number): Figure => ({
    ...{ name: 'jq over the files / ours', value: than / ms, unit: 'ratio', target: { atLeast: 20 } },
    note: `jq ${(than / 1000).toFixed(1)} s over ${(ours.bytes / 2 ** 20).toFixed(0)} MiB in the page cache, the name alone`,
  });
  return [
    {
      ...{ name: 'a package and a range', value: ms, unit: 'ms', target: { atMost: 100 } },
      note: `${ours.found.toLocaleString('en-US')} packages in it, ${ours.listed.toLocaleString('en-US')} on the page; processor time ${median(ours.cpu).toFixed(0)} ms`,
    },
    { name: 'a name alone', value: median(ours.questions.name), unit: 'ms' },
    { name: 'a pattern and a range', value: median(ours.questions.pattern), unit: 'ms' },
    { name: 'a package that nothing has', value: median(ours.questions.none), unit: 'ms' },
    ...(jqMs === undefined ? [] : [ratio(jqMs)]),
    { name: 'peak memory', value: ours.peakMiB, unit: 'MiB' },
  ];
}
