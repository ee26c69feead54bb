/** Reads signed documents in whatever they come: bundles, envelopes, statements, lists of them, one or one a line. */

import { breather } from '../../core/breathe.ts';
import type { Rejection } from '../../core/rejections.ts';
import { isObject, listOf, objectOf, wordOf } from '../../formats/json.ts';
import type { Attestation, Heard, Sbom, Scan, VexStatement } from '../document.ts';
import { faulty, type RawDocument, type ReadContext, type Reading } from '../reading.ts';
import { saidBy } from './claim.ts';
import { carried, type ReadInner } from './inner.ts';
import { type JsonLine, jsonLines } from './lines.ts';
import { artifactOf, type Judged, judged, looksOf, rejection, type Where } from './looks.ts';
import { isBundle, isBundleList, isCloudBuild, isDownloaded, isEnvelope, partOf } from './shapes.ts';
import { fromBase64, isIdentified, isStatement, jsonId, statementOf } from './statement.ts';
import type { Annotations, Material } from './verifier.ts';

export async function readSigned(document: RawDocument, context: ReadContext, readInner?: ReadInner): Promise<Reading> {
  const lines = jsonLines(document);
  if (lines === undefined) return faulty('not_text');
  if (lines.values.length === 0) return faulty(document.bytes.length === 0 ? 'empty' : 'not_json');
  const [only] = lines.values;
  const single = lines.values.length === 1 ? only?.value : undefined;
  const fault = single === undefined || isSigned(single) ? undefined : (partOf(single) ?? 'not_signed');
  if (fault !== undefined) return faulty(fault);
  return readAll(lines.values, lines.broken, context, readInner);
}

/** What `judge` is asked of, and what stands unsigned. */
const isSigned = (value: unknown): boolean =>
  [isBundle, isEnvelope, isStatement, isBundleList, isCloudBuild, isDownloaded].some(is => is(value));

async function readAll(
  values: readonly JsonLine[],
  broken: readonly number[],
  context: ReadContext,
  readInner: ReadInner | undefined,
): Promise<Reading> {
  const breathe = breather();
  const all: Judged[] = [];
  const rejections: Rejection[] = broken.map(line => rejection(context, { line }, 'not_json'));
  const heard: { scans: Scan[]; sboms: Sbom[]; vex: VexStatement[] } = { scans: [], sboms: [], vex: [] };
  let records = broken.length;
  for (const { value, line } of values) {
    const where: Where = line === undefined ? {} : { line };
    const items = itemsOf(value, where);
    if (items.length === 0) {
      records += 1;
      rejections.push(rejection(context, where, partOf(value) ?? 'not_signed'));
    }
    for (const item of items) {
      records += 1;
      const one = await item(context);
      all.push(one);
      rejections.push(...one.rejections);
      const inner = await carried(one, context, { readInner, where });
      heard.scans.push(...(inner.heard.scans ?? []));
      heard.sboms.push(...(inner.heard.sboms ?? []));
      heard.vex.push(...(inner.heard.vex ?? []));
      records += inner.records;
      rejections.push(...inner.rejections);
      if (breathe.due()) await breathe.now();
    }
  }
  const told = present({ signatures: looksOf(all, context), ...heard });
  // Of one alone that tells nothing it is the document's fault.
  const fault = records === 1 && Object.keys(told).length === 0 ? rejections[0]?.reason : undefined;
  return fault === undefined ? { heard: told, records, rejections } : faulty(fault);
}

const present = (heard: Heard): Heard =>
  Object.fromEntries(Object.entries(heard).filter(([, list]) => Array.isArray(list) && list.length > 0));

type Item = (context: ReadContext) => Promise<Judged>;

function itemsOf(value: unknown, where: Where): Item[] {
  const judge =
    (material: Material, at: Where = where): Item =>
    context =>
      judged(material, context, at);
  if (isBundle(value)) return [judge({ form: 'bundle', json: value })];
  if (isEnvelope(value)) return [judge({ form: 'dsse', json: value })];
  if (isStatement(value)) return [async context => unsigned(value, context, where)];
  if (isDownloaded(value)) return [judge(downloaded(objectOf(value)))];
  if (isBundleList(value))
    return listOf(objectOf(value).attestations).map(each => judge({ form: 'bundle', json: objectOf(each).bundle }));
  return isCloudBuild(value) ? builds(objectOf(value), where) : [];
}

/** Nobody signed it: a claim of whoever wrote it. */
function unsigned(value: unknown, context: ReadContext, where: Where): Judged {
  const statement = statementOf(value);
  const attestation: Attestation = {
    ...saidBy(statement),
    ...{ id: jsonId(value), claim: 'attestation', standing: 'claimed', reason: 'unsigned' },
    ...{ identity: '', issuer: '' },
  };
  const { subjects = [] } = statement ?? {};
  const digested = subjects.filter(isIdentified);
  const nameless = subjects.length - digested.length;
  const without = digested.length === 0 ? subjects[0]?.name : `${nameless} of ${subjects.length}`;
  return {
    attestation,
    ...(statement && { statement }),
    artifacts: digested.map(each => artifactOf(each, context, subjects.length)),
    rejections:
      statement === undefined
        ? [rejection(context, where, 'predicate_type_missing')]
        : nameless > 0 || subjects.length === 0
          ? [rejection(context, where, 'no_readable_digest', without)]
          : [],
  };
}

/** `cosign download signature`: the layer of a `.sig` tag, its annotations under other names. */
function downloaded({
  Base64Signature,
  Payload,
  Cert,
  Chain,
  Bundle,
  RFC3161Timestamp,
}: Readonly<Record<string, unknown>>): Material {
  const certificate = certificateOf(Cert);
  const texts: Record<string, string | undefined> = {
    'dev.cosignproject.cosign/signature': wordOf(Base64Signature, 20_000),
    'dev.sigstore.cosign/certificate': certificate,
    'dev.sigstore.cosign/chain': listOf(Chain).map(certificateOf).join('\n') || undefined,
    'dev.sigstore.cosign/bundle': isObject(Bundle) ? JSON.stringify(Bundle) : undefined,
    'dev.sigstore.cosign/rfc3161timestamp': isObject(RFC3161Timestamp) ? JSON.stringify(RFC3161Timestamp) : undefined,
  };
  const annotations: Annotations = Object.fromEntries(
    Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { form: 'simple_signing', payload: fromBase64(Payload) ?? Buffer.alloc(0), annotations };
}

/** Go's certificates as JSON have their DER in `Raw`. */
const certificateOf = (value: unknown): string | undefined => {
  const raw = isObject(value) ? fromBase64(value.Raw) : undefined;
  if (raw === undefined) return wordOf(value, 20_000);
  return `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
};

/** Google Cloud Build's provenance of an image: what counts is the envelope, and not the copy in the clear beside it. */
function builds(value: Readonly<Record<string, unknown>>, where: Where): Item[] {
  const { digest, fully_qualified_digest: qualified } = objectOf(value.image_summary);
  const name = wordOf(qualified)?.split('@')[0];
  const subject =
    typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)
      ? { subject: { digests: [digest], ...(name === undefined ? {} : { name }) } }
      : {};
  return listOf(objectOf(value.provenance_summary).provenance).map(
    each => context => judged({ form: 'dsse', json: objectOf(each).envelope }, context, { ...where, ...subject }),
  );
}
