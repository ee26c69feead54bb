/** Runs a ledger command here, or asks the server that holds the ledger. */
import fetch, { type Response } from 'node-fetch';
import type { Config } from '../config.ts';
import { kindOfCode } from '../core/errors.ts';
import { PlumblineError } from './errors.ts';
import type { CommandAnswer, LedgerCommand } from './ledger/command.ts';
import { localServer, probe, reasonOf } from './local.ts';
import { quietLog } from './log.ts';
import { say } from './output.ts';
import { createProgress } from './progress.ts';
import { openSession } from './session.ts';

/** Errors: those of the command; LEDGER_UNANSWERED where another process holds the ledger and no server answers. */
export async function runOnLedger<Input, Output>(
  command: LedgerCommand<Input, Output>,
  config: Config,
  input: Input,
  options: { readonly only?: readonly string[]; readonly reassignFrom?: string } = {},
): Promise<Output> {
  const progress = createProgress();
  try {
    const session = await openSession(config, { log: quietLog(), progress: progress.report, ...options });
    try {
      return await command.run(session, input, progress);
    } finally {
      progress.end();
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof PlumblineError) || error.code !== 'LEDGER_LOCKED') throw error;
    return (await askServer(command.name, config, input, error)) as Output;
  }
}

async function askServer(
  name: string,
  config: Config,
  input: unknown,
  locked: InstanceType<typeof PlumblineError>,
): Promise<unknown> {
  const { url, token } = localServer(config);
  const { path, pid } = locked.details;
  const unanswered = (reason: string, cause?: unknown) =>
    new PlumblineError('LEDGER_UNANSWERED', { path, pid, url, reason }, cause);
  if (token === undefined) throw unanswered(`there is no admin-token in ${config.data_dir}`);
  say(`the ledger is open in process ${pid}; asking its server at ${url}`);
  // A command may take its time; a server that is stopped or stuck shows here.
  const health = await probe(url);
  if (!health.healthy) throw unanswered(health.reason, health.cause);
  let response: Response;
  try {
    response = await fetch(`${url}/command/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
  } catch (error) {
    throw unanswered(reasonOf(error), error);
  }
  const text = await response.text();
  if (response.status !== 200) throw unanswered(`it answered ${response.status} ${response.statusText}`);
  let answer: CommandAnswer;
  try {
    answer = JSON.parse(text) as CommandAnswer;
  } catch {
    throw unanswered('it answered with something else than JSON');
  }
  if (!('error' in answer)) return answer.output;
  const { code, message, remedy } = answer.error;
  if (code === 'COMMAND_USAGE') throw new PlumblineError('COMMAND_USAGE', { reason: message });
  const error = new PlumblineError('REMOTE_COMMAND', { url, command: name, reason: message });
  const kind = code === undefined ? undefined : kindOfCode(code);
  // The exit code and what to do are those of the error on the server.
  throw kind === undefined ? error : Object.assign(error, { code, kind, ...(remedy === undefined ? {} : { remedy }) });
}
