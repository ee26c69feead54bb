/**
 * The columns of trackers' exports, by the names that they have in English: Jira's CSV of all or of the current fields
 * (Cloud and Data Center), Linear's CSV of issues and of projects, and the TSV of a view of GitHub Projects.
 */
import type { Tracker } from '../../roadmap/config.ts';

export const meanings = [
  'id',
  'key',
  'title',
  'url',
  'status',
  'category',
  'category_changed',
  'resolution',
  'created',
  'updated',
  'started',
  'ended',
  'cancelled',
  'archived',
  'due',
  'area',
  'labels',
  'cycle_from',
  'cycle_until',
] as const;
export type Meaning = (typeof meanings)[number];

export const exportKinds = ['jira', 'linear', 'linear_projects', 'github_projects'] as const;
export type ExportKind = (typeof exportKinds)[number];

export interface KindOfExport {
  /** Whose items they are: those that an API tells of too are its own. */
  readonly tracker: Tracker | 'linear_projects';
  /** Columns that there must be. */
  readonly required: readonly Meaning[];
  /** Further ones, by which it is recognized. */
  readonly marks: readonly string[];
  /** Names in the order in which they are looked for. */
  readonly columns: Readonly<Partial<Record<Meaning, readonly string[]>>>;
  /** Between labels in one cell. */
  readonly separator: RegExp;
  /** So many rows may be as many as it exports at once, and not all that there are. */
  readonly mostRows?: number;
}

export const kindsOfExport: Readonly<Record<ExportKind, KindOfExport>> = {
  jira: {
    tracker: 'jira',
    required: ['key', 'status'],
    marks: [],
    columns: {
      id: ['Issue id'],
      key: ['Issue key', 'Key'],
      status: ['Status'],
      category: ['Status Category'],
      category_changed: ['Status Category Changed'],
      resolution: ['Resolution'],
      created: ['Created'],
      updated: ['Updated'],
      ended: ['Resolved'],
      due: ['Due date'],
      area: ['Components', 'Component/s'],
      // A column for each of them; a label holds no space.
      labels: ['Labels'],
    },
    separator: /[\s,]+/,
    mostRows: 1_000,
  },
  linear: {
    tracker: 'linear',
    required: ['key', 'status'],
    marks: ['Team', 'Title'],
    columns: {
      id: ['UUID'],
      key: ['ID'],
      status: ['Status'],
      created: ['Created'],
      updated: ['Updated'],
      started: ['Started'],
      ended: ['Completed'],
      cancelled: ['Canceled'],
      archived: ['Archived'],
      due: ['Due Date'],
      area: ['Project'],
      labels: ['Labels'],
      cycle_from: ['Cycle Start'],
      cycle_until: ['Cycle End'],
    },
    separator: /,\s*/,
  },
  linear_projects: {
    tracker: 'linear_projects',
    required: ['title', 'status', 'due'],
    marks: [],
    columns: {
      id: ['ID', 'Project ID', 'UUID'],
      title: ['Name'],
      url: ['URL'],
      status: ['Status', 'State'],
      created: ['Created At', 'Created'],
      updated: ['Updated At', 'Updated'],
      started: ['Started At', 'Started'],
      ended: ['Completed At', 'Completed'],
      cancelled: ['Canceled At', 'Canceled'],
      archived: ['Archived At', 'Archived'],
      due: ['Target Date'],
      area: ['Initiatives'],
      labels: ['Labels'],
    },
    separator: /,\s*/,
  },
  github_projects: {
    tracker: 'github_projects',
    required: ['title', 'url', 'status'],
    marks: [],
    columns: {
      title: ['Title'],
      url: ['URL'],
      status: ['Status'],
      created: ['Created'],
      updated: ['Updated'],
      ended: ['Closed'],
      due: ['Target date', 'Due date', 'End date', 'Quarter'],
      labels: ['Labels'],
    },
    separator: /,\s*/,
  },
};
