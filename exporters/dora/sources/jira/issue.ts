/** A Jira issue as an incident. */

import type { Rejection } from '../../../core/rejections.ts';
import { browseUrl } from '../../../vendors/jira/config.ts';
import { wordsIn } from '../../../vendors/jira/fields.ts';
import type { Issue } from '../../../vendors/jira/search.ts';
import { jiraTime } from '../../../vendors/jira/time.ts';
import type { IncidentReport } from '../../reports.ts';
import { type Affected, type Told, translator } from '../../service-words.ts';
import { type JiraIncidentsConfig, usualServiceFields } from './config.ts';

/** Ids of the fields that are read, by what the configuration calls them. */
export type FieldIds = ReadonlyMap<string, string>;

const fixedFields = [
  'summary',
  'status',
  'resolution',
  'resolutiondate',
  'statuscategorychangedate',
  'created',
  'updated',
  'issuetype',
  'labels',
];

/** The ids of all fields that a search must ask for. */
export const fieldsToAsk = (ids: FieldIds): readonly string[] => [...new Set([...fixedFields, ...ids.values()])].sort();

export interface Reading {
  readonly config: JiraIncidentsConfig;
  readonly ids: FieldIds;
  /** Names of services by the ids that issues have; empty where none are known. */
  readonly services: ReadonlyMap<string, string>;
  /** When an issue was set to done, where it says so nowhere itself; from its changelog. */
  readonly doneAt: (issue: Issue) => Promise<string | undefined>;
}

const lower = (list: readonly string[]) => new Set(list.map(one => one.toLowerCase()));

export const placeOf = (key: string) => `issue ${key}`;

/** The report of an issue, or why it can't be read. */
export async function reportOf(issue: Issue, reading: Reading): Promise<IncidentReport | Rejection> {
  const { config } = reading;
  const value = (name: string | undefined) => {
    const id = name === undefined ? undefined : reading.ids.get(name);
    return id === undefined ? undefined : issue.fields[id];
  };
  const word = (name: string | undefined) => wordsIn(value(name))[0];
  const created = jiraTime(issue.fields.created);
  const updated = jiraTime(issue.fields.updated);
  const category = categoryOf(issue);
  if (created === undefined || updated === undefined || category === undefined) {
    const field = created === undefined ? 'created' : updated === undefined ? 'updated' : 'status';
    const value = JSON.stringify(issue.fields[field]) ?? 'nothing';
    return { file: placeOf(issue.key), reason: 'unreadable_issue', field, value };
  }
  const status = (wordsIn(issue.fields.status)[0] ?? '').toLowerCase();
  const resolution = wordsIn(issue.fields.resolution)[0]?.toLowerCase() ?? '';
  const isDone = category === 'done' || lower(config.resolved_statuses).has(status);
  const isCancelled =
    lower(config.cancelled_statuses).has(status) || (isDone && lower(config.cancelled_resolutions).has(resolution));
  const resolvedAt =
    isDone && !isCancelled ? await resolvedOf(issue, reading, value(config.resolved_field)) : undefined;
  const environment = word(config.environment_field);
  const team = word(config.team_field);
  const words = { ...(environment ? { environment } : {}), ...(team ? { team } : {}) };
  const affected = affectedBy(issue, reading).map(one => ({ ...words, ...one }));
  const [type] = wordsIn(issue.fields.issuetype);
  const [deployment, sha] = [word(config.deployment_field), word(config.commit_field)];
  return {
    incident: {
      incident: issue.key,
      title: wordsIn(issue.fields.summary)[0] ?? '',
      severity: word(config.severity_field) ?? '',
      status: isCancelled ? 'cancelled' : resolvedAt === undefined ? 'open' : 'resolved',
      ...(deployment ? { deployment } : {}),
      ...(sha ? { rootCauseSha: sha } : {}),
      labels: [...(type ? [`issuetype:${type}`] : []), ...wordsIn(issue.fields.labels)],
      url: browseUrl(config, issue.key),
      startedAt: jiraTime(value(config.started_field)) ?? created,
      ...(resolvedAt === undefined ? {} : { resolvedAt }),
      updatedAt: updated,
    },
    affected: affected.length > 0 || (environment === undefined && team === undefined) ? affected : [words],
  };
}

/** `new`, `indeterminate` or `done`; names of statuses are anyone's own. */
function categoryOf({ fields }: Issue): string | undefined {
  const status = fields.status as { readonly statusCategory?: { readonly key?: unknown } } | null | undefined;
  const key = status?.statusCategory?.key;
  return typeof key === 'string' ? key : undefined;
}

/**
 * When an issue that is done was resolved: as people enter it, else its resolution's date, else when its status came to
 * the category Done (Cloud), else its changelog. A date of an earlier resolution, from before it was last reopened, is
 * none: then its category has changed since. Where `resolved_statuses` come before Done, only the changelog knows.
 */
async function resolvedOf(issue: Issue, { config, doneAt }: Reading, entered: unknown): Promise<string> {
  const told = jiraTime(entered);
  if (told !== undefined) return told;
  const resolution = jiraTime(issue.fields.resolutiondate);
  const category = jiraTime(issue.fields.statuscategorychangedate);
  const updated = jiraTime(issue.fields.updated)!;
  if (config.resolved_statuses.length > 0) return (await doneAt(issue)) ?? resolution ?? updated;
  if (resolution !== undefined && !(category !== undefined && isLater(category, resolution))) return resolution;
  return category ?? (await doneAt(issue)) ?? updated;
}

const minuteMs = 60_000;

/** Both are set by one step, some moments apart. */
const isLater = (a: string, b: string) => Date.parse(a) - Date.parse(b) > minuteMs;

function affectedBy(issue: Issue, { config, ids, services }: Reading): readonly Affected[] {
  const affectedOf = translator(config.services);
  for (const name of config.service_fields ?? usualServiceFields) {
    const id = ids.get(name);
    if (id === undefined) continue;
    const words = serviceWords(issue.fields[id], id === 'labels' ? config.service_label_prefix : undefined);
    if (words.length > 0)
      return words.map(one => affectedOf({ name: services.get(one) ?? one, aliases: [one] } satisfies Told));
  }
  return [];
}

function serviceWords(value: unknown, prefix: string | undefined): readonly string[] {
  const words = wordsIn(value);
  if (prefix === undefined) return words;
  return words.filter(word => word.startsWith(prefix) && word !== prefix).map(word => word.slice(prefix.length));
}
