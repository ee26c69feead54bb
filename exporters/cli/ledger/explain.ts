/** Asks every exporter for what it knows of one thing. */
import { z } from 'zod';
import { defineLedgerCommand } from './command.ts';

export const explainKinds = [
  'service',
  'resource',
  'repository',
  'image',
  'deployment',
  'pull-request',
  'finding',
  'policy',
  'feature',
  'survey',
] as const;
export type ExplainKind = (typeof explainKinds)[number];

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

/** Why nothing is known of a thing, and what to do about it. `reads`: the attributes that rules read. */
export function unknownText(kind: ExplainKind, id: string, reads: readonly string[], file: string): string {
  const unknown = `no exporter knows the ${kind.replace('-', ' ')} ${id}`;
  if (kind !== 'resource') return unknown;
  if (reads.includes(kind))
    return `${unknown}
  a rule reads ids of resources, so each that was seen is kept, letter by letter as the bill writes it
  where the rule or the bill is new, "plumbline scrape" reads it`;
  return `the ledger keeps no ids of resources, as no rule reads them, so nothing is known of ${id}
  add a rule under ownership.rules in ${file}, and the bills are read again with their ids:
    - { name: checkout resources, resource: "*checkout*", service: checkout }`;
}
