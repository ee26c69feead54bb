/**
 * What `cosign verify` and `verify-attestation` print, with their exit code from the address (`?exit=10`) or in a wrapper
 * `{exit, stdout, stderr, command, image}`, and what `cosign download` writes, which is judged here.
 */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { listOf, objectOf, readJson } from '../../../formats/json.ts';
import type { Heard } from '../../document.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from '../../reading.ts';
import { carried, type ReadInner } from '../../verification/inner.ts';
import { firstValue, type JsonLine, jsonLines } from '../../verification/lines.ts';
import { type Judged, rejection, type Where } from '../../verification/looks.ts';
import { readSigned } from '../../verification/read-signed.ts';
import { isDownloaded, isSimpleSigning } from '../../verification/shapes.ts';
import { type CosignRun, isRun, outputOf, runOf } from './run.ts';
import { looksOfRun, passed } from './verdict.ts';

export const cosignKind = (readInner?: ReadInner): DocumentKind => ({
  kind: 'cosign',
  accepts: name => /\.(?:json|jsonl|log|txt)$/i.test(name),
  recognises: document => {
    const first = firstValue(document);
    return isRun(first) || isDownloaded(first) || listOf(first).some(each => isRun(each) || isSimpleSigning(each));
  },
  read: (document, context) => readCosign(document, context, readInner),
});

async function readCosign(document: RawDocument, context: ReadContext, readInner?: ReadInner): Promise<Reading> {
  const lines = jsonLines(document);
  if (lines === undefined) return faulty('not_text');
  const values = lines.values.flatMap(({ value, line }): JsonLine[] =>
    listOf(value).some(isRun)
      ? listOf(value).map((each, index) => ({ value: each, line: index + 1 }))
      : [{ value, ...(line === undefined ? {} : { line }) }],
  );
  if (values.some(({ value }) => isRun(value))) return readRuns(values, lines.broken, context, readInner);
  const isOutput = context.place.exit !== undefined || values.some(({ value }) => listOf(value).some(isSimpleSigning));
  if (!isOutput) return readSigned(document, context, readInner);
  return oneReading(await tell(outputOf(document, context)!, {}, context, readInner));
}

async function readRuns(
  values: readonly JsonLine[],
  broken: readonly number[],
  context: ReadContext,
  readInner: ReadInner | undefined,
): Promise<Reading> {
  const breathe = breather();
  const all: Told[] = [];
  for (const { value, line } of values) {
    const where = line === undefined ? {} : { line };
    all.push(
      isRun(value)
        ? await tell(runOf(objectOf(value), context), where, context, readInner)
        : untold(rejection(context, where, 'not_a_run')),
    );
    if (breathe.due()) await breathe.now();
  }
  for (const line of broken) all.push(untold(rejection(context, { line }, 'not_json')));
  const [only] = all;
  if (only !== undefined && all.length === 1) return oneReading(only);
  return {
    heard: merged(all.map(({ heard }) => heard)),
    records: all.reduce((total, { records }) => total + records, 0),
    rejections: all.flatMap(({ rejections }) => rejections),
  };
}

type Told = Pick<Reading, 'heard' | 'records' | 'rejections'>;

const untold = (reject: Rejection): Told => ({ heard: {}, records: 1, rejections: [reject] });

/** Of one run that tells nothing it is the document's fault. */
function oneReading(told: Told): Reading {
  const [first] = told.rejections;
  return first !== undefined && Object.keys(told.heard).length === 0 ? faulty(first.reason) : told;
}

const verifications = ['verify', 'verify-attestation'];

async function tell(
  run: CosignRun,
  where: Where,
  context: ReadContext,
  readInner: ReadInner | undefined,
): Promise<Told> {
  if (run.verb !== undefined && !verifications.includes(run.verb))
    return untold(
      rejection(context, where, /^verify-blob/.test(run.verb) ? 'not_an_image' : 'not_a_verification', run.verb),
    );
  const breathe = breather();
  const bytes = Buffer.from(run.stdout);
  const read = readJson(bytes);
  const lines = jsonLines('fault' in read ? { bytes } : { bytes, json: read.value });
  const all: Judged[] = [];
  const inner: Told[] = [];
  const rejections: Rejection[] = (lines?.broken ?? []).map(line => rejection(context, { line }, 'not_json'));
  const entries = (lines?.values ?? []).flatMap(each =>
    Array.isArray(each.value) ? each.value.map((value: unknown) => ({ ...each, value })) : [each],
  );
  for (const entry of entries) {
    const one = await passed(entry, run, context);
    if (one === undefined) rejections.push(rejection(context, where, 'not_verified_by_cosign'));
    else {
      all.push(one);
      rejections.push(...one.rejections);
      inner.push(await carried(one, context, { readInner, where }));
    }
    if (breathe.due()) await breathe.now();
  }
  const signatures = looksOfRun(run, all, context);
  if (signatures.length === 0) rejections.push(rejection(context, where, 'without_image'));
  return {
    heard: merged([...(signatures.length === 0 ? [] : [{ signatures }]), ...inner.map(({ heard }) => heard)]),
    records: Math.max(1, entries.length) + inner.reduce((total, { records }) => total + records, 0),
    rejections: [...rejections, ...inner.flatMap(each => each.rejections)],
  };
}

function merged(all: readonly Heard[]): Heard {
  const heard = {
    signatures: all.flatMap(({ signatures = [] }) => signatures),
    scans: all.flatMap(({ scans = [] }) => scans),
    sboms: all.flatMap(({ sboms = [] }) => sboms),
    vex: all.flatMap(({ vex = [] }) => vex),
  };
  return Object.fromEntries(Object.entries(heard).filter(([, list]) => list.length > 0));
}
