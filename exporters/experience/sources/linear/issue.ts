/** An issue of Linear as an item of the roadmap. */
import { z } from 'zod';
import { utcDay } from '../../../core/time.ts';
import { withSteps } from '../../roadmap/past.ts';
import type { ItemStatus, RoadmapItem } from '../../roadmap/told.ts';
import { usualStatus, type Words } from '../../roadmap/words.ts';
import type { LinearConfig } from './config.ts';

const time = z.iso.datetime({ offset: true });
const state = z.looseObject({ type: z.string(), name: z.string() });
const person = z.looseObject({ id: z.string(), displayName: z.string().nullish() }).nullish();

export const commentsSchema = z.looseObject({
  pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  nodes: z.array(z.looseObject({ createdAt: time, user: person })),
});
export type LinearComments = z.infer<typeof commentsSchema>;

export const issueSchema = z.looseObject({
  id: z.string().min(1),
  identifier: z.string().min(1),
  url: z.string().nullish(),
  createdAt: time,
  updatedAt: time,
  startedAt: time.nullish(),
  completedAt: time.nullish(),
  canceledAt: time.nullish(),
  archivedAt: time.nullish(),
  trashed: z.boolean().nullish(),
  dueDate: z.iso.date().nullish(),
  state,
  team: z.looseObject({ key: z.string(), name: z.string() }),
  project: z.looseObject({ name: z.string(), targetDate: z.iso.date().nullish() }).nullish(),
  cycle: z.looseObject({ number: z.number(), startsAt: time, endsAt: time }).nullish(),
  labels: z.looseObject({
    nodes: z.array(z.looseObject({ name: z.string(), parent: z.looseObject({ name: z.string() }).nullish() })),
  }),
  creator: person,
  comments: commentsSchema.nullish(),
  stateHistory: z
    .looseObject({
      pageInfo: z.looseObject({ hasNextPage: z.boolean() }),
      nodes: z.array(z.looseObject({ startedAt: time, state: state.nullish() })),
    })
    .nullish(),
});
export type LinearIssue = z.infer<typeof issueSchema>;

const types: Readonly<Record<string, ItemStatus>> = {
  ...{ triage: 'backlog', backlog: 'backlog', unstarted: 'todo', started: 'in_progress', completed: 'done' },
  ...{ canceled: 'cancelled', duplicate: 'cancelled' },
};

/** Its versions, oldest first. */
export function versionsOfIssue(issue: LinearIssue, config: LinearConfig, words: Words): readonly RoadmapItem[] {
  const meaning = ({ type, name }: z.infer<typeof state>): ItemStatus =>
    words.statusOf(name) ?? types[type] ?? usualStatus(name) ?? 'todo';
  const labels = words.ofLabels(issue.labels.nodes.map(({ name }) => name));
  const told = meaning(issue.state);
  // Archived before it was done: given up.
  const isDropped = issue.archivedAt != null && told !== 'done' && told !== 'cancelled';
  const status = isDropped ? 'cancelled' : told;
  const endedAt =
    status === 'done'
      ? issue.completedAt
      : status === 'cancelled'
        ? (issue.canceledAt ?? (isDropped ? issue.archivedAt : undefined))
        : undefined;
  const dueOn = issue.dueDate ?? (config.due_from_project ? issue.project?.targetDate : undefined);
  const { cycle } = issue;
  const idsOf = (one: z.infer<typeof person>) => (one ? [one.id, one.displayName ?? one.id] : []);
  const comments = (issue.comments?.nodes ?? []).map(({ createdAt, user }) => ({
    at: createdAt,
    authors: idsOf(user),
  }));
  const answeredAt = labels.isFeedback ? words.firstAnswer(comments, idsOf(issue.creator)) : undefined;
  const item: RoadmapItem = {
    ...{ id: issue.id, key: issue.identifier, changedAt: issue.updatedAt, status, createdAt: issue.createdAt },
    ...(issue.url ? { url: issue.url } : {}),
    area: areaOf(issue, config, labels.area),
    ...(issue.startedAt ? { startedAt: issue.startedAt } : {}),
    ...(endedAt ? { endedAt } : {}),
    ...(dueOn ? { dueOn } : {}),
    ...(cycle
      ? { cycle: { name: String(cycle.number), from: cycle.startsAt.slice(0, 10), until: lastDay(cycle.endsAt) } }
      : {}),
    ...{ isFeedback: labels.isFeedback, isOfficeHours: labels.isOfficeHours },
    ...(answeredAt === undefined ? {} : { answeredAt }),
    ...(issue.trashed ? { isDeleted: true } : {}),
  };
  const { nodes = [], pageInfo } = issue.stateHistory ?? {};
  const steps = nodes.flatMap(span => (span.state ? { at: span.startedAt, status: meaning(span.state) } : []));
  // Half a history would tell of a beginning that wasn't it.
  return pageInfo?.hasNextPage === false && steps.length === nodes.length ? withSteps(item, steps) : [item];
}

/** A cycle ends at the instant that the next begins. */
const lastDay = (endsAt: string) => utcDay(new Date(Date.parse(endsAt) - 1));

function areaOf(
  issue: LinearIssue,
  { area_label_group: group, area_from: from }: LinearConfig,
  label: string | undefined,
) {
  if (label !== undefined) return label;
  const grouped = issue.labels.nodes.find(({ parent }) => parent && parent.name.toLowerCase() === group?.toLowerCase());
  if (grouped) return grouped.name;
  return from === 'project' ? (issue.project?.name ?? '') : from === 'team' ? issue.team.name : '';
}
