/** Where the source goes on from, repository by repository; each part is written with the facts that it stands for. */
import { z } from 'zod';

const time = z.string();

const repositoryStateSchema = z.object({
  /** How far the first reading goes back. */
  since: time,
  /** Whether the first reading is done. */
  isRead: z.boolean(),
  /** Deployments up to this id are read; a pass goes down from the newest by pages. */
  deployments: z.object({ floor: z.int(), pass: z.object({ top: z.int(), page: z.int() }).optional() }).optional(),
  /** Runs created before this are read; all of the last month are read again a day after `sweptAt`. */
  runs: z.object({ until: time, sweptAt: time }).optional(),
  /** Pull requests updated before this are read; a pass goes down from the newest by GitHub's cursors. */
  pullRequests: z
    .object({ floor: time, pass: z.object({ top: time, after: z.string().nullable() }).optional() })
    .optional(),
  issues: z.object({ since: time, checkedAt: time }).optional(),
  /** Releases created after this are read. */
  releases: z.object({ floor: time }).optional(),
  /** A reading of the history from a commit that was interrupted. */
  commits: z.object({ head: z.string(), after: z.string().nullable() }).optional(),
  /** What may not be read, and why: told once. */
  refused: z.record(z.string(), z.string()),
});

const cursorSchema = z.object({
  repositories: z.record(z.string(), repositoryStateSchema),
  /** When all repositories of an owner were listed last, and which they were. */
  listed: z.record(z.string(), z.object({ at: time, repositories: z.array(z.string()) })),
});

export type RepositoryState = z.infer<typeof repositoryStateSchema>;
export type Cursor = z.infer<typeof cursorSchema>;

/** A cursor that can't be read is none: what it stood for is read again, and is known. */
export function cursorOf(value: unknown): Cursor {
  const parsed = cursorSchema.safeParse(value);
  return parsed.success ? parsed.data : { repositories: {}, listed: {} };
}

export const iso = (at: Date | number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
