import { Argument, Command } from 'commander';
import { loadConfig } from '../config.ts';
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

async function explain(
  kind: (typeof explainKinds)[number],
  id: string,
  options: { readonly config: string },
): Promise<void> {
  const config = await loadConfig(options.config);
  const { texts } = await runOnLedger(explainCommand, config, { kind, id });
  if (texts.length === 0) {
    say(`plumbline: no exporter knows the ${kind} ${id}`);
    say('  ids of resources are kept only where a rule of ownership reads them');
    process.exitCode = exitCodes.problem;
    return;
  }
  await print(`${texts.join('\n\n')}\n`);
}
