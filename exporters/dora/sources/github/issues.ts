/**
 * Issues with a configured label as incidents, of their parts: what it is (`issue`), labels that it has ever had
 * (`label:NAME`), and that it is gone (`deleted`). One that has lost its label, or was closed as not planned or as a
 * duplicate, was no incident after all.
 */
import { wildcard } from '../../../catalog/wildcard.ts';
import type { IncidentFact } from '../../facts.ts';
import { bodyOf, type Part, ranks } from './parts.ts';
import { latest } from './pull-requests.ts';
import type { RestIssue } from './shapes.ts';

interface Snapshot {
  readonly title: string;
  readonly state: 'open' | 'closed';
  /** Lower case; '' where GitHub says nothing. */
  readonly reason: string;
  readonly labels: readonly string[];
  readonly url: string;
  readonly rootCauseSha: string;
  readonly createdAt: string;
  readonly closedAt: string;
  readonly updatedAt: string;
}

const partOf = (repository: string, number: number) => ({
  ...{ repository, kind: 'issue' as const, thing: String(number) },
});

/** The part that says what it is, of REST's or a webhook's object. */
export const issuePart = (issue: RestIssue, repository: string, origin: 'read' | 'told'): Part =>
  snapshotPart(repository, issue.number, origin, {
    ...{ title: issue.title, reason: issue.state_reason ?? '', url: issue.html_url ?? '' },
    state: issue.state ?? (issue.closed_at ? 'closed' : 'open'),
    labels: (issue.labels ?? []).map(({ name }) => name),
    body: issue.body ?? '',
    ...{ createdAt: issue.created_at, closedAt: issue.closed_at ?? '', updatedAt: issue.updated_at },
  });

export function snapshotPart(
  repository: string,
  number: number,
  origin: 'read' | 'told',
  { body, ...told }: Omit<Snapshot, 'rootCauseSha'> & { readonly body: string },
): Part {
  // As Four Keys had it, so that its users' incidents keep their cause.
  const rootCauseSha = /\broot cause:\s*([0-9a-f]{7,40})\b/i.exec(body)?.[1]?.toLowerCase() ?? '';
  const isReopened = told.state === 'open';
  const snapshot: Snapshot = {
    ...{ ...told, rootCauseSha, labels: [...told.labels].sort() },
    // GitHub keeps why one was reopened; an open one has neither a reason nor an end to us.
    ...(isReopened ? { reason: '', closedAt: '' } : { reason: told.reason.toLowerCase() }),
  };
  const rank = origin === 'read' ? ranks.read : isReopened ? ranks.told : ranks.toldEnd;
  return { ...partOf(repository, number), part: 'issue', saidAt: told.updatedAt, rank, body: snapshot };
}

/** That it has, or had, a label. */
export const labelPart = (repository: string, number: number, label: string): Part => ({
  ...{ ...partOf(repository, number), part: `label:${label}`, saidAt: epoch, rank: ranks.told, body: {} },
});

/** That it is deleted, or now lives in another repository; nothing that comes later says otherwise. */
export const deletedPart = (repository: string, number: number): Part => ({
  ...{ ...partOf(repository, number), part: 'deleted', saidAt: epoch, rank: ranks.told, body: {} },
});

/** Whether it happened decides, not when. */
const epoch = '1970-01-01T00:00:00Z';

/** Makes the incident that follows from all parts of an issue; undefined where it never was one. */
export function incidentsOf(incidentLabels: readonly string[]): (parts: readonly Part[]) => IncidentFact | undefined {
  const isIncident = wildcard(incidentLabels, true);
  return parts => {
    const snapshot = bodyOf<Snapshot>(parts, 'issue');
    const first = parts[0];
    if (!snapshot || !first) return undefined;
    const isLabelled = snapshot.labels.some(isIncident);
    const had = parts.some(({ part }) => part.startsWith('label:') && isIncident(part.slice('label:'.length)));
    if (!isLabelled && !had) return undefined;
    const isDeleted = parts.some(({ part }) => part === 'deleted');
    const isNone = !isLabelled || ['not_planned', 'duplicate'].includes(snapshot.reason);
    const word = (pattern: RegExp) => snapshot.labels.map(label => pattern.exec(label)?.[1]).find(Boolean);
    return {
      incident: `${first.repository}#${first.thing}`,
      title: snapshot.title,
      repository: first.repository,
      service: word(/^service[:/]\s*(.+)$/i) ?? '',
      environment: word(/^env(?:ironment)?[:/]\s*(.+)$/i) ?? '',
      severity: word(/^(?:severity|sev|priority)[:/]\s*(.+)$/i) ?? word(/^(sev-?\d|p\d)$/i) ?? '',
      status: isNone ? 'cancelled' : snapshot.state === 'closed' ? 'resolved' : 'open',
      isDeleted,
      rootCauseSha: snapshot.rootCauseSha,
      labels: snapshot.labels,
      url: snapshot.url,
      startedAt: snapshot.createdAt,
      updatedAt: latest([snapshot.updatedAt, ...parts.map(({ saidAt }) => saidAt)])!,
      ...(snapshot.closedAt === '' ? {} : { resolvedAt: snapshot.closedAt }),
    };
  };
}
