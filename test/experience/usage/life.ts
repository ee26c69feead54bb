/** Random use of a portal in pieces: some of it late, some told twice, tasks that go on. */
import type { TemplateTask, UsageEvent } from '../../../exporters/experience/usage/told.ts';

export interface Piece {
  readonly at: Date;
  readonly events: readonly UsageEvent[];
  readonly tasks: readonly TemplateTask[];
}

export function randomOf(seed: number): () => number {
  let state = seed * 7919 + 17;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const dayMs = 864e5;
const plugins = ['catalog', 'catalog-graph', 'techdocs', 'search', 'cost-insights'];
const templates = ['template:default/node-service', 'template:default/site', 'template:ops/cluster'];

/** People of teams as peopleOf makes them, and guests; pieces so many days apart. */
export function randomUse(
  seed: number,
  { pieces, stepDays, teams }: { pieces: number; stepDays: number; teams: Readonly<Record<string, number>> },
): readonly Piece[] {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const people = [
    ...Object.entries(teams).flatMap(([team, size]) => Array.from({ length: size }, (_, i) => `p${i + 1}-${team}`)),
    ...Array.from({ length: 8 }, (_, index) => `guest-${index}`),
  ];
  const start = Date.parse('2026-01-05T12:00:00Z');
  const open = new Map<string, TemplateTask>();
  let told: UsageEvent[] = [];
  let serial = 0;
  return Array.from({ length: pieces }, (_, index) => {
    const at = start + index * stepDays * dayMs;
    const events = Array.from({ length: 60 }, (): UsageEvent => {
      serial += 1;
      const days = random() < 0.15 ? random() * 14 : random() * stepDays;
      const action = pick(['navigate', 'click', 'search', 'create', 'view'] as const);
      return {
        ...{ id: `e${serial}`, occurredAt: new Date(at - days * dayMs).toISOString(), action, plugin: pick(plugins) },
        subject: random() < 0.2 ? '/create/templates/default/node-service' : '/somewhere',
        ...(random() < 0.1 ? {} : { user: `user:default/${random() < 0.1 ? `new-${serial}` : pick(people)}` }),
        ...(action === 'search' && random() < 0.8 ? { results: Math.floor(random() * 3) } : {}),
        ...(action === 'view' ? { entity: pick(['component:default/shop', 'component:default/pay']) } : {}),
      };
    });
    const tasks: TemplateTask[] = [...open.values()].map(task => {
      const status = pick(['processing', 'completed', 'failed', 'cancelled'] as const);
      const endedAt = new Date(at - random() * 3_600_000).toISOString();
      return status === 'processing' ? { ...task, status } : { ...task, status, endedAt };
    });
    for (const task of tasks) if (task.status !== 'processing') open.delete(task.id);
    for (let n = 0; n < 4; n += 1) {
      serial += 1;
      const createdAt = new Date(at - random() * stepDays * dayMs).toISOString();
      const task: TemplateTask = {
        ...{ id: `t${serial}`, template: pick(templates), status: 'open', createdAt },
        user: `user:default/${pick(people)}`,
      };
      tasks.push(task);
      open.set(task.id, task);
    }
    const again = told.filter(() => random() < 0.1);
    told = events;
    return { at: new Date(at), events: [...events, ...again], tasks };
  });
}
