import type { TestContext } from 'node:test';

const pending = new WeakMap<TestContext, (() => unknown)[]>();

/** Runs when the test ends, the last one first: `t.after` runs them in order, and would remove a folder under a server. */
export function cleanup(t: TestContext, work: () => unknown): void {
  const known = pending.get(t);
  if (known) return void known.push(work);
  const list = [work];
  pending.set(t, list);
  t.after(async () => {
    for (const each of list.toReversed()) await each();
  });
}
