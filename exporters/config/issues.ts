/** Turns what the schema says of the values into sentences with places. */
import type { z } from 'zod';
import type { ConfigDocument } from './document.ts';
import type { KeyPath, Problem } from './problem.ts';
import { keysAt } from './schema-keys.ts';
import { shown, shownKey } from './secrecy.ts';
import { nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** Every issue as a problem; a union's are those of the alternative that fits best. */
export function problemsOf(issues: readonly Issue[], document: ConfigDocument, jsonSchema: unknown): Problem[] {
  return issues.flatMap(issue => {
    const path = issue.path.filter(part => typeof part !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(jsonSchema, path);
      return issue.keys.map(key => ({
        at: document.placeOf([...path, key]).key,
        path: [...path, shownKey(key, path, nearest(key, known) !== undefined)],
        text: `is not a known key; ${suggestion(key, known)}`,
      }));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const best = bestAlternative(issue.errors);
      if (best !== undefined)
        return problemsOf(
          best.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] })),
          document,
          jsonSchema,
        );
    }
    return [problemOf(issue, path, document)];
  });
}

function suggestion(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near !== undefined) return `did you mean ${near}?`;
  return known.length === 0 ? 'expected no key here' : `expected one of ${known.join(', ')}`;
}

/** The alternative whose mistakes are fewest, unless all of them are about the kind of the value itself. */
function bestAlternative(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const deep = alternatives.filter(issues =>
    issues.some(issue => issue.path.length > 0 || issue.code !== 'invalid_type'),
  );
  return deep.toSorted((a, b) => weight(a) - weight(b))[0];
}

/** A key that a form must not have (`never`) tells that another form is meant. */
const weight = (issues: readonly Issue[]): number => issues.reduce((sum, issue) => sum + weightOf(issue), 0);

function weightOf(issue: Issue): number {
  if (issue.code === 'unrecognized_keys') return issue.keys.length;
  return issue.code === 'invalid_type' && issue.expected === 'never' ? 100 : 1;
}

function problemOf(issue: Issue, path: KeyPath, document: ConfigDocument): Problem {
  const place = document.placeOf(path);
  const missing = valueAt(document.value, path) === undefined;
  const given = missing ? 'is missing' : `is ${written(document, path)}`;
  return {
    at: missing ? place.key : place.value,
    path,
    text: `${given}; ${expected(issue, valueAt(document.value, path))}`,
  };
}

/** As in the file, except that a map or a list in its place is named by its kind. */
function written(document: ConfigDocument, path: KeyPath): string {
  const value = valueAt(document.value, path);
  if (typeof value === 'object' && value !== null) return shown(value, path);
  const place = document.placeOf(path);
  const text = shown(place.written, path);
  // A number keeps the digits it was written with.
  return typeof value === 'string' || value === null || text === '***' ? text : text.replaceAll('"', '');
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

function expected(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
        return 'expected text, so write it in quotes';
      if (!isDefault(issue.message)) return said(issue.message);
      return `expected ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${oneOf(issue.values.map(String), value)}`;
    case 'invalid_union': {
      const options = (issue as { options?: readonly unknown[] }).options;
      if (options !== undefined) return `expected ${oneOf(options.map(String), value)}`;
      const wanted = issue.errors.flat().map(inner => expected(inner, value).replace(/^expected /, ''));
      return `expected ${[...new Set(wanted)].join(' or ') || 'another value'}`;
    }
    case 'too_small':
      return bound(issue.origin, 'least', 'more', Number(issue.minimum), issue.inclusive !== false);
    case 'too_big':
      return bound(issue.origin, 'most', 'less', Number(issue.maximum), issue.inclusive !== false);
    case 'invalid_format':
      return isDefault(issue.message) ? `expected ${format(issue.format, issue.pattern)}` : said(issue.message);
    default:
      return said(issue.message);
  }
}

function oneOf(values: readonly string[], given: unknown): string {
  if (values.length === 1) return values[0]!;
  const near = typeof given === 'string' ? nearest(given, values) : undefined;
  return `one of ${values.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}

function bound(origin: string, side: 'least' | 'most', strict: string, limit: number, inclusive: boolean): string {
  if (origin === 'string' || origin === 'array') {
    const unit = origin === 'string' ? 'character' : 'item';
    if (side === 'least' && limit === 1) return origin === 'string' ? 'expected text' : 'expected at least one item';
    return `expected at ${side} ${limit} ${unit}${limit === 1 ? '' : 's'}`;
  }
  return inclusive ? `expected a number of at ${side} ${limit}` : `expected a number ${strict} than ${limit}`;
}

function format(name: string, pattern: string | undefined): string {
  if (name === 'date') return 'a date as 2026-11-30';
  if (name === 'datetime') return 'a time as 2026-11-30T00:00:00Z';
  if (name === 'url') return 'a URL';
  return pattern === undefined ? `the format ${name}` : `text that matches ${pattern}`;
}

/** The library's own words; a schema's author writes better ones. */
const isDefault = (message: string) => /^(Invalid|Too|Unrecognized)\b/.test(message);

const said = (message: string) => (/^expected\b/i.test(message) ? message : `expected that ${message}`);
