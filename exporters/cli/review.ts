import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { describeError } from '../core/errors.ts';
import { runOnLedger } from './ask.ts';
import { PlumblineError } from './errors.ts';
import { exitCodes } from './exit.ts';
import { reviewCommand } from './ledger/review.ts';
import { configOption } from './options.ts';
import { count, print, say } from './output.ts';

interface Options {
  readonly config: string;
  readonly month?: string;
  readonly team?: string;
  readonly out?: string;
  readonly refresh: boolean;
}

export const reviewSubcommand = (): Command =>
  new Command('review')
    .description('write the monthly review of all teams, or of one, as Markdown')
    .addOption(
      new Option(
        '--month <month>',
        'the month (UTC), such as 2026-10; the last one that is over unless given',
      ).argParser(monthArgument),
    )
    .option('--team <team>', 'this team alone')
    .option('--out <folder>', 'a file a team into this folder, and one of all teams together')
    .option('--no-refresh', 'tell what the ledger holds, without a look at the sources')
    .addOption(configOption())
    .action(review);

async function review({ config: file, month, team, out, refresh }: Options): Promise<void> {
  const config = await loadConfig(file);
  const output = await runOnLedger(reviewCommand, config, {
    refresh,
    ...(month === undefined ? {} : { month }),
    ...(team === undefined ? {} : { team }),
  });
  if (output.reviews.length === 0) {
    const whose = team === undefined ? '' : ` for the team ${team}`;
    say(`plumbline: nothing is known${whose} of ${output.month} or the month before`);
    process.exitCode = exitCodes.problem;
    return;
  }
  if (out === undefined) return print(output.reviews.map(({ text }) => text).join('\n'));
  for (const { team: name, text } of output.reviews)
    write(path.join(out, `${fileName(name === undefined ? output.month : `${output.month}-${name}`)}.md`), text);
  await print(`${count(output.reviews.length, 'review')} of ${output.month} written to ${out}\n`);
}

/** Names of teams come from catalogs and tags: they may hold what a path means something by. */
const fileName = (name: string): string => name.replace(/[^\w.@-]+/g, '-');

function write(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new PlumblineError('FILE_UNWRITABLE', { file, reason: describeError(error) }, error);
  }
}

function monthArgument(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('expected a month such as 2026-10.');
  return text;
}
