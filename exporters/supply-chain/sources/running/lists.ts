/** Rows of a list or a feed, put together place by place. */
import { ownerText } from '../../../catalog/keys.ts';
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { type Place, placeAttributes } from '../../../findings/place.ts';
import { isObject, type JsonObject, wordOf } from '../../../formats/json.ts';
import type { Artifact, RunningImage, RunningList } from '../../document.ts';
import type { ReadContext, Reading } from '../../reading.ts';
import { imageOf } from '../../subject.ts';
import type { Rows } from './rows.ts';

interface ReadRow {
  readonly place: string;
  /** Of a row of a feed. */
  readonly at?: string;
  readonly image: RunningImage;
}

type Fault = Pick<Rejection, 'reason' | 'field' | 'value'> & { readonly place?: string };

const isFault = (read: ReadRow | Fault): read is Fault => 'reason' in read;

export async function readRows({ head = {}, rows, broken }: Rows, context: ReadContext): Promise<Reading> {
  const { file } = context;
  const breathe = breather();
  const read: ReadRow[] = [];
  const rejections: Rejection[] = broken.map(each => ({ file, ...each }));
  /** Places of which a row could not be read; undefined: of any. */
  const doubtful = new Set<string | undefined>(broken.length > 0 ? [undefined] : []);
  for (const { row, line } of rows) {
    if (breathe.due()) await breathe.now();
    const one = readRow(row, head, context);
    if (isFault(one)) {
      const { place, ...fault } = one;
      doubtful.add(place);
      rejections.push({ file, line, ...fault });
    } else read.push(one);
  }
  const readAt = timeOf(head.at, context) ?? context.at.toISOString();
  const emptied = rows.length === 0 ? placeOf(head, {}, context.place) : undefined;
  const lists = Map.groupBy(read, ({ place, at = '' }) => JSON.stringify([at, place]));
  const running = [...lists.values()].map((own): RunningList => {
    const { place, at } = own[0]!;
    const isAll = at === undefined && head.lists !== 'changes' && !doubtful.has(place) && !doubtful.has(undefined);
    return { place, at: at ?? readAt, lists: isAll ? 'all' : 'changes', images: own.map(({ image }) => image) };
  });
  if (emptied !== undefined && head.lists !== 'changes' && broken.length === 0)
    running.push({ place: emptied, at: readAt, lists: 'all', images: [] });
  running.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return { heard: running.length > 0 ? { running } : {}, records: rows.length + broken.length, rejections };
}

function readRow(row: unknown, head: JsonObject, context: ReadContext): ReadRow | Fault {
  if (!isObject(row)) return { reason: 'not_an_object', value: Array.isArray(row) ? '[…]' : String(row).slice(0, 200) };
  const place = placeOf(row, head, context.place);
  if (place === undefined) return { reason: 'place_missing', field: 'place' };
  const artifact = artifactOf(row);
  if ('reason' in artifact) return { ...artifact, place };
  const replicas = row.replicas === undefined || row.replicas === null ? 1 : Number(row.replicas);
  if (!Number.isSafeInteger(replicas) || replicas < 0)
    return { reason: 'replicas_unreadable', field: 'replicas', value: String(row.replicas), place };
  const said = row.at ?? undefined;
  const at = said === undefined ? undefined : timeOf(said, context);
  if (said !== undefined && at === undefined)
    return { reason: 'time_unreadable', field: 'at', value: String(said), place };
  const service = wordOf(row.service) ?? wordOf(head.service) ?? context.place.service;
  const startedAt = timeOf(row.started ?? row.started_at, context);
  return {
    ...{ place, ...(at === undefined ? {} : { at }) },
    image: {
      artifact,
      workload: wordOf(row.workload) ?? service ?? artifact.name.slice(artifact.name.lastIndexOf('/') + 1),
      container: wordOf(row.container) ?? '',
      replicas,
      owner: ownerOf(row, head, context.place, artifact.name),
      ...(startedAt === undefined ? {} : { startedAt }),
    },
  };
}

function placeOf(row: JsonObject, head: JsonObject, place: Place): string | undefined {
  const word = (key: string) => wordOf(row[key], 300) ?? wordOf(head[key], 300);
  const cluster = word('cluster') ?? place.cluster;
  const namespace = word('namespace');
  return (
    word('place') ??
    (cluster !== undefined && namespace !== undefined ? `${cluster}/${namespace}` : undefined) ??
    word('environment') ??
    place.environment ??
    cluster
  );
}

function artifactOf(row: JsonObject): Artifact | Fault {
  const text = wordOf(row.image);
  if (text === undefined) return { reason: 'image_missing', field: 'image' };
  const image = imageOf(text);
  if (image === undefined) return { reason: 'image_unreadable', field: 'image', value: text };
  const beside = wordOf(row.digest)?.toLowerCase();
  const digest = beside === undefined ? image.digest : /^[0-9a-f]{64}$/.test(beside) ? `sha256:${beside}` : beside;
  if (digest !== undefined && !/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(digest))
    return { reason: 'digest_unreadable', field: 'digest', value: digest };
  return {
    ...{ kind: 'image', name: image.name, ...(image.tag === undefined ? {} : { tag: image.tag }) },
    digests: digest === undefined ? [] : [digest],
  };
}

function ownerOf(row: JsonObject, head: JsonObject, place: Place, image: string): string {
  const word = (key: string) => wordOf(row[key]) ?? wordOf(head[key]);
  const said = Object.fromEntries(
    (['service', 'team', 'environment', 'namespace', 'repository'] as const).flatMap(key => {
      const value = word(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return ownerText({ ...placeAttributes(place), image, ...said });
}

/** ISO 8601; undefined for what is no time of these years. */
function timeOf(said: unknown, { now }: ReadContext): string | undefined {
  const time = typeof said === 'number' ? said * 1000 : Date.parse(wordOf(said) ?? '');
  return time >= Date.UTC(2000, 0) && time <= now.getTime() + 86_400_000 ? new Date(time).toISOString() : undefined;
}
