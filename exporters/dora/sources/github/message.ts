/** What a commit's message says besides its subject: what it reverts, was picked from, and which pull request it is of. */
import type { CommitFact } from '../../facts.ts';

type Said = Pick<CommitFact, 'subject' | 'reverts' | 'pickedFrom' | 'pullRequest'>;

export function messageOf(message: string): Said {
  const subject = message.split('\n', 1)[0] ?? '';
  const shas = (pattern: RegExp) => [...message.matchAll(pattern)].map(([, sha = '']) => sha.toLowerCase());
  const reverts = shas(/\bThis reverts commit ([0-9a-f]{7,40})\b/gi);
  const pickedFrom = shas(/\(cherry picked from commit ([0-9a-f]{7,40})\)/gi);
  // A merge, and a squash, as GitHub writes them.
  const number = /^Merge pull request #(\d+) /.exec(subject)?.[1] ?? /\(#(\d+)\)\s*$/.exec(subject)?.[1];
  return {
    subject,
    ...(reverts.length > 0 ? { reverts } : {}),
    ...(pickedFrom.length > 0 ? { pickedFrom } : {}),
    ...(number === undefined ? {} : { pullRequest: Number(number) }),
  };
}
