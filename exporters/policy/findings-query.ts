/** The parameters of policy's list of findings. */
import { z } from 'zod';
import type { Principal } from '../core/source.ts';
import { commonShape, oneOf, readListQuery, words } from '../findings/api/query.ts';
import { enforcements } from '../findings/report.ts';

const querySchema = z.strictObject({
  ...commonShape,
  engine: words.optional(),
  policy: words.optional(),
  requirement: words.optional(),
  enforcement: oneOf(enforcements).optional(),
  sort: z.enum(['age', 'severity']).default('severity'),
});

export type FindingsQuery = z.infer<typeof querySchema>;

/** Errors: QUERY_INVALID; READ_FORBIDDEN where a team's token asks for another team by name. */
export const readQuery = (query: Readonly<Record<string, string>>, principal: Principal): FindingsQuery =>
  readListQuery(querySchema, query, principal);
