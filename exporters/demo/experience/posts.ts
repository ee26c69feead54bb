/** The portal that posts: what was done in it in the last minutes, to a server that is running. */
import fetch from 'node-fetch';
import type { Span } from '../policy/story.ts';
import { portalRecords } from './portal.ts';

const mostRecords = 2_000;

/** Bodies of posts to /ingest/experience/backstage. */
export function portalPosts(span: Span, story: Date): readonly Buffer[] {
  const records = portalRecords(span, story);
  const bodies: Buffer[] = [];
  for (let first = 0; first < records.length; first += mostRecords)
    bodies.push(Buffer.from(JSON.stringify(records.slice(first, first + mostRecords))));
  return bodies;
}

const beatMs = 300_000;

/** Posts what is done from now on, every few minutes; what the server does not take comes again. Returns what ends that. */
export function keepPortalPosting(
  { url, token }: { readonly url: string; readonly token: string },
  story: Date,
): () => void {
  let told = new Date();
  const turn = async () => {
    const until = new Date();
    for (const body of portalPosts({ from: told, until }, story)) {
      const response = await fetch(new URL('/ingest/experience/backstage', url), {
        ...{ method: 'POST', body },
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
      if (!response.ok) return;
    }
    told = until;
  };
  const timer = setInterval(() => void turn().catch(() => undefined), beatMs);
  return () => clearInterval(timer);
}
