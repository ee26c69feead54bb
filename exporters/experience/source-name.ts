/** What the configuration of every source of this room has. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const sourceName = (name: string) =>
  text
    .default(name)
    .describe('Names the source; what was read is kept by this name, so several need one each, and keep it.');

export const every = (seconds: number) => z.int().min(1).default(seconds).describe('Seconds between two refreshes.');
