/** Which content a document is about: digests that are known to be of one content are one artifact. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { ledgerTime } from '../../findings/staged-values.ts';
import type { Artifact } from '../document.ts';
import { unionFind } from './union.ts';

const storeSql = readFileSync(new URL('./artifacts.sql', import.meta.url), 'utf8');
const mergeSql = readFileSync(new URL('./merge-artifacts.sql', import.meta.url), 'utf8');

export interface Mention {
  readonly artifact: Artifact;
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What a content without a digest is called. */
const nameKey = ({ kind, name, tag }: Artifact) => (kind === 'image' && tag !== undefined ? `${name}:${tag}` : name);

// What a repository holds is what its newest scan found, whatever its commits are called.
const isByDigest = ({ kind, digests }: Artifact) => kind !== 'repository' && digests.length > 0;

/**
 * Stores the artifacts and returns the key of each; where two turn out to be the same, the one that is known longer stays
 * (the temporary table merged_artifacts has them: loser, survivor).
 */
export async function storeArtifacts(
  tx: Transaction,
  mentions: readonly Mention[],
): Promise<(artifact: Artifact) => string> {
  const sets = unionFind();
  const byDigest = mentions.filter(({ artifact }) => isByDigest(artifact));
  for (const { artifact } of byDigest) sets.join(artifact.digests.map(digest => `d ${digest}`));
  const digests = [...new Set(mentions.flatMap(({ artifact }) => artifact.digests))];
  await stage(
    tx,
    'heard_digests',
    { digest: 'VARCHAR' },
    digests.map(digest => ({ digest })),
  );
  const known = await tx.all(
    `SELECT digest, artifact, epoch_ms(first_at) AS first_at FROM artifact_digests
     SEMI JOIN heard_digests USING (digest) JOIN artifacts USING (artifact) WHERE kind <> 'repository'`,
  );
  const knownSince = new Map(known.map(row => [String(row.artifact), Number(row.first_at)]));
  for (const row of known) sets.join([`d ${row.digest}`, `a ${row.artifact}`]);

  const earliest = [...byDigest].sort((a, b) => a.at - b.at || (nameKey(a.artifact) < nameKey(b.artifact) ? -1 : 1));
  const keys = new Map<string, string>();
  const merged: { readonly loser: string; readonly survivor: string }[] = [];
  for (const [root, members] of sets.groups()) {
    const [survivor, ...losers] = members
      .filter(member => member.startsWith('a '))
      .map(member => member.slice(2))
      .sort((a, b) => knownSince.get(a)! - knownSince.get(b)! || (a < b ? -1 : 1));
    if (survivor === undefined) continue;
    keys.set(root, survivor);
    for (const loser of losers) merged.push({ loser, survivor });
  }
  for (const { artifact } of earliest) {
    const root = sets.find(`d ${artifact.digests[0]}`);
    if (!keys.has(root)) keys.set(root, artifact.digests[0]!);
  }
  const keyOf = (artifact: Artifact) =>
    isByDigest(artifact) ? keys.get(sets.find(`d ${artifact.digests[0]}`))! : nameKey(artifact);

  await stage(tx, 'merged_artifacts', { loser: 'VARCHAR', survivor: 'VARCHAR' }, merged);
  if (merged.length > 0) await tx.run(mergeSql);
  await stage(
    tx,
    'heard_artifacts',
    {
      ...{ artifact: 'VARCHAR', kind: 'VARCHAR', name: 'VARCHAR', tag: 'VARCHAR', owner: 'VARCHAR' },
      first_at: 'TIMESTAMP',
    },
    mentions.map(({ artifact, owner, at }) => ({
      ...{ artifact: keyOf(artifact), kind: artifact.kind, name: artifact.name, tag: artifact.tag ?? '' },
      ...{ owner, first_at: ledgerTime(at) },
    })),
  );
  const ofDigests = new Map<string, string>();
  for (const { artifact } of mentions) for (const digest of artifact.digests) ofDigests.set(digest, keyOf(artifact));
  await stage(
    tx,
    'heard_digests',
    { digest: 'VARCHAR', artifact: 'VARCHAR' },
    [...ofDigests].map(([digest, artifact]) => ({ digest, artifact })),
  );
  await tx.run(storeSql);
  tx.touch('artifacts', 'artifact_digests');
  return keyOf;
}
