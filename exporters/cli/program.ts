/** All subcommands; errors are thrown, so that one place gives the exit code. */
import { Command } from 'commander';
import { checkCommand } from './check.ts';
import { eventSubcommand } from './event.ts';
import { exitCodeHelp } from './exit.ts';
import { explainSubcommand } from './explain.ts';
import { findSubcommand } from './find.ts';
import { gateSubcommand } from './gate.ts';
import { historySubcommand } from './history.ts';
import { initCommand } from './init.ts';
import { lintSubcommand } from './lint.ts';
import { renderCommand } from './render.ts';
import { reviewSubcommand } from './review.ts';
import { routeSubcommand } from './route.ts';
import { scrapeCommand } from './scrape.ts';
import { serveCommand } from './serve.ts';
import { sloSubcommand } from './slo.ts';
import { startCommand } from './start.ts';
import { version, versionCommand } from './version.ts';

export function createProgram(): Command {
  const program = new Command('plumbline')
    .description(
      'Cost, delivery, policy, supply chain and developer experience per team, over time, in Prometheus and Grafana.',
    )
    .version(version)
    .option('--debug', 'show the stack of an error')
    .addHelpText('after', exitCodeHelp)
    .showHelpAfterError('(see plumbline help)')
    .exitOverride();
  const subcommands = [
    initCommand(),
    serveCommand(),
    scrapeCommand(),
    historySubcommand(),
    checkCommand(),
    explainSubcommand(),
    reviewSubcommand(),
    findSubcommand(),
    gateSubcommand(),
    eventSubcommand(),
    renderCommand(),
    routeSubcommand(),
    sloSubcommand(),
    lintSubcommand(),
    startCommand(),
    versionCommand(),
  ];
  for (const command of subcommands)
    for (const one of [command, ...command.commands])
      one
        .copyInheritedSettings(program)
        .option('--debug', 'show the stack of an error')
        .addHelpText('after', exitCodeHelp);
  for (const command of subcommands) program.addCommand(command);
  return program;
}
