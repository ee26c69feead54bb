import type { LedgerCommand } from './command.ts';
import { explainCommand } from './explain.ts';
import { findCommand } from './find.ts';
import { gateCommand } from './gate.ts';
import { historyCommand } from './history.ts';
import { inspectCommand } from './inspect.ts';
import { pageCommand } from './page.ts';
import { reviewCommand } from './review.ts';

/** What the server does for commands while it holds the ledgers. */
export const ledgerCommands = [
  pageCommand,
  explainCommand,
  inspectCommand,
  historyCommand,
  reviewCommand,
  findCommand,
  gateCommand,
] as unknown as readonly LedgerCommand[];
