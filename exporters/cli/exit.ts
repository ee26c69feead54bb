/** Exit codes, and which one an error means. */
import { CommanderError } from 'commander';
import { type ErrorKind, PlumblineError } from '../core/errors.ts';

export const exitCodes = {
  ok: 0,
  problem: 1,
  usage: 2,
  locked: 3,
  remote: 4,
  interrupted: 130,
} as const;

export const exitCodeHelp = `
Exit codes:
  0    done
  1    something is wrong with the data, or a check has failed
  2    wrong usage or configuration
  3    the ledger is held by another process that does not answer
  4    a remote system could not be reached, or refused
  130  interrupted`;

const ofKind = {
  usage: exitCodes.usage,
  locked: exitCodes.locked,
  remote: exitCodes.remote,
  problem: exitCodes.problem,
} as const satisfies Record<ErrorKind, number>;

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof RangeError) return exitCodes.usage;
  return error instanceof PlumblineError ? ofKind[error.kind] : exitCodes.problem;
}
