import { exitCodes } from '../exit.ts';

/** Resolves at SIGINT or SIGTERM, and sets the exit code; a second signal ends the process at once. */
export function untilStopped(): Promise<void> {
  return new Promise(resolve => {
    const stop = (signal: NodeJS.Signals) => {
      process.exitCode = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok;
      process.once('SIGINT', () => process.exit(exitCodes.interrupted));
      process.once('SIGTERM', () => process.exit(exitCodes.interrupted));
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}
