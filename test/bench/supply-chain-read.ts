/** Bills of materials and reports of 50 MB and 500 MB: as fast as half of what merely parses them, in bounded memory. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Bench, type Figure, median } from './report.ts';
import type { DocumentAnswer, DocumentInput } from './supply-chain-document.ts';
import { type DocumentMade, documentsMade, writeDocument } from './supply-chain-made.ts';
import { ask } from './worker.ts';

const processes = 3;
const rounds = 3;

export const supplyChainRead: Bench = {
  name: 'supply-chain-read',
  about: `${documentsMade.join(', ')} documents of 50 MB and of 500 MB, recognised and read`,
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-documents-'));
    const figures: Figure[] = [];
    try {
      for (const made of documentsMade) figures.push(...(await ratio(folder, made, say)));
      for (const made of ['syft', 'trivy'] as const) figures.push(...(await large(folder, made, say)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return figures;
  },
};

const asked = (file: string, how: DocumentInput['how'], times: number) =>
  ask<DocumentAnswer>('./supply-chain-document.ts', { file, how, rounds: times } satisfies DocumentInput);

async function ratio(folder: string, made: DocumentMade, say: (progress: string) => void): Promise<readonly Figure[]> {
  const file = path.join(folder, `${made}.json`);
  const count = await writeDocument(file, made, 50e6);
  const answers: Record<DocumentInput['how'], DocumentAnswer[]> = { bare: [], ours: [] };
  for (let number = 0; number < processes; number += 1)
    for (const how of ['bare', 'ours'] as const) {
      say(`${made}, ${how}, ${number + 1} of ${processes}`);
      answers[how].push(await asked(file, how, rounds));
    }
  await rm(file);
  const of = (how: DocumentInput['how'], key: 'ms' | 'cpuMs') => median(answers[how].map(answer => answer[key]));
  const [first] = answers.ours;
  if (first?.elements !== count) throw new Error(`${first?.elements} of ${count} elements of ${made} were read`);
  const as = first.kind === '' ? 'taken apart only' : `read as ${first.kind}`;
  const note = `${count.toLocaleString('en-US')} elements, ${as}, in ${of('ours', 'ms').toFixed(0)} ms`;
  return [
    {
      ...{ name: `${made}, 50 MB: JSON.parse / ours`, value: of('bare', 'ms') / of('ours', 'ms'), unit: 'ratio', note },
      target: { atLeast: 0.5 },
    },
    {
      name: `${made}, 50 MB: the same in processor time`,
      value: of('bare', 'cpuMs') / of('ours', 'cpuMs'),
      unit: 'ratio',
    },
    {
      ...{
        name: `${made}, 50 MB: event loop worst`,
        value: median(answers.ours.map(({ loop }) => loop.max)),
        unit: 'ms',
      },
      note: `JSON.parse holds it up for all of its ${of('bare', 'ms').toFixed(0)} ms`,
    },
  ];
}

async function large(folder: string, made: DocumentMade, say: (progress: string) => void): Promise<readonly Figure[]> {
  say(`${made}, 500 MB`);
  const file = path.join(folder, `${made}-large.json`);
  await writeDocument(file, made, 500e6);
  const { size } = await stat(file);
  const { ms, peakMiB, elements, loop } = await asked(file, 'ours', 1);
  await rm(file);
  return [
    {
      ...{ name: `${made}, 500 MB: peak memory`, value: peakMiB, unit: 'MiB', target: { atMost: 1536 } },
      note: `${(size / 1e6).toFixed(0)} MB of it the document; ${elements.toLocaleString('en-US')} elements in ${(ms / 1000).toFixed(1)} s`,
    },
    { name: `${made}, 500 MB: event loop worst`, value: loop.max, unit: 'ms' },
  ];
}
