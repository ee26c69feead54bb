/** Asks every exporter for its part of a month's review. */
import { z } from 'zod';
import { utcDay } from '../../core/time.ts';
import { PlumblineError } from '../errors.ts';
import { defineLedgerCommand } from './command.ts';
import { refreshOnce } from './refresh.ts';

export interface ReviewOutput {
  readonly month: string;
  /** One text a team; of all teams together where it names none. */
  readonly reviews: readonly { readonly team?: string; readonly text: string }[];
}

export const reviewCommand = defineLedgerCommand({
  name: 'review',
  input: z.strictObject({
    /** The last one that is over, unless given. */
    month: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
      .optional(),
    team: z.string().min(1).optional(),
    refresh: z.boolean(),
  }),
  run: async (session, { month: asked, team, refresh }, progress): Promise<ReviewOutput> => {
    const now = session.now();
    const last = utcDay(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1))).slice(0, 7);
    const month = asked ?? last;
    if (month > last)
      throw new PlumblineError('COMMAND_USAGE', {
        reason: `${month} is not over yet; the last month that is, is ${last}`,
      });
    const reviews = new Map<string | undefined, string[]>();
    for (const runtime of session.runtimes) {
      if (runtime.exporter.review === undefined) continue;
      if (refresh) await refreshOnce(runtime, progress);
      progress.stage(`reviewing ${month} of ${runtime.exporter.name}`);
      const wanted = { month, ...(team === undefined ? {} : { team }) };
      for (const part of await runtime.exporter.review(runtime.ledger, wanted))
        reviews.set(part.team, [...(reviews.get(part.team) ?? []), part.text]);
    }
    progress.end();
    return {
      month,
      reviews: [...reviews].map(([of, texts]) => ({
        ...(of === undefined ? {} : { team: of }),
        text: texts.join('\n'),
      })),
    };
  },
});
