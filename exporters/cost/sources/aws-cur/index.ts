/**
 * AWS Cost and Usage Reports, legacy and 2.0 (Data Exports), in a folder or in the bucket that AWS delivers them to. What
 * is read is what manifests list; the newest whole version of a billing period takes the place of those before it,
 * whether AWS overwrites reports or makes new ones.
 */
import type { ReadSource } from '../../../core/source.ts';
import type { S3Options } from '../../../vendors/aws/s3.ts';
import { fileOptions } from '../../bills/config.ts';
import { billFiles, isBill } from '../../bills/files.ts';
import type { ReadsOf } from '../../bills/reads.ts';
import type { AwsCurConfig } from './config.ts';
import { curDeliveries } from './deliveries.ts';
import { awsCurDialect } from './dialect.ts';
import { fetchReports, folderOf } from './fetch.ts';
import { isManifest, manifestReader } from './manifests.ts';

/** Throws BILL_NOT_FOUND from a refresh where there is no report at all, and the errors of S3. */
export function awsCurSource(config: AwsCurConfig, readsOf: ReadsOf, s3?: S3Options): ReadSource {
  const { name, bucket, history_months: historyMonths } = config;
  const readManifest = manifestReader();
  const fetching = bucket && { name, bucket, historyMonths, readManifest, ...(s3 && { s3 }) };
  return billFiles(
    {
      ...fileOptions({ ...config, path: config.path ?? '', delivery: undefined }),
      what: 'Cost and Usage Report',
      key: 'cost.aws_cur[].path',
      dialect: awsCurDialect,
      isBill: file => isBill(file) || isManifest(file),
      deliveriesOf: look => curDeliveries(look, readManifest),
      ...(fetching && {
        path: context => folderOf(context, fetching),
        fetch: context => fetchReports(context, fetching),
      }),
    },
    readsOf,
  );
}
