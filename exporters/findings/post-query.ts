/** What the address of a post says: POST /ingest/policy/KIND?repository=acme/shop&environment=production. */
import { z } from 'zod';
import { PlumblineError } from '../core/errors.ts';
import type { Place } from './place.ts';
import { enforcements } from './report.ts';
import { staleHoursInText } from './stale.ts';

const text = z.string().trim().min(1).max(300);

const querySchema = z.strictObject({
  scope: text.optional(),
  repository: text.optional(),
  cluster: text.optional(),
  image: text.optional(),
  service: text.optional(),
  team: text.optional(),
  environment: text.optional(),
  enforcement: z.enum(enforcements).optional(),
  exit: z.coerce.number().int().min(0).max(255).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  stale: staleHoursInText.optional(),
});

/** Clocks differ; a report that is further ahead would keep every later one from being the newest. */
const aheadMs = 24 * 3600 * 1000;

export interface PostQuery {
  readonly place: Place;
  readonly at?: Date;
  readonly staleHours?: number;
}

/** Parameters that posts of one domain have beside these. */
type Own = Readonly<Record<string, z.ZodType>>;

/**
 * Errors: PUSH_INVALID, which names every parameter that is wrong. A parameter that nothing reads is one.
 * `own` of what it returns are the values of the parameters of that name.
 */
export function readQuery<const Shape extends Own = Record<never, never>>(
  query: Readonly<Record<string, string | undefined>>,
  { source, now, own }: { readonly source: string; readonly now: Date; readonly own?: Shape },
): PostQuery & { readonly own: z.infer<z.ZodObject<Shape>> } {
  const names = Object.keys(own ?? {});
  const split = (isOwn: boolean) =>
    Object.fromEntries(Object.entries(query).filter(([key]) => names.includes(key) === isOwn));
  const read = querySchema.safeParse(split(false));
  const more = z.object(own ?? ({} as Shape)).safeParse(split(true));
  const invalid = (reason: string) => new PlumblineError('PUSH_INVALID', { source, reason });
  const known = [...Object.keys(querySchema.shape), ...names].join(', ');
  if (!read.success || !more.success)
    throw invalid(
      [read, more]
        .flatMap(one => one.error?.issues ?? [])
        .map(one => sentence(one, known))
        .join('; '),
    );
  const { at, stale, ...place } = read.data;
  if (at !== undefined && Date.parse(at) > now.getTime() + aheadMs)
    throw invalid(`the parameter at: ${at} has not come yet`);
  return {
    place: Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)),
    ...(at === undefined ? {} : { at: new Date(at) }),
    ...(stale === undefined ? {} : { staleHours: stale }),
    own: more.data,
  };
}

function sentence(issue: z.core.$ZodIssue, known: string): string {
  if (issue.code === 'unrecognized_keys')
    return `no parameter is called ${issue.keys.join(', ')}; those there are: ${known}`;
  return `the parameter ${issue.path.join('.')}: ${issue.message.replace(/^Invalid input: /, '')}`;
}
