/**
 * Reports that pipelines post: POST /ingest/policy/KIND, one endpoint for each kind of report, gzipped or not. The address
 * says where the report is from. The same report posted again is the same report.
 */
import type { Ownership } from '../../../catalog/ownership.ts';
import { PlumblineError } from '../../../core/errors.ts';
import { gunzipped } from '../../../core/gzip.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { PushSource } from '../../../core/source.ts';
import { faultSentence, whyNotJson } from '../../../findings/faults.ts';
import { scopeOfPlace } from '../../../findings/place.ts';
import { readQuery } from '../../../findings/post-query.ts';
import type { Told } from '../../../findings/report.ts';
import { ownTold } from '../../../findings/rights.ts';
import { storeTold } from '../../../findings/store.ts';
import { withEnded } from '../../ended-lists.ts';
import { reportKinds } from '../../kinds.ts';
import { type ReportKind, weighed } from '../../reading.ts';
import type { PostsConfig } from './config.ts';

const mostBytes = 64 << 20;

/** Errors of a post, which then changes nothing: PUSH_INVALID, PUSH_TOO_LARGE, PUSH_FORBIDDEN. */
export const reportPosts = (config: PostsConfig, ownership: Ownership): PushSource[] =>
  reportKinds.map(kind => postsOf(kind, config, ownership));

function postsOf(reader: ReportKind, { stale }: PostsConfig, ownership: Ownership): PushSource {
  const { kind, read } = reader;
  return {
    kind: 'push',
    isAlwaysThere: true,
    name: kind,
    everySeconds: 300,
    maxBytes: mostBytes,
    accept: async (context, { body, query = {}, principal }) => {
      const now = context.now();
      const { place: given, at = now, staleHours = stale } = readQuery(query, { source: kind, now });
      // What is joined later is the team's, too.
      const place = principal.role === 'team' && reader.weigh ? { team: principal.team, ...given } : given;
      const bytes = await gunzipped(body, mostBytes);
      if (bytes === 'too_large') throw new PlumblineError('PUSH_TOO_LARGE', { source: kind, bytes: mostBytes });
      const invalid = (fault: string) =>
        new PlumblineError('PUSH_INVALID', { source: kind, reason: faultSentence(fault) });
      if (typeof bytes === 'string') throw invalid(bytes);
      const file = `post of ${scopeOfPlace(place) ?? place.service ?? principal.name}`;
      const { records, rejections, fault, ...heard } = await read(bytes, { at, now, place, file });
      if (fault !== undefined) throw invalid(fault === 'not_json' ? whyNotJson(bytes) : fault);
      return {
        cursor: { at: now.toISOString() },
        write: async tx => {
          const ownOf = async (what: Told) =>
            principal.role === 'team' ? await ownTold(tx, what, { principal, ownership, source: kind }) : what;
          // What is only kept for later is looked at, too: others' posts may complete it.
          const { pieces } = heard;
          if (pieces) await ownOf({ reports: pieces.map(({ report }) => report) });
          const [{ told } = heard] = await withEnded(reader, tx, kind, [heard]);
          const own = { ...heard, told: await ownOf(told) };
          const changed = await storeTold(tx, kind, await weighed(reader, tx, [own], { now }), {
            now,
            staleSeconds: Math.round(staleHours * 3600),
          });
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
