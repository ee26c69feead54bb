/**
 * When releases of a product end, as https://endoflife.date/api/PRODUCT.json lists them: `cycle`, and `eol`, which is a day
 * or whether it has ended. It doesn't name its product: the place's scope does, else the file's name (eol-debian.json).
 */
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, wordOf } from '../../../formats/json.ts';
import type { EndOfLifeList } from '../../lists.ts';
import { type DocumentKind, faulty, type ReadContext, type Reading } from '../../reading.ts';
import { rejection } from '../../scanned.ts';

export const endOfLife: DocumentKind = {
  kind: 'endoflife',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isList(json),
  read: ({ json }, context) => {
    if (!isList(json)) return faulty(json === undefined ? 'not_json' : 'not_endoflife');
    const product = productOf(context);
    return product === undefined ? faulty('missing_subject') : readCycles(json, product, context);
  },
};

const isList = (json: unknown): json is readonly unknown[] =>
  Array.isArray(json) && isObject(json[0]) && 'cycle' in json[0] && 'eol' in json[0];

/** As endoflife.date names products: debian, alpine-linux. A place's scope that can't be one is of something else. */
function productOf({ place, file }: ReadContext): string | undefined {
  const [, named] = /(?:^|[/\\])(?:eol[-_])?([^/\\]+)\.json(?:\.gz)?$/i.exec(file) ?? [];
  return [place.scope, named]
    .map(name => name?.toLowerCase())
    .find(name => name && /^[a-z0-9][a-z0-9.+-]*$/.test(name));
}

type Cycle = EndOfLifeList['cycles'][number];

function readCycles(listed: readonly unknown[], product: string, context: ReadContext): Reading {
  const cycles: Cycle[] = [];
  const rejections: Rejection[] = [];
  for (const [index, item] of listed.entries()) {
    const one = isObject(item) ? cycleOf(item) : 'not_an_object';
    if (typeof one === 'string') rejections.push(rejection(context, { line: index + 1, reason: one }));
    else cycles.push(one);
  }
  const heard = cycles.length > 0 ? { endOfLife: { product, at: context.at.toISOString(), cycles } } : {};
  return { heard, records: listed.length, rejections };
}

function cycleOf({ cycle: said, eol }: JsonObject): Cycle | string {
  const cycle = wordOf(typeof said === 'number' ? String(said) : said, 100);
  if (cycle === undefined) return 'missing_cycle';
  if (typeof eol === 'boolean') return { cycle, isEnded: eol };
  const [endOn] = /^\d{4}-\d{2}-\d{2}$/.exec(wordOf(eol, 40) ?? '') ?? [];
  return endOn === undefined || Number.isNaN(Date.parse(endOn)) ? 'invalid_date' : { cycle, endOn };
}
