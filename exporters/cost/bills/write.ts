/** Writes a prepared delivery: postings, what was seen of its files, and what was refused; one transaction. */
import path from 'node:path';
import { noteFiles } from '../../core/file-notes.ts';
import type { Transaction } from '../../core/ledger.ts';
import type { BatchCounts } from '../../core/source.ts';
import { sqlTime } from '../../core/time.ts';
import type { Delivery } from './deliveries.ts';
import { noteStatements } from './periods.ts';
import { post } from './post.ts';
import { isMoving, type Prepared } from './prepare.ts';
import type { Role } from './role.ts';

export interface WriteInput {
  readonly prepared: Prepared;
  readonly delivery: Delivery;
  readonly source: string;
  readonly role: Role;
  readonly shape: string;
  readonly now: Date;
}

export async function writePrepared(tx: Transaction, input: WriteInput): Promise<BatchCounts> {
  const { prepared, delivery, source, role, shape } = input;
  const { staged, notes, refused } = prepared;
  const now = sqlTime(input.now);
  const origin = await takeOver(tx, input);
  await noteFiles(tx, source, notes, { now: input.now, gone: staged ? delivery.gone : [] });
  let changed = 0;
  if (staged)
    changed += await post(tx, {
      staged,
      source,
      role,
      path: delivery.path,
      mtimeMs: delivery.mtimeMs,
      origin,
      shape,
      sameGrain: delivery.sameGrain,
      now,
    });
  if (prepared.statements.length > 0) changed += await noteStatements(tx, prepared.statements, now);
  await replaceRejects(tx, input, now);
  const rejected: Record<string, number> = { ...(isHeld(prepared) ? {} : prepared.read?.rejected) };
  let waiting = 0;
  for (const { reason } of refused.values())
    if (isMoving(reason)) waiting += 1;
    else rejected[`file_${reason}`] = (rejected[`file_${reason}`] ?? 0) + 1;
  const records = notes.reduce((sum, note) => sum + (note.state === 'loaded' ? note.records : 0), 0);
  return { records, changed, rejected, waiting };
}

/** A delivery that waits for a part is read again as a whole: of now it only tells what is wrong with that part. */
const isHeld = ({ notes }: Prepared) => notes.some(({ reason }) => reason === 'held_back');

/** A file or folder that was only given another name goes on posting to its old origin. */
async function takeOver(tx: Transaction, input: WriteInput): Promise<string | undefined> {
  const { prepared, delivery, source } = input;
  if (prepared.renamed.size === 0 || delivery.origin === undefined) return delivery.origin;
  const [old] = await tx.all(
    `SELECT d.origin, d.path FROM deliveries d
     WHERE d.source = $source AND list_contains(from_json($paths, '["VARCHAR"]'), d.path)
     ORDER BY length(d.path) DESC LIMIT 1`,
    { source, paths: JSON.stringify([...prepared.renamed.keys()].flatMap(withFolders)) },
  );
  await noteFiles(tx, source, [], { now: input.now, gone: [...prepared.renamed.keys()] });
  return old ? String(old.origin) : delivery.origin;
}

/** A path and all folders above it. */
const withFolders = (file: string): string[] =>
  path.dirname(file) === file ? [] : [file, ...withFolders(path.dirname(file))];

/** The rejects of the files just read take the place of their earlier ones. */
async function replaceRejects(tx: Transaction, input: WriteInput, now: string): Promise<void> {
  const { prepared, delivery, source } = input;
  const paths = [...prepared.notes.map(note => note.path), ...delivery.gone];
  await tx.run(`DELETE FROM rejects WHERE source = $source AND list_contains(from_json($paths, '["VARCHAR"]'), file)`, {
    source,
    paths: JSON.stringify(paths),
  });
  if (prepared.read)
    await tx.run(
      `INSERT INTO rejects SELECT $source, file, line, reason, field, value, $now::TIMESTAMP FROM ${prepared.read.rejects}
       WHERE NOT $held OR list_contains(from_json($refused, '["VARCHAR"]'), file)`,
      { source, now, held: isHeld(prepared), refused: JSON.stringify([...prepared.refused.keys()]) },
    );
  // One that is still being written is no reject: it stands in `files` until its turn.
  for (const [file, { reason, detail }] of [...prepared.refused].filter(([, refusal]) => !isMoving(refusal.reason)))
    await tx.run(`INSERT INTO rejects VALUES ($source, $file, NULL, $reason, $field, $value, $now::TIMESTAMP)`, {
      source,
      file,
      reason: `file_${reason}`,
      field: reason.endsWith('_column') ? detail : null,
      value: reason.endsWith('_column') || detail === '' ? null : detail,
      now,
    });
  tx.touch('rejects');
}
