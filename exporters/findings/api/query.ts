/** The parameters of GET /api/EXPORTER/findings. Several values are separated by commas; `.*` is any. */
import { z } from 'zod';
import { PlumblineError } from '../../core/errors.ts';
import type { Principal } from '../../core/source.ts';
import { severities } from '../report.ts';

/** What a page's variable hands over where all of its values are chosen. */
const any = '.*';
const listOf = <Word extends string>(word: z.ZodType<Word, string>) =>
  z
    .string()
    .transform(text => text.split(',').map(each => each.trim()))
    .transform(list => (list.includes(any) ? undefined : list))
    .pipe(z.array(word).min(1).optional());
export const words = listOf(z.string().min(1));
export const oneOf = <const Word extends string>(known: readonly Word[]) =>
  listOf(z.enum(known) as z.ZodType<Word, string>);

/** What every list of findings is asked for. */
export const commonShape = {
  team: words.optional(),
  service: words.optional(),
  environment: words.optional(),
  scope: words.optional(),
  severity: oneOf(severities).optional(),
  state: oneOf(['open', 'excepted', 'unknown']).optional(),
  min_age_days: z.coerce.number().min(0).max(36_500).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().optional(),
};

const commonSchema = z.strictObject(commonShape);
/** `sort` is the domain's: the orders that it has. */
export type CommonQuery = z.infer<typeof commonSchema> & { readonly sort: string };

export const listName = 'findings';
const invalid = (reason: string, name: string = listName) => new PlumblineError('QUERY_INVALID', { name, reason });

/** Of the list `name`. Errors: QUERY_INVALID; READ_FORBIDDEN where a team's token asks for another team by name. */
export function readListQuery<Query extends Pick<CommonQuery, 'team'>>(
  schema: z.ZodType<Query> & { readonly shape: object },
  query: Readonly<Record<string, string>>,
  principal: Principal,
  name: string = listName,
): Query {
  const parsed = schema.safeParse(query);
  if (!parsed.success) {
    const known = Object.keys(schema.shape).join(', ');
    const [issue] = parsed.error.issues;
    if (issue?.code === 'unrecognized_keys')
      throw invalid(`there is no parameter ${issue.keys.join(', ')}; there are ${known}`, name);
    throw invalid(
      `${issue?.path[0] === undefined ? '' : `${String(issue.path[0])}: `}${issue?.message ?? 'not understood'}`,
      name,
    );
  }
  const { team = [] } = parsed.data;
  const foreign = principal.role === 'team' ? team.filter(one => one !== principal.team && one !== 'unowned') : [];
  if (foreign.length > 0)
    throw new PlumblineError('READ_FORBIDDEN', {
      ...{ principal: principal.name, name, reason: `they are ${foreign.join(', ')}'s` },
    });
  return parsed.data;
}

/** The last item of a page: the next one begins after it. */
export interface Place {
  readonly rank: string;
  readonly opened: string;
  readonly finding: string;
  readonly scope: string;
}

export const cursorOf = (sort: string, { rank, opened, finding, scope }: Place): string =>
  Buffer.from(JSON.stringify([sort, rank, opened, finding, scope])).toString('base64url');

/** Errors: QUERY_INVALID for what is no cursor of ours, or one of another order. */
export function placeOf({ cursor, sort }: Pick<CommonQuery, 'cursor' | 'sort'>): Place | undefined {
  if (cursor === undefined) return undefined;
  try {
    const shape = z.tuple([
      z.literal(sort),
      z.string().regex(/^\d{1,12}$/),
      z.string().regex(/^\d{1,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/),
      z.string().regex(/^-?\d{1,39}$/),
      z.string().max(2_000),
    ]);
    const [, rank, opened, finding, scope] = shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { rank, opened, finding, scope };
  } catch {
    throw invalid('cursor: it is not one that a page with this sort gave');
  }
}
