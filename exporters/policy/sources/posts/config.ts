/** `policy.posts` in plumbline.yaml. */
import { z } from 'zod';
import { staleHours } from '../../../findings/stale.ts';

export const postsSchema = z.strictObject({
  stale: staleHours
    .default(168)
    .describe('Hours after which findings are unknown unless a newer report is posted; a post may say its own.'),
});

export type PostsConfig = z.infer<typeof postsSchema>;
