/** Rows of an export as items of the roadmap. */
import { createHash } from 'node:crypto';
import type { Rejection } from '../../../core/rejections.ts';
import { utcDay } from '../../../core/time.ts';
import type { KnownItem } from '../../roadmap/store.ts';
import type { ItemStatus, RoadmapItem } from '../../roadmap/told.ts';
import { usualStatus, type Words } from '../../roadmap/words.ts';
import type { RoadmapExportConfig } from './config.ts';
import { type ExportKind, kindsOfExport } from './kinds.ts';
import type { ExportRow, ExportTable } from './table.ts';

export interface ItemsContext {
  readonly config: RoadmapExportConfig;
  readonly words: Words;
  /** The moment that the export speaks of. */
  readonly at: Date;
  /** Of this source. */
  readonly known: readonly KnownItem[];
  /** Keys, in lower case, of items that another source of the same tracker tells of. */
  readonly elsewhere: ReadonlySet<string>;
}

export interface ExportItems {
  readonly items: readonly RoadmapItem[];
  /** Their ids, and those of rows that can't be read or are another source's: what stands there is not gone. */
  readonly listed: ReadonlySet<string>;
  /** False where a row does not say which item it is. */
  readonly isSure: boolean;
  readonly elsewhere: number;
  readonly rejections: readonly Omit<Rejection, 'file'>[];
}

export function itemsOf({ kind, rows, rejections: unread }: ExportTable, context: ItemsContext): ExportItems {
  const { config, known } = context;
  const byId = new Map(known.map(one => [one.item, one] as const));
  const byKey = new Map(known.map(one => [one.key.toLowerCase(), one] as const));
  const items = new Map<string, RoadmapItem>();
  const listed = new Set<string>();
  const rejections = [...unread];
  let elsewhere = 0;
  let isSure = unread.length === 0;
  for (const row of rows) {
    const name = nameOf(row, kind);
    if (name === undefined) {
      rejections.push({ line: row.line, reason: 'no_id' });
      isSure = false;
      continue;
    }
    if (name.isPullRequest && !config.pull_requests) continue;
    if (context.elsewhere.has(name.key.toLowerCase())) {
      elsewhere += 1;
      listed.add(name.key);
      continue;
    }
    const before = (name.id === undefined ? undefined : byId.get(name.id)) ?? byKey.get(name.key.toLowerCase());
    const id = before?.item ?? name.id ?? name.key;
    if (items.has(id)) rejections.push({ line: row.line, reason: 'duplicate_item' });
    listed.add(id);
    const status = row.fault === undefined ? statusOf(row, kind, context) : undefined;
    if (status === undefined) rejections.push({ line: row.line, ...(row.fault ?? { reason: 'no_status' }) });
    else items.set(id, itemOf(row, { id, key: name.key, url: name.url, kind, status, before }, context));
  }
  return { items: [...items.values()], listed, isSure, elsewhere, rejections };
}

interface Name {
  readonly id: string | undefined;
  readonly key: string;
  readonly url: string;
  readonly isPullRequest: boolean;
}

const gitHubItem = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/(issues|pull)\/(\d+)/;

/** A draft of GitHub and a project of Linear have a title alone, which isn't kept: a digest stands for it. */
function nameOf(row: ExportRow, kind: ExportKind): Name | undefined {
  const [id] = row.texts('id');
  const [key] = row.texts('key');
  const [url = ''] = row.texts('url');
  const [title] = row.texts('title');
  const address = kind === 'github_projects' ? gitHubItem.exec(url) : null;
  const isPullRequest = address?.[2] === 'pull';
  if (address) return { id, key: `${address[1]}#${address[3]}`, url, isPullRequest };
  if (kind === 'jira' || kind === 'linear')
    return key === undefined && id === undefined ? undefined : { id, key: key ?? id ?? '', url, isPullRequest };
  const own = key ?? id ?? (title === undefined ? undefined : `${draftWord[kind]}-${digestOf(title)}`);
  return own === undefined ? undefined : { id, key: own, url, isPullRequest };
}

const draftWord = { github_projects: 'draft', linear_projects: 'project' } as const;
const digestOf = (title: string) => createHash('sha256').update(title).digest('hex').slice(0, 16);

/** Names of Jira's categories in the languages that sites are set to most. */
const categories: readonly (readonly [ItemStatus, RegExp])[] = [
  ['todo', /^(to do|new|zu erledigen|à faire|por hacer|tareas por hacer|da completare|te doen|do zrobienia)$/],
  ['in_progress', /^(in progress|in arbeit|en cours|en curso|in corso|in uitvoering|w toku)$/],
  ['done', /^(done|complete|fertig|erledigt|terminée?s?|listo|finalizad[ao]|completat[ao]|gereed|gotowe)$/],
];

const categoryOf = (word = '') => categories.find(([, pattern]) => pattern.test(word.trim().toLowerCase()))?.[0];

/** Undefined where a row says none, though its tracker always does. */
function statusOf(row: ExportRow, kind: ExportKind, { config, words }: ItemsContext): ItemStatus | undefined {
  const [word = ''] = row.texts('status');
  const told = words.statusOf(word);
  const usual = usualStatus(word);
  const { cancelled, ended, started, archived } = row.times;
  switch (kind) {
    case 'jira': {
      const category = categoryOf(row.texts('category')[0]);
      if (word === '' && category === undefined) return undefined;
      const status = told ?? (category === 'todo' && usual === 'backlog' ? usual : (category ?? usual));
      const resolution = row.texts('resolution')[0]?.toLowerCase();
      const isCancelled = config.cancelled_resolutions.some(one => one.toLowerCase() === resolution);
      if ((status ?? 'done') === 'done' && isCancelled) return 'cancelled';
      return status ?? (ended === undefined ? 'todo' : 'done');
    }
    case 'linear':
    case 'linear_projects': {
      if (word === '') return undefined;
      const dated = cancelled !== undefined ? 'cancelled' : ended !== undefined ? 'done' : undefined;
      const status = told ?? dated ?? usual ?? (started === undefined ? 'todo' : 'in_progress');
      // Archived before it was done: given up.
      return archived !== undefined && !isEnd(status) ? 'cancelled' : status;
    }
    case 'github_projects':
      return told ?? usual ?? (word === '' ? 'backlog' : 'todo');
  }
}

const isEnd = (status: ItemStatus) => status === 'done' || status === 'cancelled';

interface Named {
  readonly id: string;
  readonly key: string;
  readonly url: string;
  readonly kind: ExportKind;
  readonly status: ItemStatus;
  readonly before: KnownItem | undefined;
}

function itemOf(
  row: ExportRow,
  { id, key, url, kind, status, before }: Named,
  { words, at }: ItemsContext,
): RoadmapItem {
  const { times, due } = row;
  const labels = words.ofLabels(row.texts('labels').flatMap(text => text.split(kindsOfExport[kind].separator)));
  const moment = at.toISOString();
  const updated = earliest([times.updated, moment]);
  // An export is newer than the one before it, whatever its rows are dated.
  const known = before?.changedAt.toISOString() ?? '';
  const changedAt = updated > known ? updated : before?.status === status ? known : moment;
  const endedAt = isEnd(status) ? endOf(row, status) : undefined;
  const createdAt = times.created ?? before?.createdAt.toISOString() ?? earliest([times.started, endedAt, moment]);
  const cycle = cycleOf(times);
  return {
    ...{ id, key, status, createdAt, area: labels.area ?? row.texts('area')[0] ?? '' },
    ...(url === '' ? {} : { url }),
    changedAt,
    ...(times.started === undefined ? {} : { startedAt: times.started }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(due === undefined ? {} : { dueOn: due }),
    ...(cycle === undefined ? {} : { cycle }),
    ...{ isFeedback: labels.isFeedback, isOfficeHours: labels.isOfficeHours },
  };
}

/** ISO 8601 in UTC sorts as it is. */
const earliest = (times: readonly (string | undefined)[]) => times.flatMap(time => time ?? []).sort()[0]!;

const minuteMs = 60_000;

/** Jira's date of a resolution is of an end before it was reopened where its category has changed since. */
function endOf({ times, texts }: ExportRow, status: ItemStatus): string | undefined {
  const { ended, cancelled, archived } = times;
  const changed = categoryOf(texts('category')[0]) === 'done' ? times.category_changed : undefined;
  if (status === 'cancelled' && (cancelled ?? archived) !== undefined) return cancelled ?? archived;
  if (ended === undefined || changed === undefined) return ended ?? changed;
  return Date.parse(changed) - Date.parse(ended) > minuteMs ? changed : ended;
}

/** A cycle ends at the instant that the next begins. */
function cycleOf({ cycle_from: from, cycle_until: until }: ExportRow['times']): RoadmapItem['cycle'] {
  if (from === undefined || until === undefined) return undefined;
  return { name: '', from: from.slice(0, 10), until: utcDay(new Date(Date.parse(until) - 1)) };
}
