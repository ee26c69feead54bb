/** The parameters of the supply chain's list of findings. */
import { z } from 'zod';
import type { Principal } from '../core/source.ts';
import { commonShape, oneOf, readListQuery, words } from '../findings/api/query.ts';
import { findingClasses } from './document.ts';

const querySchema = z.strictObject({
  ...commonShape,
  class: oneOf(findingClasses).optional(),
  vulnerability: words.optional(),
  package: words.optional(),
  image: words.optional(),
  repository: words.optional(),
  fix: oneOf(['available', 'none', 'unknown']).optional(),
  exploited: oneOf(['yes', 'no']).optional(),
  sla: oneOf(['breached', 'due', 'within', 'waiting', 'none']).optional(),
  sort: z.enum(['age', 'severity', 'due']).default('severity'),
});

export type FindingsQuery = z.infer<typeof querySchema>;

/** Errors: QUERY_INVALID; READ_FORBIDDEN where a team's token asks for another team by name. */
export const readQuery = (query: Readonly<Record<string, string>>, principal: Principal): FindingsQuery =>
  readListQuery(querySchema, query, principal);
