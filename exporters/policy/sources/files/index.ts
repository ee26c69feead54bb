/**
 * Reports in files, as pipelines and scheduled scans write them. Those of one refresh are applied in the order in which
 * they were made, whatever their names say, so that a folder of years of reports gives findings their whole life. A file
 * that vanishes takes nothing with it: what it told stands until it is stale.
 */
import { documentFiles } from '../../../core/document-files.ts';
import type { Rejection } from '../../../core/rejections.ts';
import type { ReadSource } from '../../../core/source.ts';
import { whyNotJson } from '../../../findings/faults.ts';
import type { Place } from '../../../findings/place.ts';
import { placedPath } from '../../../findings/placed-path.ts';
import { storeTold } from '../../../findings/store.ts';
import { withEnded } from '../../ended-lists.ts';
import { PlumblineError } from '../../errors.ts';
import { reportKinds } from '../../kinds.ts';
import { type Heard, weighed } from '../../reading.ts';
import { earliestOf } from '../../told.ts';
import type { ReportFilesConfig } from './config.ts';

/** Throws POLICY_FILES_NOT_FOUND from a refresh where the path means nothing at all. */
export function reportFilesSource(config: ReportFilesConfig): ReadSource {
  const { kind, path, name, every, settle, stale, scope, repository, cluster, ...rest } = config;
  const reader = reportKinds.find(one => one.kind === kind)!;
  const { glob, placeOf } = placedPath(path);
  const { service, team, environment, enforcement } = rest;
  const configured = stripped({ scope, repository, cluster, service, team, environment, enforcement });
  return documentFiles<Heard>({
    name,
    path: glob,
    everySeconds: every,
    settleSeconds: reader.grows ? 0 : settle,
    accepts: reader.accepts,
    notFound: () => new PlumblineError('POLICY_FILES_NOT_FOUND', { path }),
    mostBytes: 256 << 20,
    read: async ({ bytes, file }, now) => {
      const place = { ...placeOf(file.path), ...configured };
      const at = new Date(Math.min(file.mtimeMs, now.getTime()));
      const read = await reader.read(bytes, { at, now, place, file: file.path });
      const { records, rejections, fault, ...document } = read;
      if (fault !== undefined) return { state: 'broken', reason: fault === 'not_json' ? whyNotJson(bytes) : fault };
      return { state: 'loaded', document, records, rejections: rejections.map(withoutFile) };
    },
    orderOf: ({ told, pieces = [], nothingIn }) =>
      Math.min(
        earliestOf(told),
        earliestOf({ reports: pieces.map(({ report }) => report) }),
        nothingIn === undefined ? Number.POSITIVE_INFINITY : Date.parse(nothingIn.at),
      ),
    write: async (tx, documents, { now }) =>
      storeTold(tx, name, await weighed(reader, tx, await withEnded(reader, tx, name, documents), { now }), {
        now,
        staleSeconds: Math.round(stale * 3600),
      }),
  });
}

const stripped = (place: { readonly [Key in keyof Place]: Place[Key] | undefined }): Place =>
  Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));

const withoutFile = ({ file: _, ...rejection }: Rejection): Omit<Rejection, 'file'> => rejection;
