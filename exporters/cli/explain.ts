import { Argument, Command } from 'commander';
import { loadConfig } from '../config.ts';
import { readOwnership } from '../registry.ts';
import { runOnLedger } from './ask.ts';
import { exitCodes } from './exit.ts';
import { explainCommand, explainKinds } from './ledger/explain.ts';
import { configOption } from './options.ts';
import { print, say } from './output.ts';

export const explainSubcommand = (): Command =>
  new Command('explain')
    .description('tell who owns a thing, by which rule, and since when')
    .addArgument(new Argument('<kind>', 'what it is').choices(explainKinds))
    .argument('<id>', 'its id, as the system that knows it writes it')
    .addOption(configOption())
    .action(explain);

async function explain(kind: Kind, id: string, options: { readonly config: string }): Promise<void> {
  const config = await loadConfig(options.config);
  const { texts } = await runOnLedger(explainCommand, config, { kind, id });
  if (texts.length === 0) {
    const { ownership } = await readOwnership(config);
    say(`plumbline: ${unknownText(kind, id, ownership.reads.attributes, config.file)}`);
    process.exitCode = exitCodes.problem;
    return;
  }
  await print(`${texts.join('\n\n')}\n`);
}

type Kind = (typeof explainKinds)[number];

/** Why nothing is known of a thing, and what to do about it. `reads`: the attributes that rules read. */
export function unknownText(kind: Kind, id: string, reads: readonly string[], file: string): string {
  const unknown = `no exporter knows the ${kind} ${id}`;
  if (kind !== 'resource') return unknown;
  if (reads.includes(kind))
    return `${unknown}
  a rule reads ids of resources, so each that was seen is kept, letter by letter as the bill writes it
  where the rule or the bill is new, "plumbline scrape" reads it`;
  return `the ledger keeps no ids of resources, as no rule reads them, so nothing is known of ${id}
  add a rule under ownership.rules in ${file}, and the bills are read again with their ids:
    - { name: checkout resources, resource: "*checkout*", service: checkout }`;
}
