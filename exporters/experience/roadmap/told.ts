/**
 * What a tracker tells of the platform team's work, whatever the tracker. Texts people wrote (titles, descriptions,
 * comments) are not among it.
 */

export const itemStatuses = ['backlog', 'todo', 'in_progress', 'done', 'cancelled'] as const;
export type ItemStatus = (typeof itemStatuses)[number];

/** An issue, story or draft as it stands since `changedAt`; an earlier version of it is a change of the past. */
export interface RoadmapItem {
  /** The tracker's own id, not its key: a key changes where an item is moved. */
  readonly id: string;
  /** As people name it: PLAT-12, ENG-7, acme/platform#12. For the API and links alone, never a label. */
  readonly key: string;
  readonly url?: string;
  readonly changedAt: string;
  readonly status: ItemStatus;
  /** What of the platform it is about: an area, a project, a component, by the configured field; '' where none. */
  readonly area: string;
  readonly createdAt: string;
  /** First time in progress. */
  readonly startedAt?: string;
  /** Done or cancelled, whichever it is now. */
  readonly endedAt?: string;
  /** A UTC day. */
  readonly dueOn?: string;
  /** The cycle, sprint or iteration that it is in: its first and last UTC day. */
  readonly cycle?: { readonly name: string; readonly from: string; readonly until: string };
  /** It answers what a user asked for, or it is such feedback: by the configured labels. */
  readonly isFeedback: boolean;
  /** For feedback: when somebody of the team first answered it. */
  readonly answeredAt?: string;
  /** A visit to office hours, and no work: by the configured labels. */
  readonly isOfficeHours?: boolean;
  readonly isDeleted?: boolean;
}

export interface RoadmapTold {
  readonly items: readonly RoadmapItem[];
  /** True where these are all items that there are: others that were known are deleted or out of what is asked for. */
  readonly isWhole: boolean;
}
