/** What the ledger holds of a cluster's pods and namespaces between two refreshes. */
import { breather } from '../../../core/breathe.ts';
import type { Reader, Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import type { KnownPod } from './pod.ts';

export interface Kept {
  /** Those that are there, and those that are gone: of these the containers of jobs alone count, for a while. */
  readonly pods: readonly KnownPod[];
  /** Labels by namespace; empty where namespaces are not read. */
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export async function kept(reader: Reader, source: string, paths: readonly string[]): Promise<Kept> {
  const rows = await reader.all(
    `SELECT name, body, path LIKE '%/pods' AS is_pod, strftime(gone_at, '%Y-%m-%dT%H:%M:%S.%gZ') AS gone
     FROM kubernetes_objects 
     WHERE source = $source AND list_contains(from_json($paths::JSON, '["VARCHAR"]'), path)
     ORDER BY path, namespace, name`,
    { source, paths: JSON.stringify(paths) },
  );
  const pods: KnownPod[] = [];
  const labels = new Map<string, Readonly<Record<string, string>>>();
  const breathe = breather();
  for (const { name, body, is_pod: isPodRow, gone } of rows) {
    if (breathe.due()) await breathe.now();
    if (isPodRow === true)
      pods.push(goneAt(JSON.parse(String(body)) as KnownPod, gone === null ? undefined : String(gone)));
    else labels.set(String(name), JSON.parse(String(body)) as Readonly<Record<string, string>>);
  }
  return { pods, labels };
}

/** What ran in a pod that is gone ended with it. */
const goneAt = (pod: KnownPod, gone: string | undefined): KnownPod =>
  gone === undefined ? pod : { ...pod, containers: pod.containers.map(container => ({ endedAt: gone, ...container })) };

/** Something has changed that was not told yet: by this refresh, or by one that was broken off. */
export const isPending = async (reader: Reader, source: string): Promise<boolean> =>
  (await reader.scalar('SELECT count(*) FROM kubernetes_objects WHERE source = $source AND NOT is_told', {
    source,
  })) !== '0';

export async function noteTold(tx: Transaction, source: string, goneBefore: Date): Promise<void> {
  await tx.run('UPDATE kubernetes_objects SET is_told = true WHERE source = $source AND NOT is_told', { source });
  await tx.run(`DELETE FROM kubernetes_objects WHERE source = $source AND gone_at <= $before::TIMESTAMP`, {
    source,
    before: sqlTime(goneBefore),
  });
  tx.touch('kubernetes_objects');
}
