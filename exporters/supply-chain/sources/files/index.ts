/**
 * Documents in files, as pipelines and scheduled scans write them. Those of one refresh are applied in the order in which
 * they were made, whatever their names say, so that a folder of years of scans gives findings their whole life. A file
 * that vanishes takes nothing with it: what it told stands until it is stale.
 */
import { documentFiles } from '../../../core/document-files.ts';
import type { Rejection } from '../../../core/rejections.ts';
import type { ReadSource } from '../../../core/source.ts';
import type { Place } from '../../../findings/place.ts';
import { placedPath } from '../../../findings/placed-path.ts';
import type { Heard } from '../../document.ts';
import { PlumblineError } from '../../errors.ts';
import { earliestOf } from '../../heard.ts';
import { documentKinds } from '../../kinds.ts';
import { acceptsName, readDocument } from '../../raw-document.ts';
import type { DocumentKind } from '../../reading.ts';
import { storeHeard } from '../../store.ts';
import type { Verifier } from '../../verification/verifier.ts';
import type { DocumentFilesConfig } from './config.ts';

export interface Reads {
  /** By default all there are. */
  readonly kinds?: readonly DocumentKind[];
  readonly verifier?: Verifier | undefined;
}

/** Of one file, uncompressed. */
const mostBytes = 640 << 20;

/** Throws SUPPLY_CHAIN_FILES_NOT_FOUND from a refresh where the path means nothing at all. */
export function documentFilesSource(
  config: DocumentFilesConfig,
  { kinds = documentKinds, verifier }: Reads = {},
): ReadSource {
  const { kind, path, name, every, settle, stale, classes, ...place } = config;
  const { glob, placeOf } = placedPath(path);
  const configured = stripped(place);
  return documentFiles<Heard>({
    name,
    path: glob,
    everySeconds: every,
    settleSeconds: settle,
    accepts: acceptsName(kind, kinds),
    notFound: () => new PlumblineError('SUPPLY_CHAIN_FILES_NOT_FOUND', { path }),
    mostBytes,
    read: async ({ bytes, file }, now) => {
      const at = new Date(Math.min(file.mtimeMs, now.getTime()));
      const context = {
        ...{ at, now, place: { ...placeOf(file.path), ...configured }, file: file.path },
        ...(classes && { classes }),
        ...(verifier && { verifier }),
      };
      const { heard, records, rejections, fault } = await readDocument(kind, bytes, context, kinds);
      // Scans and reports of policies often share a folder: what policy reads is no fault of it.
      if (fault === 'belongs_to_policy' && kind === 'auto') return { state: 'skipped', reason: fault };
      if (fault !== undefined) return { state: 'broken', reason: fault };
      return { state: 'loaded', document: heard, records, rejections: rejections.map(withoutFile) };
    },
    orderOf: earliestOf,
    write: (tx, documents, { now }) => storeHeard(tx, name, documents, { now, staleSeconds: Math.round(stale * 3600) }),
  });
}

const stripped = (place: { readonly [Key in keyof Place]: Place[Key] | undefined }): Place =>
  Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));

const withoutFile = ({ file: _, ...rejection }: Rejection): Omit<Rejection, 'file'> => rejection;
