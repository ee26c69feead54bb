/** Reading the history of a repository of 100,000 commits, and what each of its 10,000 releases brought, against git. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { logFormat } from '../../exporters/dora/sources/git/commits.ts';
import type { HistoryAnswer, HistoryInput } from './history-ours.ts';
import { type Bench, median } from './report.ts';
import { makeRepository } from './repository.ts';
import { ask } from './worker.ts';

const commits = 100_000;
const releases = 10_000;
const rounds = 3;

export const history: Bench = {
  name: 'history',
  about: `${commits.toLocaleString('en-US')} commits of a git repository into a new ledger, against git log that prints the same fields`,
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-'));
    try {
      const repository = path.join(folder, 'shop.git');
      await makeRepository(repository, { commits, releases: 300 });
      say('a repository');
      await gitLog(repository);
      const bare: number[] = [];
      const ours: HistoryAnswer[] = [];
      for (let round = 0; round < rounds; round += 1) {
        bare.push(await gitLog(repository));
        ours.push(await read({ repository, dataDir: path.join(folder, `round-${round}`) }));
        say(
          `round ${round + 1}: git log ${Math.round(bare.at(-1)!)} ms, ours ${Math.round(ours.at(-1)!.refresh.ms)} ms`,
        );
      }
      const of = (field: (answer: HistoryAnswer) => number) => median(ours.map(field));
      const ms = of(answer => answer.refresh.ms);
      return [
        {
          name: 'git log / ours',
          value: median(bare) / ms,
          unit: 'ratio',
          note: 'git log prints the same fields into nothing; medians',
          target: { atLeast: 0.5 },
        },
        { name: 'ours, a refresh', value: ms, unit: 'ms', note: 'read, stored and committed, 300 tags with it' },
        {
          name: 'ours, processor time',
          value: of(answer => answer.refresh.cpuMs),
          unit: 'ms',
          note: 'without that of git',
        },
        { name: 'git log', value: median(bare), unit: 'ms' },
        { name: 'nothing new', value: of(answer => answer.again.ms), unit: 'ms', note: 'the refresh after it' },
        { name: 'peak memory, ours', value: Math.max(...ours.map(answer => answer.peakMiB)), unit: 'MiB' },
        {
          name: 'event loop, p99',
          value: of(answer => answer.refresh.loop.p99),
          unit: 'ms',
          note: 'how late a 5 ms timer is',
        },
        { name: 'commits read', value: ours[0]!.commits, unit: 'count' },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

export const leadTimes: Bench = {
  name: 'lead-times',
  about: `the changes of ${releases.toLocaleString('en-US')} deployments over ${commits.toLocaleString('en-US')} commits, against a git rev-list for each`,
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-'));
    try {
      const repository = path.join(folder, 'shop.git');
      await makeRepository(repository, { commits, releases });
      say('a repository');
      const ours = await read({ repository, dataDir: path.join(folder, 'data'), derives: true });
      const { derive, deriveOneMore: oneMore } = ours;
      if (!derive || !oneMore) throw new Error('nothing was derived');
      say('ours done');
      const times: number[] = [];
      for (const [range, told] of derive.ranges) {
        const began = performance.now();
        const { stdout } = spawnSync('git', ['-C', repository, 'rev-list', '--no-merges', '--format=%at %ct', range]);
        times.push(performance.now() - began);
        const counted = spawnSync('git', ['-C', repository, 'rev-list', '--count', range], { encoding: 'utf8' });
        if (counted.stdout.trim() !== told || stdout.length === 0) throw new Error(`${range} is not what git says`);
      }
      const each = times.reduce((sum, ms) => sum + ms, 0) / times.length;
      return [
        {
          name: 'rev-list / ours',
          value: (each * releases) / derive.ms,
          unit: 'ratio',
          note: `a git rev-list --no-merges with its dates for each deployment, ${times.length} of them run; whose counts are equal`,
          target: { atLeast: 20 },
        },
        {
          name: 'ours, all deployments',
          value: derive.ms,
          unit: 'ms',
          note: 'graph, ranges, exclusions, clocks, committed',
        },
        { name: 'ours, processor time', value: derive.cpuMs, unit: 'ms' },
        { name: 'git rev-list, one deployment', value: each, unit: 'ms' },
        {
          name: 'one more commit and deployment',
          value: oneMore.ms,
          unit: 'ms',
          note: `CPU ${Math.round(oneMore.cpuMs)} ms`,
        },
        {
          name: 'event loop, p99',
          value: derive.loop.p99,
          unit: 'ms',
          note: 'how late a 5 ms timer is',
          target: { atMost: 20 },
        },
        { name: 'event loop, worst', value: derive.loop.max, unit: 'ms' },
        { name: 'deployments', value: derive.deployments, unit: 'count' },
        { name: 'changes', value: derive.changes, unit: 'count', note: 'with and without a lead time' },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function gitLog(repository: string): Promise<number> {
  const began = performance.now();
  const child = spawn('git', ['-C', repository, 'log', '-z', '--all', `--format=${logFormat}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'close');
  return performance.now() - began;
}

const read = (input: HistoryInput): Promise<HistoryAnswer> => ask<HistoryAnswer>('history-ours.ts', input);
