/** Asks every exporter for what it knows of one thing. */
import { z } from 'zod';
import { defineLedgerCommand } from './command.ts';

export const explainKinds = ['resource', 'repository', 'image', 'deployment', 'finding'] as const;

export interface ExplainOutput {
  /** One text an exporter that knows the thing. */
  readonly texts: readonly string[];
}

export const explainCommand = defineLedgerCommand({
  name: 'explain',
  input: z.strictObject({ kind: z.enum(explainKinds), id: z.string().min(1) }),
  run: async (session, { kind, id }): Promise<ExplainOutput> => {
    const texts: string[] = [];
    for (const { exporter, ledger } of session.runtimes) {
      const text = await exporter.explain?.(ledger, kind, id);
      if (text !== undefined) texts.push(text);
    }
    return { texts };
  },
});
