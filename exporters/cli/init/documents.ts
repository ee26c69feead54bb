/** What documents of a supply chain stand in files, folders and globs: found by reading some of each. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { listFiles } from '../../core/files.ts';
import { gunzipped } from '../../core/gzip.ts';
import type { Heard } from '../../supply-chain/document.ts';
import { toldOf } from '../../supply-chain/heard.ts';
import { documentKinds } from '../../supply-chain/kinds.ts';
import { documentOf, kindOf, readAs } from '../../supply-chain/raw.ts';
import { acceptsName } from '../../supply-chain/raw-document.ts';
import { PlumblineError } from '../errors.ts';

export interface DocumentPlace {
  /** A file, a folder or a glob, absolute. */
  readonly path: string;
  readonly files: number;
  /** Those that were looked at, and of them those that may tell of policies too. */
  readonly looked: readonly string[];
  readonly besides: readonly string[];
  /** Of what was looked at, by their names. */
  readonly kinds: readonly string[];
  /** A repository's name by the folder's; where some document doesn't say what it is about. */
  readonly repository: string | undefined;
}

export interface DocumentLook {
  readonly places: readonly DocumentPlace[];
  readonly images: readonly string[];
  /** Something of it says what runs, what is known to be exploited. */
  readonly tellsRunning: boolean;
  readonly tellsExploited: boolean;
}

/** Of each place so many are read to know what they are; all of them are read once the file is written. */
const mostRead = 200;
const mostBytes = 64 << 20;
const accepts = acceptsName('auto');
/** Scanners that look at configuration and code beside packages. */
const tellPolicies = new Set(['trivy', 'trivy-operator', 'snyk', 'sarif']);

/** Of `--scan` and `--sbom`: the same files may stand under both. */
export interface AskedPlaces {
  readonly scan: readonly string[];
  readonly sbom: readonly string[];
}

/** Errors: COMMAND_USAGE where a path is none, or nothing in it is a document of a supply chain. */
export async function lookAtDocuments(asked: AskedPlaces): Promise<DocumentLook> {
  const looks: (DocumentLook & { readonly places: readonly [DocumentPlace] })[] = [];
  const seen = new Set<string>();
  for (const [option, places] of [['--scan', asked.scan] as const, ['--sbom', asked.sbom] as const])
    for (const place of places) {
      const where = path.resolve(place);
      if (seen.has(where)) continue;
      seen.add(where);
      looks.push(await lookAtPlace(option, place, where));
    }
  return {
    places: looks.flatMap(({ places }) => places),
    images: [...new Set(looks.flatMap(({ images }) => images))].sort(),
    tellsRunning: looks.some(({ tellsRunning }) => tellsRunning),
    tellsExploited: looks.some(({ tellsExploited }) => tellsExploited),
  };
}

async function lookAtPlace(option: string, place: string, where: string) {
  const wrong = (reason: string) => new PlumblineError('COMMAND_USAGE', { reason: `${option} ${place} ${reason}` });
  const files = (await listFiles(where, name => accepts(name.replace(/\.gz$/i, '')))).map(file => file.path);
  if (files.length === 0 && !existsSync(where))
    throw wrong('is no file and no folder, and matches no file whose name such a document has');
  const documents = [];
  for (const file of files.slice(0, mostRead)) documents.push({ file, ...(await lookAtFile(file)) });
  const known = documents.filter(({ kind }) => kind !== undefined);
  if (known.length === 0) {
    const why = [...new Set(documents.map(({ fault = 'unknown_format' }) => wordsOf(fault)))];
    throw wrong(
      `has no scan, no bill of materials and nothing else of a supply chain that can be read${why.length === 0 ? '' : `: ${why.join(', ')}`}; what is read: ${documentKinds.map(({ kind }) => kind).join(', ')}`,
    );
  }
  const one: DocumentPlace = {
    ...{ path: where, files: files.length, looked: files.slice(0, mostRead) },
    besides: documents.flatMap(({ file, kind = '', fault }) =>
      tellPolicies.has(kind) || fault === 'belongs_to_policy' ? [file] : [],
    ),
    kinds: [...new Set(known.map(({ kind = '' }) => kind))].sort(),
    repository: documents.some(({ fault }) => fault === 'missing_subject') ? folderName(where, files) : undefined,
  };
  return {
    places: [one] as const,
    images: known.flatMap(({ images }) => images),
    tellsRunning: known.some(({ tellsRunning }) => tellsRunning),
    tellsExploited: known.some(({ tellsExploited }) => tellsExploited),
  };
}

const wordsOf = (fault: string): string =>
  fault === 'belongs_to_policy' ? 'belongs to policy, which --policy reads' : fault.replaceAll('_', ' ');

const folderName = (where: string, files: readonly string[]): string =>
  path.basename(existsSync(where) && statSync(where).isDirectory() ? where : path.dirname(files[0] ?? where));

interface FileLook {
  /** Undefined where nothing of it can be read; `missing_subject` is what a place in the configuration can mend. */
  readonly kind?: string;
  readonly fault?: string;
  readonly images: readonly string[];
  readonly tellsRunning: boolean;
  readonly tellsExploited: boolean;
}

async function lookAtFile(file: string): Promise<FileLook> {
  const nothing = { images: [], tellsRunning: false, tellsExploited: false };
  if (statSync(file).size > mostBytes) return { ...nothing, fault: 'too_large' };
  const bytes = await gunzipped(await readFile(file), 2 * mostBytes);
  if (typeof bytes === 'string') return { ...nothing, fault: bytes };
  const document = await documentOf(bytes);
  const kind = await kindOf(document, documentKinds);
  if (kind === undefined) return { ...nothing, fault: bytes.length === 0 ? 'empty' : 'unknown_format' };
  const now = new Date();
  const { heard, fault } = await readAs(kind, document, { at: now, now, place: {}, file });
  if (fault !== undefined && fault !== 'missing_subject') return { ...nothing, fault };
  return {
    ...{ kind: kind.kind, images: imagesOf(heard) },
    ...(fault === undefined ? {} : { fault }),
    tellsRunning: (heard.running ?? []).length > 0,
    tellsExploited: heard.kev !== undefined,
  };
}

const imagesOf = (heard: Heard): readonly string[] =>
  toldOf(heard).flatMap(({ artifact: { kind, name } }) => (kind === 'image' ? [name] : []));
