/** Backstage's scaffolder below `/backstage`: its tasks, newest first, by limit and offset. */
import { createHash } from 'node:crypto';
import { dayMs } from '../chance.ts';
import { templateRuns } from '../experience/templates.ts';
import type { Vendor } from './vendor.ts';

const historyDays = 400;

export const backstageAnswer: Vendor = ({ url, until, story }) => {
  if (url.pathname !== '/backstage/api/scaffolder/v2/tasks') return undefined;
  const from = new Date(until.getTime() - historyDays * dayMs);
  const tasks = templateRuns({ from, until }, story)
    .flatMap(({ person, template, run }) => (run && run.at < until.getTime() ? [{ person, template, run }] : []))
    .sort((a, b) => b.run.at - a.run.at || (a.person.name < b.person.name ? -1 : 1))
    .map(({ person, template, run: { at, seconds, outcome } }) => {
      const entityRef = `template:default/${template}`;
      const endedAt = at + seconds * 1000;
      return {
        id: createHash('sha256').update(`${person.name} ${template} ${at}`).digest('hex').slice(0, 20),
        spec: { templateInfo: { entityRef }, parameters: {}, user: { ref: person.ref } },
        status: endedAt > until.getTime() ? 'processing' : outcome,
        createdAt: new Date(at).toISOString(),
        lastHeartbeatAt: new Date(Math.min(endedAt, until.getTime())).toISOString(),
        createdBy: person.ref,
      };
    });
  const [limit, offset] = [Number(url.searchParams.get('limit') ?? 50), Number(url.searchParams.get('offset') ?? 0)];
  return { status: 200, body: { tasks: tasks.slice(offset, offset + limit), totalTasks: tasks.length } };
};
