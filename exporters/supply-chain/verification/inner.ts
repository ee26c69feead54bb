/** What an attestation carries: a bill of materials, a scan, VEX, read as if it had come alone, of the attestation's subject. */

import { isObject, objectOf, readJson } from '../../formats/json.ts';
import type { Artifact, Heard } from '../document.ts';
import type { RawDocument, ReadContext, Reading } from '../reading.ts';
import { type Judged, rejection, type Where } from './looks.ts';
import { vulnerabilityScan } from './vulnerabilities.ts';

/** Reads a document by whatever kind recognises it; undefined where none does. */
export type ReadInner = (document: RawDocument, context: ReadContext) => Promise<Reading | undefined> | undefined;

/** Predicates that are documents of a kind of their own. */
const carriers: Readonly<Record<string, (predicate: unknown) => unknown>> = {
  'https://cyclonedx.org/bom': predicate => predicate,
  'https://spdx.dev/Document': predicate => predicate,
  'https://cosign.sigstore.dev/attestation/vuln/v1': predicate => objectOf(objectOf(predicate).scanner).result,
  'https://openvex.dev/ns': predicate => predicate,
  'https://syft.dev/bom': predicate => predicate,
};

/** Cosign once wrapped what it was given, as text or as a value: `{Data, Timestamp}`. */
const unwrapped = (value: unknown): unknown =>
  isObject(value) && (typeof value.Data === 'string' || isObject(value.Data)) ? value.Data : value;

export async function carried(
  { attestation, statement, artifacts }: Judged,
  context: ReadContext,
  { readInner, where = {} }: { readonly readInner?: ReadInner | undefined; readonly where?: Where },
): Promise<Pick<Reading, 'heard' | 'records' | 'rejections'>> {
  const none = { heard: {}, records: 0, rejections: [] };
  const [artifact] = artifacts;
  if (statement === undefined || artifact === undefined) return none;
  const { predicateType, predicate } = statement;
  // A version may follow: /v1.5, /v2.3.
  const carrier = Object.keys(carriers).find(type => predicateType === type || predicateType.startsWith(`${type}/`));
  const isOwn = predicateType.startsWith('https://in-toto.io/attestation/vulns/');
  if (carrier === undefined && !isOwn) return none;
  if (attestation.standing === 'failed')
    return { ...none, rejections: [rejection(context, where, 'attestation_failed', predicateType)] };
  if (isOwn) return vulnerabilityScan(predicate, artifact, context);
  const content = unwrapped(carriers[carrier!]!(predicate));
  const document = documentOf(content);
  const reading = document && (await readInner?.(document, context));
  if (reading === undefined || reading.fault !== undefined)
    return {
      ...none,
      rejections: readInner ? [rejection(context, where, reading?.fault ?? 'unknown_predicate', predicateType)] : [],
    };
  return { heard: about(reading.heard, artifact), records: reading.records, rejections: reading.rejections };
}

function documentOf(content: unknown): RawDocument | undefined {
  try {
    if (typeof content !== 'string') return { bytes: Buffer.from(JSON.stringify(content ?? null)), json: content };
    const bytes = Buffer.from(content);
    const read = readJson(bytes);
    return 'fault' in read ? { bytes } : { bytes, json: read.value };
  } catch {
    // It nests too deep.
    return undefined;
  }
}

/** It is of the subject, whose digest was signed, however its own text calls it. */
function about({ scans, sboms, vex }: Heard, artifact: Artifact): Heard {
  const known = (own: Artifact): Artifact => ({
    ...artifact,
    digests: [...new Set([...artifact.digests, ...own.digests])],
  });
  return {
    ...(scans && { scans: scans.map(scan => ({ ...scan, artifact: known(scan.artifact) })) }),
    ...(sboms && { sboms: sboms.map(sbom => ({ ...sbom, artifact: known(sbom.artifact) })) }),
    ...(vex && { vex }),
  };
}
