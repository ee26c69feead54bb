/**
 * Reports in files, as pipelines and scheduled scans write them. Those of one refresh are applied in the order in which
 * they were made, whatever their names say, so that a folder of years of reports gives findings their whole life. A file
 * that vanishes takes nothing with it: what it told stands until it is stale.
 */
import { type DocumentFiles, documentFiles } from '../../../core/document-files.ts';
import type { Transaction } from '../../../core/ledger.ts';
import type { Rejection } from '../../../core/rejections.ts';
import type { ReadSource } from '../../../core/source.ts';
import { whyNotJson } from '../../../findings/faults.ts';
import type { Place } from '../../../findings/place.ts';
import { placedPath } from '../../../findings/placed-path.ts';
import type { Told } from '../../../findings/report.ts';
import { storeTold } from '../../../findings/store.ts';
import { readByContent } from '../../by-content.ts';
import { withEnded } from '../../ended-lists.ts';
import { PlumblineError } from '../../errors.ts';
import { reportKinds } from '../../kinds.ts';
import { type Heard, type ReportKind, weighed } from '../../reading.ts';
import { earliestOf, mergedTold } from '../../told.ts';
import { auto, type ReportFilesConfig } from './config.ts';
import { earlierKinds, noteKinds } from './kinds.ts';

/** What was read of a file, by each kind that read it. */
interface Document {
  readonly path: string;
  readonly read: readonly { readonly kind: ReportKind; readonly heard: Heard }[];
}

type Common = Omit<DocumentFiles<Document>, 'accepts' | 'settleSeconds' | 'read' | 'write'>;

interface Asked {
  readonly config: ReportFilesConfig;
  readonly common: Common;
  /** Of a file's path. */
  readonly placeOf: (path: string) => Place;
}

/** Throws POLICY_FILES_NOT_FOUND from a refresh where the path means nothing at all. */
export function reportFilesSource(config: ReportFilesConfig): ReadSource {
  const { kind, path, name, every, scope, repository, cluster, ...rest } = config;
  const { glob, placeOf } = placedPath(path);
  const { service, team, environment, enforcement } = rest;
  const configured = stripped({ scope, repository, cluster, service, team, environment, enforcement });
  const common: Common = {
    name,
    path: glob,
    everySeconds: every,
    notFound: () => new PlumblineError('POLICY_FILES_NOT_FOUND', { path }),
    mostBytes: 256 << 20,
    orderOf: ({ read }) => Math.min(...read.map(({ heard }) => orderOf(heard))),
  };
  const asked: Asked = { config, common, placeOf: file => ({ ...placeOf(file), ...configured }) };
  return kind === auto ? ofAnyKind(asked) : ofKind(reportKinds.find(one => one.kind === kind)!, asked);
}

function ofKind(reader: ReportKind, { config, common, placeOf }: Asked): ReadSource {
  const { name, settle } = config;
  return documentFiles<Document>({
    ...common,
    settleSeconds: reader.grows ? 0 : settle,
    accepts: reader.accepts,
    read: async ({ bytes, file }, now) => {
      const at = new Date(Math.min(file.mtimeMs, now.getTime()));
      const reading = await reader.read(bytes, { at, now, place: placeOf(file.path), file: file.path });
      const { records, rejections, fault, ...heard } = reading;
      if (fault !== undefined) return { state: 'broken', reason: fault === 'not_json' ? whyNotJson(bytes) : fault };
      const document = { path: file.path, read: [{ kind: reader, heard }] };
      return { state: 'loaded', document, records, rejections: rejections.map(withoutFile) };
    },
    write: async (tx, documents, { now }) =>
      storeTold(tx, name, await toldBy(reader, name, documents, { tx, now }), storing(config, now)),
  });
}

/** Each file as the kinds that its content is of. What they know of lists stays apart. */
function ofAnyKind({ config, common, placeOf }: Asked): ReadSource {
  const { name, settle } = config;
  let earlier: ReadonlyMap<string, readonly string[]> = new Map();
  const source = documentFiles<Document>({
    ...common,
    settleSeconds: settle,
    readsUnsettled: true,
    accepts: file => reportKinds.some(({ accepts }) => accepts(file)),
    read: async ({ bytes, file, isSettled }, now) => {
      const at = new Date(Math.min(file.mtimeMs, now.getTime()));
      const context = { at, now, place: placeOf(file.path), file: file.path };
      const found = await readByContent(bytes, context, earlier.get(file.path));
      const readings = 'readings' in found ? found.readings : [];
      const isLog = readings.length > 0 && readings.every(({ kind }) => kind.grows === true);
      if (!isSettled && !isLog) return { state: 'waiting', reason: 'being_written' };
      // Scans and reports often share a folder: what the supply chain reads is no fault of it.
      if ('fault' in found)
        return { state: found.fault === 'belongs_to_supply_chain' ? 'skipped' : 'broken', reason: found.fault };
      const read = readings.map(({ kind, reading: { records: _, rejections: __, fault: ___, ...heard } }) => ({
        kind,
        heard,
      }));
      return {
        state: 'loaded',
        document: { path: file.path, read },
        records: readings.reduce((sum, { reading }) => sum + reading.records, 0),
        rejections: readings.flatMap(({ reading }) => reading.rejections.map(withoutFile)),
      };
    },
    write: async (tx, documents, { now }) => {
      const told: Told[] = [];
      for (const kind of reportKinds)
        if (documents.some(({ read }) => read.some(one => one.kind === kind)))
          told.push(await toldBy(kind, `${name} ${kind.kind}`, documents, { tx, now }));
      await noteKinds(
        tx,
        name,
        documents.map(({ path, read }) => ({ path, kinds: read.map(({ kind }) => kind.kind) })),
      );
      return storeTold(tx, name, mergedTold(told), storing(config, now));
    },
  });
  return {
    ...source,
    batches: async function* (context, cursor) {
      earlier = await context.ledger.read(reader => earlierKinds(reader, name));
      yield* source.batches(context, cursor);
    },
  };
}

/** What these documents tell by that kind; `lists` is whose lists they may end. */
async function toldBy(
  kind: ReportKind,
  lists: string,
  documents: readonly Document[],
  { tx, now }: { readonly tx: Transaction; readonly now: Date },
): Promise<Told> {
  const heard = documents.flatMap(({ read }) => read.flatMap(one => (one.kind === kind ? [one.heard] : [])));
  return weighed(kind, tx, await withEnded(kind, tx, lists, heard), { now });
}

const storing = ({ stale }: ReportFilesConfig, now: Date) => ({ now, staleSeconds: Math.round(stale * 3600) });

const orderOf = ({ told, pieces = [], nothingIn }: Heard): number =>
  Math.min(
    earliestOf(told),
    earliestOf({ reports: pieces.map(({ report }) => report) }),
    nothingIn === undefined ? Number.POSITIVE_INFINITY : Date.parse(nothingIn.at),
  );

const stripped = (place: { readonly [Key in keyof Place]: Place[Key] | undefined }): Place =>
  Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));

const withoutFile = ({ file: _, ...rejection }: Rejection): Omit<Rejection, 'file'> => rejection;
