/**
 * Documents that pipelines post: POST /ingest/supply-chain/KIND, one endpoint for each kind and `auto` for all, gzipped or
 * not. The address says what the document is about where it doesn't say. The same document posted again is the same.
 */
import { z } from 'zod';
import type { Ownership } from '../../../catalog/ownership.ts';
import { PlumblineError } from '../../../core/errors.ts';
import { gunzipped } from '../../../core/gzip.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { PushSource } from '../../../core/source.ts';
import { faultSentence } from '../../../findings/faults.ts';
import { type Place, scopeOfPlace } from '../../../findings/place.ts';
import { readQuery } from '../../../findings/post-query.ts';
import { findingClasses } from '../../document.ts';
import { documentKinds } from '../../kinds.ts';
import { auto, readDocument } from '../../raw-document.ts';
import type { DocumentKind } from '../../reading.ts';
import { ownHeard } from '../../rights.ts';
import { storeHeard } from '../../store.ts';
import type { Verifier } from '../../verification/verifier.ts';
import type { PostsConfig } from './config.ts';

const mostBytes = 64 << 20;

export interface Posting {
  readonly ownership: Ownership;
  /** By default all there are. */
  readonly kinds?: readonly DocumentKind[];
  readonly verifier?: Verifier | undefined;
}

/** Errors of a post, which then changes nothing: PUSH_INVALID, PUSH_TOO_LARGE, PUSH_FORBIDDEN. */
export const documentPosts = (config: PostsConfig, posting: Posting): PushSource[] =>
  [auto, ...(posting.kinds ?? documentKinds).map(({ kind }) => kind)].map(kind => postsOf(kind, config, posting));

const ownQuery = {
  /** `vulnerability,secret` */
  classes: z
    .string()
    .transform(text => text.split(',').map(word => word.trim()))
    .pipe(z.array(z.enum(findingClasses)))
    .optional(),
};

const named = (place: Place): string | undefined => scopeOfPlace(place) ?? place.image ?? place.service;

function postsOf(
  kind: string,
  { stale }: PostsConfig,
  { ownership, kinds = documentKinds, verifier }: Posting,
): PushSource {
  return {
    kind: 'push',
    isAlwaysThere: true,
    name: kind,
    everySeconds: 300,
    maxBytes: mostBytes,
    accept: async (context, { body, query = {}, principal }) => {
      const now = context.now();
      const { place, at = now, staleHours = stale, own } = readQuery(query, { source: kind, now, own: ownQuery });
      const bytes = await gunzipped(body, mostBytes);
      if (bytes === 'too_large') throw new PlumblineError('PUSH_TOO_LARGE', { source: kind, bytes: mostBytes });
      const invalid = (fault: string) =>
        new PlumblineError('PUSH_INVALID', { source: kind, reason: faultSentence(fault) });
      if (typeof bytes === 'string') throw invalid(bytes);
      const file = `post of ${named(place) ?? principal.name}`;
      const asked = {
        at,
        now,
        place,
        file,
        ...(own.classes && { classes: own.classes }),
        ...(verifier && { verifier }),
      };
      const { heard, records, rejections, fault } = await readDocument(kind, bytes, asked, kinds);
      if (fault !== undefined) throw invalid(fault);
      return {
        cursor: { at: now.toISOString() },
        write: async tx => {
          const own =
            principal.role === 'team' ? await ownHeard(tx, heard, { principal, ownership, source: kind }) : heard;
          const changed = await storeHeard(tx, kind, [own], { now, staleSeconds: Math.round(staleHours * 3600) });
          await keepRejections(tx, kind, { read: [file], rejections }, now);
          // Whoever posts is told of all of this post's, whether or not an earlier one had the same.
          const rejected: Record<string, number> = {};
          for (const { reason } of rejections) rejected[reason] = (rejected[reason] ?? 0) + 1;
          return { records, changed, rejected };
        },
      };
    },
  };
}
