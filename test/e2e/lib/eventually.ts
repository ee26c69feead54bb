import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again until it doesn't throw; throws the last error after `withinMs`. For what another process does in its own time. */
export async function eventually<T>(look: () => Promise<T> | T, withinMs = 120_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(200);
    }
  }
}
