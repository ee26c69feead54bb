/** An item of a project as an item of the roadmap. */
import { z } from 'zod';
import { utcDay } from '../../../core/time.ts';
import type { ItemStatus, RoadmapItem } from '../../roadmap/told.ts';
import { usualStatus, type Words } from '../../roadmap/words.ts';
import type { Fields, ProjectField } from './fields.ts';

const time = z.iso.datetime({ offset: true });
const author = z.looseObject({ __typename: z.string().nullish(), login: z.string() }).nullish();
const field = z.looseObject({ id: z.string().nullish() }).nullish();

const contentSchema = z.looseObject({
  __typename: z.string().nullish(),
  number: z.int().nullish(),
  url: z.string().nullish(),
  createdAt: time.nullish(),
  updatedAt: time.nullish(),
  closed: z.boolean().nullish(),
  closedAt: time.nullish(),
  stateReason: z.string().nullish(),
  merged: z.boolean().nullish(),
  author,
  repository: z.looseObject({ nameWithOwner: z.string().nullish(), name: z.string().nullish() }).nullish(),
  labels: z.looseObject({ nodes: z.array(z.looseObject({ name: z.string() }).nullable()) }).nullish(),
  comments: z.looseObject({ nodes: z.array(z.looseObject({ createdAt: time, author }).nullable()) }).nullish(),
});

const valueSchema = z.looseObject({
  field,
  optionId: z.string().nullish(),
  updatedAt: time.nullish(),
  iterationId: z.string().nullish(),
  title: z.string().nullish(),
  startDate: z.iso.date().nullish(),
  duration: z.number().nullish(),
  date: z.iso.date().nullish(),
  number: z.number().nullish(),
  text: z.string().nullish(),
});
type Value = z.infer<typeof valueSchema>;

export const itemSchema = z.looseObject({
  id: z.string().min(1),
  type: z.string(),
  isArchived: z.boolean(),
  createdAt: time,
  updatedAt: time.nullish(),
  content: contentSchema.nullish(),
  fieldValues: z.looseObject({ nodes: z.array(valueSchema.nullable()) }),
});
export type ProjectItem = z.infer<typeof itemSchema>;

const dayMs = 86_400_000;

export function roadmapItemOf(item: ProjectItem, fields: Fields, words: Words): RoadmapItem {
  const inField = (wanted: ProjectField | undefined) =>
    (wanted && item.fieldValues.nodes.find(value => value?.field?.id === wanted.id)) ?? undefined;
  const { content } = item;
  const labels = words.ofLabels(content?.labels?.nodes.flatMap(label => label?.name ?? []) ?? []);
  const place = inField(fields.status);
  const status = statusOf(item, optionOf(fields.status, place), words);
  const isEnd = status === 'done' || status === 'cancelled';
  const since = place?.updatedAt ?? undefined;
  const endedAt = isEnd ? (content?.closedAt ?? since) : undefined;
  const createdAt = content?.createdAt ?? item.createdAt;
  const repository = content?.repository?.nameWithOwner ?? content?.repository?.name;
  const area = labels.area ?? areaOf(fields.area, inField(fields.area));
  const cycle = cycleOf(fields.iteration, inField(fields.iteration));
  const dueOn = inField(fields.due)?.date ?? undefined;
  const comments = (content?.comments?.nodes ?? []).flatMap(one =>
    one === null ? [] : { at: one.createdAt, authors: one.author && !isBot(one.author) ? [one.author.login] : [] },
  );
  const answeredAt = labels.isFeedback
    ? words.firstAnswer(comments, content?.author ? [content.author.login] : [])
    : undefined;
  return {
    id: item.id,
    key: repository && content?.number != null ? `${repository}#${content.number}` : item.id,
    ...(content?.url ? { url: content.url } : {}),
    changedAt: newest([item.createdAt, item.updatedAt, content?.updatedAt]),
    ...{ status, area, createdAt },
    ...(status === 'in_progress' && since !== undefined ? { startedAt: since } : {}),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(dueOn === undefined ? {} : { dueOn }),
    ...(cycle === undefined ? {} : { cycle }),
    ...{ isFeedback: labels.isFeedback, isOfficeHours: labels.isOfficeHours },
    ...(answeredAt === undefined ? {} : { answeredAt }),
  };
}

/** A closed issue is at its end wherever it stands on the board; what is archived and open was given up. */
function statusOf({ content, isArchived }: ProjectItem, option: string, words: Words): ItemStatus {
  const told = option === '' ? undefined : (words.statusOf(option) ?? usualStatus(option));
  if (content?.closed === true) {
    if (told === 'cancelled') return told;
    const isGivenUp = content.__typename === 'PullRequest' ? content.merged === false : false;
    return isGivenUp || /^(NOT_PLANNED|DUPLICATE)$/.test(content.stateReason ?? '') ? 'cancelled' : 'done';
  }
  const status = told ?? (option === '' ? 'backlog' : 'todo');
  return isArchived && status !== 'done' ? 'cancelled' : status;
}

const optionOf = (field: ProjectField | undefined, value: Value | undefined): string =>
  field?.options?.find(({ id }) => id === value?.optionId)?.name ?? '';

function areaOf(field: ProjectField | undefined, value: Value | undefined): string {
  if (!field || !value) return '';
  if (field.dataType === 'SINGLE_SELECT') return optionOf(field, value);
  if (field.dataType === 'ITERATION') return iterationOf(field, value)?.title ?? '';
  return value.text ?? (value.number == null ? '' : String(value.number));
}

/** As the project's settings have it, completed iterations too; else as the item itself says. */
function iterationOf(field: ProjectField, { iterationId, title, startDate, duration }: Value) {
  const { iterations = [], completedIterations = [] } = field.configuration ?? {};
  const known = iterationId ? [...iterations, ...completedIterations].find(({ id }) => id === iterationId) : undefined;
  return known ?? (startDate && duration != null ? { title: title ?? '', startDate, duration } : undefined);
}

function cycleOf(field: ProjectField | undefined, value: Value | undefined): RoadmapItem['cycle'] {
  const found = field && value ? iterationOf(field, value) : undefined;
  if (found === undefined) return undefined;
  const { title: name, startDate: from, duration } = found;
  return { name, from, until: utcDay(new Date(Date.parse(from) + (Math.max(1, duration) - 1) * dayMs)) };
}

/** A greeting of a machine answers nothing. */
const isBot = ({ __typename: type, login }: NonNullable<z.infer<typeof author>>) =>
  type === 'Bot' || login.endsWith('[bot]');

const newest = (times: readonly (string | null | undefined)[]): string =>
  times.flatMap(one => one ?? []).reduce((a, b) => (Date.parse(a) >= Date.parse(b) ? a : b));
