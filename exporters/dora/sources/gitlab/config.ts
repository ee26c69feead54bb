/** An item of `dora.gitlab` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const gitlabSchema = z.strictObject({
  name: sourceName('gitlab'),
  every: every(300),
});

export type GitLabConfig = z.infer<typeof gitlabSchema>;
