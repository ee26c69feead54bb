/** The parameters of GET /api/components, which are those of `plumbline find`. */
import { z } from 'zod';
import { PlumblineError } from '../../core/errors.ts';
import type { Principal } from '../../core/source.ts';
import { isRangeOf, readRange, type VersionRange } from '../versions/vers.ts';
import { isPattern, type PackagePattern, readPattern } from './pattern.ts';

/** What a page's variable hands over where all of its values are chosen. */
const any = '.*';
const words = z
  .string()
  .transform(text => text.split(',').map(each => each.trim()))
  .transform(list => (list.includes(any) ? undefined : list))
  .pipe(z.array(z.string().min(1)).min(1).optional());

/** Several values are separated by commas; `.*` is any. */
const querySchema = z.strictObject({
  purl: z.string().min(1).max(1_000),
  // Where a watch is of all versions, a page's link hands over an empty one.
  range: z
    .string()
    .max(10_000)
    .transform(text => (text === '' ? undefined : text))
    .optional(),
  team: words.optional(),
  service: words.optional(),
  environment: words.optional(),
  running: z.enum(['true', 'false']).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  cursor: z.string().optional(),
});

export interface ComponentsQuery extends Omit<z.infer<typeof querySchema>, 'purl' | 'range'> {
  readonly pattern: PackagePattern;
  readonly range?: VersionRange;
}

export const listName = 'components';
const invalid = (reason: string) => new PlumblineError('QUERY_INVALID', { name: listName, reason });

/** Errors: QUERY_INVALID; READ_FORBIDDEN where a team's token asks for another team by name. */
export function readQuery(query: Readonly<Record<string, string>>, principal: Principal): ComponentsQuery {
  const parsed = querySchema.safeParse(query);
  if (!parsed.success) {
    const known = Object.keys(querySchema.shape).join(', ');
    const [issue] = parsed.error.issues;
    if (issue?.code === 'unrecognized_keys')
      throw invalid(`there is no parameter ${issue.keys.join(', ')}; there are ${known}`);
    if (query.purl === undefined) throw invalid('purl: it has to say which package, such as pkg:npm/lodash');
    throw invalid(
      `${issue?.path[0] === undefined ? '' : `${String(issue.path[0])}: `}${issue?.message ?? 'not understood'}`,
    );
  }
  const { purl, range: rangeText, ...rest } = parsed.data;
  const foreign =
    principal.role === 'team' ? (rest.team ?? []).filter(name => name !== principal.team && name !== 'unowned') : [];
  if (foreign.length > 0)
    throw new PlumblineError('READ_FORBIDDEN', {
      ...{ principal: principal.name, name: listName, reason: `they are ${foreign.join(', ')}'s` },
    });
  const pattern = readPattern(purl);
  if ('fault' in pattern) throw invalid(`purl: ${pattern.fault}`);
  if (rangeText === undefined) return { ...rest, pattern };
  return { ...rest, pattern, range: rangeOf(rangeText, pattern) };
}

function rangeOf(text: string, { type, version }: PackagePattern): VersionRange {
  const one = type === undefined || isPattern(type) ? undefined : type;
  const range = readRange(text, one);
  if ('fault' in range) throw invalid(`range: ${range.fault}`);
  if (version !== undefined) throw invalid(`range: the package URL asks for the version ${version} alone`);
  if (one !== undefined && !isRangeOf(range, one))
    throw invalid(`range: versions of ${one} are not compared as vers:${range.scheme} says`);
  return range;
}

/** The last item of a page, by what pages are ordered by. */
export type Place = readonly string[];
export const placeColumns = [
  ...([
    'rank',
    'name',
    'environment',
    'team',
    'service',
    'artifact',
    'type',
    'namespace',
    'package',
    'version',
  ] as const),
  'purl',
] as const;

export const cursorOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** Errors: QUERY_INVALID for what is no cursor of ours. */
export function placeOf(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  try {
    return z
      .array(z.string())
      .length(placeColumns.length)
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw invalid('cursor: it is not one that a page gave');
  }
}
