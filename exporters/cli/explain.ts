import { Argument, Command } from 'commander';
import { loadConfig } from '../config.ts';
import { readOwnership } from '../registry.ts';
import { runOnLedger } from './ask.ts';
import { exitCodes } from './exit.ts';
import { type ExplainKind, explainCommand, explainKinds, unknownText } from './ledger/explain.ts';
import { configOption } from './options.ts';
import { print, say } from './output.ts';

export const explainSubcommand = (): Command =>
  new Command('explain')
    .description('tell who owns a thing, by which rule, and since when')
    .addArgument(new Argument('<kind>', 'what it is').choices(explainKinds))
    .argument('<id>', 'its id, as the system that knows it writes it')
    .addOption(configOption())
    .action(explain);

async function explain(kind: ExplainKind, id: string, options: { readonly config: string }): Promise<void> {
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
