/** An item of `cost.aws_cur` in plumbline.yaml. */
import { z } from 'zod';
import { bucketSchema } from '../../../vendors/aws/config.ts';
import { billFileShape, sourceName } from '../../bills/config.ts';

const { delivery: _, ...fileShape } = billFileShape;

export const awsCurSchema = z
  .strictObject({
    name: sourceName('aws-cur'),
    path: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe('A folder with the reports and their manifests as they lie in the bucket, relative to this file.'),
    bucket: bucketSchema.optional().describe('The bucket that AWS delivers the reports to.'),
    history_months: z
      .int()
      .min(1)
      .max(120)
      .default(13)
      .describe('How many billing periods are downloaded from the bucket, the running one included.'),
    ...fileShape,
  })
  .check(ctx => {
    const { path, bucket } = ctx.value;
    if ((path === undefined) !== (bucket === undefined)) return;
    const message =
      path === undefined ? 'expected a path or a bucket' : 'stands beside bucket; expected one of the two';
    ctx.issues.push({ code: 'custom', input: path, path: ['path'], message });
  });

export type AwsCurConfig = z.infer<typeof awsCurSchema>;
