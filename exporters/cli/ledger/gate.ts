/** Whether an image may be deployed, by what the ledger knows of it. */
import { z } from 'zod';
import type { ApiItem } from '../../core/api.ts';
import { defineLedgerCommand } from './command.ts';
import { wholeList } from './list.ts';

export const gateCommand = defineLedgerCommand({
  name: 'gate',
  input: z.strictObject({ image: z.string().min(1), environment: z.string().min(1).optional() }),
  run: async (session, { image, environment }): Promise<{ readonly items: readonly ApiItem[] }> => {
    const { items } = await wholeList(session, 'gate', {
      image,
      ...(environment === undefined ? {} : { environment }),
    });
    return { items };
  },
});
