/**
 * FIRST's exploit prediction scores: the daily CSV (`#model_version:…,score_date:…` and then `cve,epss,percentile`) and the
 * answers of its API (api.first.org/data/v1/epss). Scores and percentiles are 0 to 1.
 */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, listOf, textOf, textsOf, wordOf } from '../../../formats/json.ts';
import type { EpssList } from '../../lists.ts';
import { type DocumentKind, faulty, type ReadContext, type Reading } from '../../reading.ts';
import { rejection } from '../../scanned.ts';

export const epss: DocumentKind = {
  kind: 'epss',
  accepts: name => /\.(csv|json)$/i.test(name),
  recognises: ({ json, bytes }) => (json === undefined ? isCsv(bytes) : isAnswer(json)),
  read: ({ json, bytes }, context) => {
    if (json === undefined) return isCsv(bytes) ? readCsv(bytes, context) : faulty('not_epss');
    return isAnswer(json) ? readAnswer(json, context) : faulty('not_epss');
  },
};

type Score = EpssList['scores'][number];

const isCsv = (bytes: Buffer): boolean =>
  /^\uFEFF?(?:#[^\n]*score_date|(?:#[^\n]*\n)?cve,epss)/i.test(textOf(bytes.subarray(0, 400)) ?? '');

/** All of a day are more than 300,000, in 2021 when it began 70,000. */
const fewestOfDay = 50_000;

/** Most rejections that are kept: a file in which every line is broken is one mistake. */
const mostRejections = 1000;

async function readCsv(bytes: Buffer, context: ReadContext): Promise<Reading> {
  const pieces = await textsOf(bytes);
  if (pieces === undefined) return faulty('not_text');
  const breathe = breather();
  const scores: Score[] = [];
  const rejections: Rejection[] = [];
  let day = context.at.toISOString().slice(0, 10);
  let columns: readonly string[] = [];
  let line = 0;
  let records = 0;
  let broken = 0;
  const readLine = (text: string) => {
    line += 1;
    const row = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (row.trim() === '') return;
    if (row.startsWith('#')) {
      day = /score_date:\s*(\d{4}-\d{2}-\d{2})/.exec(row)?.[1] ?? day;
      return;
    }
    const fields = row.split(',');
    if (columns.length === 0) {
      columns = fields.map(field => field.trim().toLowerCase());
      return;
    }
    records += 1;
    const value = (name: string) => fields[columns.indexOf(name)];
    const one = scoreOf(value('cve'), value('epss'), value('percentile'));
    if (typeof one !== 'string') scores.push(one);
    else {
      broken += 1;
      if (broken <= mostRejections)
        rejections.push(rejection(context, { line, reason: one, value: row.slice(0, 200) }));
    }
  };
  let rest = '';
  for (const piece of pieces) {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const text of lines) {
      readLine(text);
      if (breathe.due()) await breathe.now();
    }
  }
  const before = broken;
  readLine(rest);
  // A file that breaks off within a line is not all of a day's.
  if (broken > before) return faulty('truncated');
  if (scores.length === 0 || broken > records / 10) return faulty(records === 0 ? 'empty' : 'not_epss');
  return { heard: { epss: { day, lists: 'all', scores } }, records, rejections };
}

const isAnswer = (json: unknown): json is JsonObject => {
  if (!isObject(json) || !Array.isArray(json.data)) return false;
  const [first] = json.data as readonly unknown[];
  return first === undefined
    ? json.status === 'OK' && 'status-code' in json
    : isObject(first) && 'cve' in first && 'epss' in first && 'percentile' in first;
};

function readAnswer(json: JsonObject, context: ReadContext): Reading {
  const listed = listOf(json.data);
  // An answer for some vulnerabilities, or a page of one, says nothing of the others. Nobody scores fewer than these.
  const isAll = listed.length >= fewestOfDay && !(typeof json.total === 'number' && json.total > listed.length);
  const scores: Score[] = [];
  const rejections: Rejection[] = [];
  let day = '';
  for (const [index, item] of listed.entries()) {
    const one = isObject(item) ? scoreOf(item.cve, item.epss, item.percentile) : 'not_an_object';
    if (typeof one === 'string') rejections.push(rejection(context, { line: index + 1, reason: one }));
    else scores.push(one);
    const said = isObject(item) ? (/^\d{4}-\d{2}-\d{2}/.exec(wordOf(item.date, 30) ?? '')?.[0] ?? '') : '';
    if (said > day) day = said;
  }
  if (scores.length === 0) return faulty('empty');
  return {
    heard: { epss: { day: day || context.at.toISOString().slice(0, 10), lists: isAll ? 'all' : 'some', scores } },
    records: listed.length,
    rejections,
  };
}

function scoreOf(cve: unknown, epss: unknown, percentile: unknown): Score | string {
  const vulnerability = wordOf(cve, 50)?.replaceAll('"', '').toUpperCase();
  if (vulnerability === undefined || !/^CVE-\d{4}-\d{4,}$/.test(vulnerability)) return 'missing_vulnerability';
  const [score, share] = [epss, percentile].map(ratioOf);
  return score === undefined || share === undefined ? 'not_a_score' : { vulnerability, score, percentile: share };
}

function ratioOf(value: unknown): number | undefined {
  const ratio = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof ratio === 'number' && ratio >= 0 && ratio <= 1 ? ratio : undefined;
}
