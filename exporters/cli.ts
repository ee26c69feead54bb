/** The command `plumbline`: one subcommand a file in cli/. */
import { CommanderError } from 'commander';
import { exitCodeOf, exitCodes } from './cli/exit.ts';
import { explainError } from './cli/failure.ts';
import { createProgram } from './cli/program.ts';

// A reader that leaves early (head, less) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  process.stderr.write(`plumbline: could not write to standard output: ${error.code ?? error.message}\n`);
  process.exit(exitCodes.problem);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  // Commander has printed its own message.
  if (!(error instanceof CommanderError)) process.stderr.write(explainError(error, process.argv.includes('--debug')));
  process.exitCode = exitCodeOf(error);
}
