/** Decisions of Open Policy Agents: posted as fast as we take them, and read from a console log. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { DecisionFilesAnswer, DecisionFilesInput } from './decisions-files.ts';
import { decisionsText } from './decisions-made.ts';
import type { PostsAnswer } from './decisions-posts.ts';
import type { DecisionServerAnswer } from './decisions-server.ts';
import { type Bench, type Figure, median } from './report.ts';
import { ask, startWorker } from './worker.ts';

const posted = { uploads: 2400, perUpload: 250, senders: 8 } as const;
const inFile = 200_000;
const rounds = 3;

export const decisions: Bench = {
  name: 'decisions',
  about: `${(posted.uploads * posted.perUpload).toLocaleString('en-US')} decisions posted by ${posted.senders} OPAs and committed; ${inFile.toLocaleString('en-US')} read from a console log`,
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-decisions-'));
    try {
      return [...(await read(folder, say)), ...(await taken(folder, say))];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function taken(folder: string, say: (progress: string) => void): Promise<readonly Figure[]> {
  say('posting');
  const token = 'bench';
  const server = startWorker('./decisions-server.ts', { dataDir: path.join(folder, 'posted'), token });
  const { url } = await server.next<{ readonly url: string }>();
  const sender = startWorker('./decisions-posts.ts', { url: `${url}/ingest/policy/opa/logs`, token, ...posted });
  const idle = startWorker('./loop-idle.ts', {});
  try {
    await sender.next();
    server.send({ go: true });
    sender.send({ go: true });
    const sent = await sender.next<PostsAnswer>();
    const wanted = posted.uploads * posted.perUpload;
    server.send({ wanted });
    const stored = await server.next<DecisionServerAnswer>();
    idle.send({ ask: 'tell' });
    const beside = await idle.next<DecisionServerAnswer['loop']>();
    if (stored.decisions !== wanted) throw new Error(`${stored.decisions} of ${wanted} decisions were committed`);
    const note = `uploads of ${posted.perUpload} decisions, ${Math.round(sent.bytes / 1024)} KiB as posted; ${sent.refused} answered with 429`;
    return [
      {
        ...{ name: 'posted: committed a second, from the first post to the last commit', unit: 'count', note },
        ...{ value: (wanted / stored.ms) * 1000, target: { atLeast: 20_000 } },
      },
      { name: 'posted: answered a second', value: (wanted / sent.ms) * 1000, unit: 'count' },
      {
        ...{ name: 'posted: a second of processor time', value: (wanted / stored.cpuMs) * 1000, unit: 'count' },
        note: 'all threads of the server; what a core would take with nothing beside it',
      },
      {
        ...{ name: 'posted: event loop p99', value: stored.loop.p99, unit: 'ms', target: { atMost: 20 } },
        note: `idle process: ${beside.p99.toFixed(1)} ms`,
      },
      {
        ...{ name: 'posted: event loop p99, its own processor time', value: stored.loop.cpuP99, unit: 'ms' },
        note: 'what it does between two ticks, without what it waits for the cores that others have',
      },
      {
        ...{ name: 'posted: event loop worst', value: stored.loop.max, unit: 'ms' },
        note: `idle process: ${beside.max.toFixed(1)} ms`,
      },
      { name: 'posted: peak memory', value: stored.peakMiB, unit: 'MiB' },
    ];
  } finally {
    await idle.stop();
    await sender.stop();
    await server.stop();
  }
}

async function read(folder: string, say: (progress: string) => void): Promise<readonly Figure[]> {
  const file = path.join(folder, 'console.jsonl');
  const slice = 10_000;
  for (let from = 0; from < inFile; from += slice)
    await appendFile(file, `${decisionsText(from, slice, 'bench', Date.now() - 3_600_000, true).join('\n')}\n`);
  const answers: Record<DecisionFilesInput['how'], DecisionFilesAnswer[]> = { columns: [], guessed: [], ours: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const how of ['columns', 'ours', 'guessed'] as const) {
      say(`reading, ${how}, round ${round + 1} of ${rounds}`);
      const dataDir = path.join(folder, `read-${how}-${round}`);
      const answer = await ask<DecisionFilesAnswer>('./decisions-files.ts', {
        file,
        how,
        dataDir,
      } satisfies DecisionFilesInput);
      if (answer.decisions !== inFile) throw new Error(`${answer.decisions} of ${inFile} decisions were read`);
      answers[how].push(answer);
    }
  const of = (how: DecisionFilesInput['how'], key: 'ms' | 'cpuMs') => median(answers[how].map(answer => answer[key]));
  const ours = of('ours', 'ms');
  return [
    {
      ...{ name: 'read: bare with its columns given / ours', value: of('columns', 'ms') / ours, unit: 'ratio' },
      ...{
        note: `ours ${Math.round((inFile / ours) * 1000).toLocaleString('en-US')} decisions a second`,
        target: { atLeast: 0.3 },
      },
    },
    { name: 'read: the same in processor time', value: of('columns', 'cpuMs') / of('ours', 'cpuMs'), unit: 'ratio' },
    { name: 'read: bare with types guessed / ours', value: of('guessed', 'ms') / ours, unit: 'ratio' },
    {
      ...{ name: 'read: event loop p99', value: median(answers.ours.map(({ loop }) => loop.p99)), unit: 'ms' },
      target: { atMost: 20 },
    },
    { name: 'read: peak memory', value: Math.max(...answers.ours.map(({ peakMiB }) => peakMiB)), unit: 'MiB' },
  ];
}
