/**
 * The source `events`: POST /push/dora/events takes deployments and incidents of whatever else deploys and breaks, and
 * commits and pull requests of whatever no other source reads. EVENTS.md documents it. What is posted twice is one; what
 * an event leaves out and an earlier one said is kept.
 */
import type { Ownership } from '../../../catalog/ownership.ts';
import type { PushSource } from '../../../core/source.ts';
import { completedIncidents, completedPullRequests, statedDeployments } from '../../completed.ts';
import { storeFacts } from '../../store-facts.ts';
import type { EventsConfig } from './config.ts';
import { factsOf } from './facts.ts';
import { readEvents } from './read.ts';
import { ownEvents } from './rights.ts';

/** Errors of a post: PUSH_INVALID, PUSH_FORBIDDEN; nothing of it is taken then. */
export function eventsSource({ name, every }: EventsConfig, ownership: Ownership): PushSource {
  return {
    kind: 'push',
    isAlwaysThere: true,
    name,
    everySeconds: every,
    accept: async (context, { body, principal }) => {
      const now = context.now();
      const events = readEvents(body, { source: name, now });
      return {
        cursor: { at: now.toISOString() },
        write: async tx => {
          const own =
            principal.role === 'team' ? await ownEvents(tx, events, { principal, ownership, source: name }) : events;
          const told = factsOf(own);
          const facts = {
            commits: told.commits,
            pipelineRuns: told.pipelineRuns,
            deployments: await statedDeployments(tx, name, told.deployments),
            pullRequests: await completedPullRequests(tx, name, told.pullRequests),
            incidents: await completedIncidents(tx, name, told.incidents),
          };
          return { records: events.length, changed: await storeFacts(tx, name, facts, now), rejected: {} };
        },
      };
    },
  };
}
