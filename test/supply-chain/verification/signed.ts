/** Verifiers and documents for the tests of signatures: no network, the public root as the library carries it. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { readJson } from '../../../exporters/formats/json.ts';
import type { Attestation, SignatureLook } from '../../../exporters/supply-chain/document.ts';
import { documentKinds } from '../../../exporters/supply-chain/kinds.ts';
import type { RawDocument, ReadContext, Reading } from '../../../exporters/supply-chain/reading.ts';
import { verificationSchema } from '../../../exporters/supply-chain/verification/config.ts';
import { makeVerifier } from '../../../exporters/supply-chain/verification/index.ts';
import { carriedRoot } from '../../../exporters/supply-chain/verification/trusted-root.ts';
import type { Verifier } from '../../../exporters/supply-chain/verification/verifier.ts';
import { corpus } from '../../e2e/lib/corpus.ts';

export const at = new Date('2026-11-20T10:00:00Z');
export const githubIssuer = 'https://token.actions.githubusercontent.com';

export const verifierOf = (config: z.input<typeof verificationSchema>): Verifier =>
  makeVerifier(verificationSchema.parse(config), { fetchRoot: async () => carriedRoot() });

/** A folder of the corpus below `supply-chain`, and the reason to skip where it isn't there. */
export function corpusFolder(name: string): { readonly folder: string; readonly skip: string | false } {
  const folder = path.join(corpus, 'supply-chain', name);
  return { folder, skip: existsSync(folder) ? false : `supply-chain/${name} is not in PLUMBLINE_CORPUS` };
}

/** All files below, but for what tells where they are from. */
export const filesOf = (folder: string): string[] =>
  globSync('**/*', { cwd: folder })
    .filter(file => statSync(path.join(folder, file)).isFile() && path.basename(file) !== 'PROVENANCE.md')
    .sort();

export function documentOf(bytes: Buffer): RawDocument {
  const read = readJson(bytes);
  return 'fault' in read ? { bytes } : { bytes, json: read.value };
}

/** By the kind of that name, or the first that recognises it; `unknown_format` where none does. */
export async function readAs(
  kind: string,
  content: string | Buffer,
  more: Partial<ReadContext> = {},
): Promise<Reading & { readonly kind: string }> {
  const document = documentOf(Buffer.from(content as Buffer));
  const reader = documentKinds.find(one => (kind === 'auto' ? one.recognises(document) : one.kind === kind));
  if (reader === undefined) return { kind: '', heard: {}, records: 0, rejections: [], fault: 'unknown_format' };
  const reading = await reader.read(document, { at, now: at, place: {}, file: 'document', ...more });
  return { ...reading, kind: reader.kind };
}

export const fileOf = (folder: string, file: string): Buffer => readFileSync(path.join(folder, file));

/** `name outcome reason: claim standing reason predicate, …` */
export const toldOf = ({ heard }: Reading): string[] =>
  (heard.signatures ?? []).map(({ artifact, outcome, reason, attestations }: SignatureLook) =>
    [artifact.name, outcome, reason, ...attestations.map(wordsOf)].filter(Boolean).join(' '),
  );

const wordsOf = ({ claim, standing, reason, predicateType }: Attestation): string =>
  `[${[claim, standing, reason, predicateType].filter(Boolean).join(' ')}]`;

/** Each once, of however many subjects it is. */
export const attestationsOf = ({ heard }: Reading): Attestation[] => [
  ...new Map(
    (heard.signatures ?? []).flatMap(({ attestations }) => attestations.map(each => [each.id, each])),
  ).values(),
];

export const countBy = (words: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(words, word => word))
      .map(([word, list]) => [word, list?.length ?? 0] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
