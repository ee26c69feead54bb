/** Where a package is, by the bills of materials and what runs. */
import { z } from 'zod';
import type { ApiItem } from '../../core/api.ts';
import { defineLedgerCommand } from './command.ts';
import { wholeList } from './list.ts';

export interface FindOutput {
  readonly columns: readonly string[];
  readonly items: readonly ApiItem[];
}

export const findCommand = defineLedgerCommand({
  name: 'find',
  input: z.strictObject({
    purl: z.string().min(1),
    range: z.string().optional(),
    team: z.string().optional(),
    environment: z.string().optional(),
    service: z.string().optional(),
    running: z.boolean(),
  }),
  run: (session, { running, ...asked }): Promise<FindOutput> => {
    const given = Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return wholeList(session, 'components', {
      ...Object.fromEntries(given),
      ...(running ? { running: 'true' } : {}),
      limit: '10000',
    });
  },
});
