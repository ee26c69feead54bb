/** A worker: makes values of one document, bare or as the supply-chain exporter reads it. */
import { readFileSync } from 'node:fs';
import { documentKinds } from '../../exporters/supply-chain/kinds.ts';
import { documentOf, kindOf, readAs, readParts } from '../../exporters/supply-chain/raw.ts';
import { type LoopDelay, watchLoop } from './loop-delay.ts';
import { answer, cpuMs, inputOf, peakMiB } from './worker.ts';

export interface DocumentInput {
  readonly file: string;
  readonly how: 'bare' | 'ours';
  readonly rounds: number;
}

export interface DocumentAnswer {
  /** Of the fastest round: whatever else runs on the machine only makes it slower. */
  readonly ms: number;
  readonly cpuMs: number;
  readonly elements: number;
  /** The kind that read it; '' where none did, and it was taken apart only. */
  readonly kind: string;
  readonly loop: LoopDelay;
  readonly peakMiB: number;
}

const { file, how, rounds } = inputOf<DocumentInput>();
const bytes = readFileSync(file);
const stop = watchLoop();
let best: Omit<DocumentAnswer, 'loop' | 'peakMiB'> | undefined;
for (let round = 0; round < rounds; round += 1) {
  const [since, cpu] = [performance.now(), cpuMs()];
  const read = how === 'bare' ? bare() : await ours();
  const ms = performance.now() - since;
  if (best === undefined || ms < best.ms) best = { ...read, ms, cpuMs: cpuMs() - cpu };
}
answer({ ...best!, loop: await stop(), peakMiB: peakMiB() } satisfies DocumentAnswer);

function bare() {
  const value = JSON.parse(bytes.toString()) as object;
  return { elements: Object.keys(value).length, kind: '' };
}

async function ours() {
  const document = await documentOf(bytes);
  const kind = await kindOf(document, documentKinds);
  if (kind === undefined) return takenApart(document);
  const now = new Date();
  const { heard, fault } = await readAs(kind, document, { at: now, now, place: {}, file });
  if (fault !== undefined) throw new Error(`${kind.kind}: ${fault}`);
  const lists = [...(heard.sboms ?? []).map(one => one.components), ...(heard.scans ?? []).map(one => one.found)];
  return { elements: lists.reduce((sum, list) => sum + list.length, 0), kind: kind.kind };
}

async function takenApart(document: Parameters<typeof readParts>[0]) {
  const ids = new Set<unknown>();
  let elements = 0;
  const read = await readParts(document, {
    each: {
      'Results[].Vulnerabilities': one => {
        elements += 1;
        ids.add((one as { readonly VulnerabilityID?: string }).VulnerabilityID);
      },
    },
  });
  if ('fault' in read) throw new Error(read.fault);
  return { elements, kind: '' };
}
