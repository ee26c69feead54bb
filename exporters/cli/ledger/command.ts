/**
 * A command that needs the ledger: done by this process where it can open the ledger, else by the server that holds it.
 * What it takes and gives is JSON.
 */
import { z } from 'zod';
import { describeError } from '../../core/errors.ts';
import { PlumblineError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import type { Session } from '../session.ts';

export interface LedgerCommand<Input = unknown, Output = unknown> {
  readonly name: string;
  /** Checks what came over HTTP. */
  readonly input: z.ZodType<Input>;
  readonly run: (session: Session, input: Input, progress: Progress) => Promise<Output>;
}

const silent: Progress = { stage: () => undefined, report: () => undefined, end: () => undefined };

export type CommandAnswer =
  | { readonly output: unknown }
  | { readonly error: { readonly code: string | undefined; readonly message: string; readonly remedy?: string } };

/** What the server answers to `POST /command/NAME`; undefined where there is no command of the name. Never throws. */
export async function answerCommand(
  commands: readonly LedgerCommand[],
  session: Session,
  name: string,
  body: unknown,
): Promise<CommandAnswer | undefined> {
  const command = commands.find(candidate => candidate.name === name);
  if (command === undefined) return undefined;
  const input = command.input.safeParse(body);
  if (!input.success) return { error: { code: 'COMMAND_USAGE', message: z.prettifyError(input.error) } };
  try {
    return { output: await command.run(session, input.data, silent) };
  } catch (error) {
    if (error instanceof PlumblineError)
      return { error: { code: error.code, message: error.message, remedy: error.remedy } };
    const code = error instanceof RangeError ? 'COMMAND_USAGE' : undefined;
    return { error: { code, message: describeError(error) } };
  }
}

export const defineLedgerCommand = <Input, Output>(
  command: LedgerCommand<Input, Output>,
): LedgerCommand<Input, Output> => command;
