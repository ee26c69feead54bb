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

/** Errors: PUSH_INVALID, which names every parameter that is wrong. A parameter that nothing reads is one. */
export function readQuery(
  query: Readonly<Record<string, string | undefined>>,
  { source, now }: { readonly source: string; readonly now: Date },
): PostQuery {
  const read = querySchema.safeParse(query);
  const invalid = (reason: string) => new PlumblineError('PUSH_INVALID', { source, reason });
  if (!read.success) throw invalid(read.error.issues.map(sentence).join('; '));
  const { at, stale, ...place } = read.data;
  if (at !== undefined && Date.parse(at) > now.getTime() + aheadMs)
    throw invalid(`the parameter at: ${at} has not come yet`);
  return {
    place: Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)),
    ...(at === undefined ? {} : { at: new Date(at) }),
    ...(stale === undefined ? {} : { staleHours: stale }),
  };
}

function sentence(issue: z.core.$ZodIssue): string {
  const known = Object.keys(querySchema.shape).join(', ');
  if (issue.code === 'unrecognized_keys')
    return `no parameter is called ${issue.keys.join(', ')}; those there are: ${known}`;
  return `the parameter ${issue.path.join('.')}: ${issue.message.replace(/^Invalid input: /, '')}`;
}
