/** `supply_chain.posts` in plumbline.yaml. */
import { z } from 'zod';

export const postsSchema = z.strictObject({
  stale: z
    .number()
    .positive()
    .default(168)
    .describe('Hours after which what was posted is unknown unless a newer document is; a post may say its own.'),
});

export type PostsConfig = z.infer<typeof postsSchema>;
