/**
 * Reports whose kind nobody names, known by their content: what `kind: auto` and `plumbline init` read. A document is of
 * one kind, but for objects of a cluster: policies of Kyverno and constraints of Gatekeeper may stand in one.
 */
import { whyNotJson } from '../findings/faults.ts';
import { type Place, scopeOfPlace } from '../findings/place.ts';
import { isObject, readJson, textOf } from '../formats/json.ts';
import { outlineOf } from '../formats/json-outline.ts';
import { documentOf, type RawDocument } from '../formats/raw-document.ts';
import { reportKinds } from './kinds.ts';
import type { ReadContext, Reading, ReportKind, Subject } from './reading.ts';

export interface KindReading {
  readonly kind: ReportKind;
  readonly of: Subject;
  readonly reading: Reading;
}

/** What each kind has read of it, at least one of them; else why nothing could. */
export type ContentRead = { readonly readings: readonly KindReading[] } | { readonly fault: string };

type Found = Omit<KindReading, 'reading'>;

/**
 * Never throws for what is in the bytes. `earlier` are the kinds that the same file was last read as: they tell whose an
 * empty file, `null` or an empty list is.
 */
export async function readByContent(
  bytes: Buffer,
  context: ReadContext,
  earlier: readonly string[] = [],
): Promise<ContentRead> {
  const document = await documentOf(bytes);
  let found = await kindsOf(document);
  if (found.length === 0) {
    const nothing = whatSaysNothing(document);
    if (nothing === undefined) return { fault: whyUnknown(document) };
    found = reportKinds.filter(({ kind }) => earlier.includes(kind)).map(kind => ({ kind, of: subjectOf(kind) }));
    if (found.length === 0) return { fault: nothing };
  }
  const read: KindReading[] = [];
  for (const one of found) read.push({ ...one, reading: await readAs(one, bytes, context) });
  const readings = read.filter(({ reading }) => reading.fault === undefined && !isOfOthers(reading));
  if (readings.length > 0) return { readings: toldOnce(readings) };
  const faults = read.flatMap(({ reading: { fault } }) => fault ?? []);
  const isBroken = faults.includes('not_yaml') && isOfObjects.test(bytes.toString('utf8', 0, 4096));
  return { fault: faults.find(fault => !fault.startsWith('not_')) ?? (isBroken ? 'not_yaml' : whyUnknown(document)) };
}

const isOfObjects = /^(?:- )?\s*apiVersion: /m;

/** All that was found in it is nothing that its kind has. */
const isOfOthers = ({ told, records, rejections }: Reading): boolean =>
  records > 0 &&
  rejections.length === records &&
  rejections.every(({ reason }) => /^(?:kind_unknown|nested_too_deep|not_\w+)$/.test(reason)) &&
  Object.values(told).every(list => list.length === 0);

/** The kind that its JSON is, else those whose objects may stand in it. */
async function kindsOf(document: RawDocument): Promise<readonly Found[]> {
  const { bytes, json, outline } = document;
  const found = recognised(json ?? outline) ?? (outline === undefined ? undefined : recognised(await outlineOf(bytes)));
  if (found) return [found];
  return reportKinds
    .filter(({ words = [] }) => words.some(word => holds(bytes, word)))
    .map(kind => ({ kind, of: subjectOf(kind) }));
}

function recognised(json: unknown): Found | undefined {
  for (const kind of reportKinds) {
    const of = kind.recognises?.(json);
    if (of !== undefined) return { kind, of };
  }
  return undefined;
}

const subjectOf = ({ words }: ReportKind): Subject => (words === undefined ? 'repository' : 'cluster');

/** In UTF-8 or, as PowerShell writes it, in UTF-16. */
const holds = (bytes: Buffer, word: string): boolean => bytes.includes(word) || bytes.includes(word, 0, 'utf16le');

async function readAs({ kind, of }: Found, bytes: Buffer, context: ReadContext): Promise<Reading> {
  const place = placeFor(of, context.place);
  // Whether it is one at all is worth more to know than that it lacks a place.
  const isPlaced = scopeOfPlace(place) !== undefined || kind.words === undefined;
  const reading = await kind.read(bytes, { ...context, place: isPlaced ? place : { ...place, scope: 'unknown' } });
  const fault = reading.fault ?? (isPlaced ? undefined : 'missing_scope');
  if (fault !== 'missing_scope' || of === 'subscription') return reading;
  return { told: {}, records: 0, rejections: [], fault: `missing_${of}` };
}

/** A place may name a repository and a cluster: each kind is of one of them. */
function placeFor(of: Subject, { repository, cluster, ...place }: Place): Place {
  if (of === 'cluster') return { ...place, ...(cluster === undefined ? {} : { cluster }) };
  return of === 'repository' && repository !== undefined ? { ...place, repository } : place;
}

/** Without what one kind can't read because it is another's, and what two can't. */
function toldOnce(readings: readonly KindReading[]): readonly KindReading[] {
  if (readings.length === 1) return readings;
  const told = new Set<string>();
  return readings.map(({ reading, ...one }) => {
    const rejections = reading.rejections.filter(({ line, reason, value = '' }) => {
      const key = JSON.stringify([line, reason, value]);
      const isNew = !told.has(key) && !(reason === 'kind_unknown' && ofGatekeeper.test(value));
      told.add(key);
      return isNew;
    });
    const records = reading.records - (reading.rejections.length - rejections.length);
    return { ...one, reading: { ...reading, records, rejections } };
  });
}

const ofGatekeeper = /^(constraints|templates)\.gatekeeper\.sh\//;

/** What several programs write where they find nothing. */
function whatSaysNothing({ bytes, json, outline }: RawDocument): string | undefined {
  if (json === null || (Array.isArray(json) && json.length === 0)) return 'nothing_found_by_whom';
  if (isObject(json)) return isEmptyList(json) ? 'nothing_found_by_whom' : undefined;
  if (outline !== undefined || bytes.length > 10_000) return undefined;
  const text = textOf(bytes)?.trim();
  if (text === '') return 'empty';
  // As `kubectl get -o yaml` prints it.
  return text !== undefined && /^items: \[\]$/m.test(text) && /^kind: List$/m.test(text)
    ? 'nothing_found_by_whom'
    : undefined;
}

const isEmptyList = ({ kind, items }: Readonly<Record<string, unknown>>): boolean =>
  kind === 'List' && Array.isArray(items) && items.length === 0;

/** Of what begins as JSON and is broken that is worth more to know than that nobody knows it. */
function whyUnknown({ bytes, json, outline }: RawDocument): string {
  if (json !== undefined || outline !== undefined) return 'unknown_format';
  const head = bytes.subarray(0, 4096);
  if (head.includes(0) && textOf(bytes) === undefined) return 'not_text';
  const why = whyNotJson(bytes);
  const isCut = /^[\s\uFEFF]*[[{]/.test(head.toString()) && !isLines(bytes);
  return why !== 'not_json' || isCut ? why : 'unknown_format';
}

/** JSON line by line, by the first. */
const isLines = (bytes: Buffer): boolean => 'value' in readJson(bytes.subarray(0, bytes.indexOf('\n') + 1));
