/** CISA's catalogue of known exploited vulnerabilities (known_exploited_vulnerabilities.json, schema 1.0, and its CSV). */
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, listOf, textOf, wordOf } from '../../../formats/json.ts';
import type { KevList } from '../../lists.ts';
import { type DocumentKind, faulty, type ReadContext, type Reading } from '../../reading.ts';
import { evaluatedAt, present, rejection } from '../../scanned.ts';
import { csvRows } from '../csv-rows.ts';

export const kev: DocumentKind = {
  kind: 'kev',
  accepts: name => /\.(json|csv)$/i.test(name),
  recognises: ({ json, bytes }) => (json === undefined ? isCsv(bytes) : isCatalogue(json)),
  read: ({ json, bytes }, context) => {
    if (json === undefined && isCsv(bytes)) return readCsv(bytes, context);
    if (!isCatalogue(json)) return faulty(json === undefined ? 'not_json' : 'not_kev');
    const { count, dateReleased } = json;
    const listed = listOf(json.vulnerabilities);
    // What it doesn't list is taken off the list: of a cut one that would be wrong.
    if (typeof count === 'number' && count > listed.length) return faulty('incomplete_list');
    return readEntries(listed, evaluatedAt(wordOf(dateReleased, 50), context), context);
  },
};

const isCatalogue = (json: unknown): json is JsonObject => {
  if (!isObject(json) || !Array.isArray(json.vulnerabilities)) return false;
  const [first] = json.vulnerabilities as readonly unknown[];
  return isObject(first) ? 'cveID' in first && 'dateAdded' in first : 'catalogVersion' in json;
};

const isCsv = (bytes: Buffer): boolean =>
  /^\uFEFF?"?cveID"?,.*"?dateAdded"?/i.test(textOf(bytes.subarray(0, 400))?.split('\n', 1)[0] ?? '');

function readCsv(bytes: Buffer, context: ReadContext): Reading {
  const rows = csvRows(bytes);
  return typeof rows === 'string' ? faulty(rows) : readEntries(rows, context.at.toISOString(), context);
}

function readEntries(listed: readonly unknown[], at: string, context: ReadContext): Reading {
  const entries: KevList['entries'][number][] = [];
  const rejections: Rejection[] = [];
  for (const [index, item] of listed.entries()) {
    const one = isObject(item) ? entryOf(item) : 'not_an_object';
    if (typeof one === 'string') rejections.push(rejection(context, { line: index + 1, reason: one }));
    else entries.push(one);
  }
  if (entries.length === 0) return faulty('empty');
  return { heard: { kev: { at, entries } }, records: listed.length, rejections };
}

function entryOf(item: JsonObject): KevList['entries'][number] | string {
  const vulnerability = wordOf(item.cveID, 50);
  if (vulnerability === undefined || !/^CVE-\d{4}-\d{4,}$/i.test(vulnerability)) return 'missing_vulnerability';
  const addedOn = dayOf(item.dateAdded);
  if (addedOn === undefined) return 'missing_date_added';
  return {
    vulnerability: vulnerability.toUpperCase(),
    addedOn,
    ...present({ dueOn: dayOf(item.dueDate) }),
    isRansomware: wordOf(item.knownRansomwareCampaignUse, 20)?.toLowerCase() === 'known',
  };
}

function dayOf(value: unknown): string | undefined {
  const [day] = /^\d{4}-\d{2}-\d{2}/.exec(wordOf(value, 40) ?? '') ?? [];
  return day === undefined || Number.isNaN(Date.parse(day)) ? undefined : day;
}
