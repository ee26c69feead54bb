/** An item of `dora.github` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const githubSchema = z.strictObject({
  name: sourceName('github'),
  every: every(300),
});

export type GitHubConfig = z.infer<typeof githubSchema>;
