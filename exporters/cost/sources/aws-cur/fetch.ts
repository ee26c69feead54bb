/** Brings reports from a bucket: all manifests, and of each billing period the files of the newest one that has them all. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { listFiles } from '../../../core/files.ts';
import { fileNameOf, mirror, type RemoteObject } from '../../../core/objects.ts';
import type { SourceContext } from '../../../core/source.ts';
import type { BucketConfig } from '../../../vendors/aws/config.ts';
import { type S3Options, withBucket } from '../../../vendors/aws/s3.ts';
import { PlumblineError } from '../../errors.ts';
import { inOrder } from './deliveries.ts';
import { isManifest, type manifestReader, periodOf } from './manifests.ts';

export interface FetchOptions {
  /** The source's name. */
  readonly name: string;
  readonly bucket: BucketConfig;
  readonly historyMonths: number;
  readonly readManifest: ReturnType<typeof manifestReader>;
  readonly s3?: S3Options;
}

/** The folder that holds a bucket's files: beside the ledger, one for each source, store and prefix. */
export function folderOf(context: SourceContext, { name, bucket }: Pick<FetchOptions, 'name' | 'bucket'>): string {
  const { path: ledger } = context.ledger;
  const root = ledger === ':memory:' ? path.join(os.tmpdir(), `plumbline-${process.pid}`) : path.dirname(ledger);
  const store = createHash('sha256')
    .update(JSON.stringify([bucket.endpoint, bucket.name, bucket.prefix]))
    .digest('hex');
  return path.join(root, 'objects', `${encodeURIComponent(name)}-${store.slice(0, 8)}`);
}

/** Throws BILL_NOT_FOUND where the bucket has no manifest, and what withBucket and mirror throw. */
export async function fetchReports(context: SourceContext, options: FetchOptions): Promise<void> {
  const { bucket, historyMonths, readManifest } = options;
  const { signal } = context;
  const { prefix } = bucket;
  const directory = folderOf(context, options);
  const now = context.now();
  const oldest = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - historyMonths + 1))
    .toISOString()
    .slice(0, 7);
  const isRecent = (key: string) => (periodOf(key) ?? oldest) >= oldest;
  await withBucket(
    bucket,
    async store => {
      const listed = new Map<string, RemoteObject>();
      const select = (object: RemoteObject) => {
        listed.set(object.key, object);
        return isManifest(object.key) && isRecent(object.key);
      };
      await mirror(store, { prefix, directory, select, signal, deleteDropped: true });
      const files = await listFiles(directory, () => true);
      const isKept = (file: string) => isManifest(file) && isRecent(path.relative(directory, file));
      const read = await Promise.all(
        files.filter(({ path: file }) => isKept(file)).map(file => readManifest(file, directory)),
      );
      const manifests = read.filter(manifest => manifest !== undefined);
      if (manifests.length === 0)
        throw new PlumblineError('BILL_NOT_FOUND', {
          what: 'manifest of a Cost and Usage Report',
          path: `s3://${bucket.name}/${prefix}`,
          key: 'cost.aws_cur[].bucket',
        });
      const wanted = new Set<string>();
      for (const versions of Map.groupBy(manifests, ({ unit }) => unit).values()) {
        const newest = versions.sort(inOrder).findLast(({ keys }) => keys.every(key => listed.has(key)));
        for (const key of newest?.keys ?? []) wanted.add(key);
      }
      const onProgress = (done: number, total: number) => context.progress(done, total, 'bytes');
      await mirror(store, { prefix, directory, select: ({ key }) => wanted.has(key), signal, onProgress });
      // What newer versions took the place of stands in the ledger, and takes room here.
      const kept = new Set([...wanted].map(key => path.join(directory, fileNameOf(key))));
      for (const { path: file } of files) if (!isKept(file) && !kept.has(file)) await rm(file, { force: true });
    },
    options.s3,
  );
}
