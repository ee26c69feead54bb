/** Posts events of delivery to a running Plumbline, as a pipeline would. */
import assert from 'node:assert/strict';
import type { Plumbline } from './plumbline.ts';

export const tokens = [{ name: 'ci', role: 'admin', token: 'a-token-of-the-tests-that-is-long-enough' }] as const;

export async function postEvents(
  { url }: Pick<Plumbline, 'url'>,
  ...events: readonly Readonly<Record<string, unknown>>[]
): Promise<void> {
  const answer = await fetch(`${url}/push/dora/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens[0].token}`, 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  assert.equal(answer.status < 300, true, `${answer.status} ${await answer.text()}`);
}

export const pageOf = async ({ url }: Pick<Plumbline, 'url'>): Promise<string> =>
  (await fetch(`${url}/metrics`)).text();

/** Values of the samples of one family on a page, by the label block as it is written. */
export const samplesOf = (page: string, family: string): ReadonlyMap<string, number> =>
  new Map(
    page.split('\n').flatMap(line => {
      const found = /^(\w+)\{(.*)\} (\S+)/.exec(line);
      return found?.[1] === family ? [[found[2] ?? '', Number(found[3])] as const] : [];
    }),
  );

/**
 * Whether the numbers on a page are of after its sources were read: a source says so at once, while the numbers stand
 * until the next snapshot. To be asked of the pages of one server in their order, once all of its sources were read.
 */
export function takenAfterFirstRead(): (page: string) => boolean {
  let read: number | undefined;
  return page => {
    read ??= Math.max(...samplesOf(page, 'plumbline_source_last_success_timestamp_seconds').values());
    const [taken = 0] = samplesOf(page, 'plumbline_snapshot_timestamp_seconds').values();
    return taken >= read;
  };
}
