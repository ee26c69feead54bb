/**
 * The page of made-up surveys, use of a portal, roadmap and scorecards, each lived through on a ledger of its own: any
 * change of it is a visible diff.
 */
import type { Exporter } from '../../exporters/core/exporter.ts';
import { page } from '../../exporters/core/exposition.ts';
import type { Ledger } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { createSnapshotter } from '../../exporters/core/snapshot.ts';
import { roadmapMetrics, scorecardsMetrics, surveysMetrics, usageMetrics } from '../../exporters/experience/metrics.ts';
import type { TemplateTask, UsageEvent } from '../../exporters/experience/usage/told.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { openBooks as openRoadmap } from '../experience/roadmap/books.ts';
import { randomLife as randomRoadmap } from '../experience/roadmap/life.ts';
import { openBooks as openScorecards } from '../experience/scorecards/books.ts';
import { randomLife as randomScorecards } from '../experience/scorecards/life.ts';
import { items, openBooks as openSurveys, pulse, response } from '../experience/surveys/books.ts';
import { openUsage, peopleOf } from '../experience/usage/books.ts';
import { randomUse } from '../experience/usage/life.ts';

async function pageOf(
  { ledger, exporter }: { readonly ledger: Ledger; readonly exporter: Exporter },
  metrics: readonly Metric[],
  now: Date,
): Promise<string> {
  try {
    const snapshotter = createSnapshotter({
      exporter: { ...exporter, metrics },
      ledger,
      pageDays: 0,
      seriesLimit: 10_000,
    });
    const { snapshot, errors } = await snapshotter.take(now);
    if (errors.length > 0) throw errors[0];
    return Buffer.concat(page(snapshot.families, 'text')).toString();
  } finally {
    await ledger.close();
  }
}

/** Two waves of six teams, one of them of three people: it is hidden, and another with it. */
const sizes = { a: 9, b: 7, c: 6, d: 12, e: 3, f: 5 } as const;

async function surveysPage(): Promise<string> {
  const books = await openSurveys({
    surveys: [
      {
        ...pulse,
        population: { total: 60, teams: { a: 10, b: 9, c: 8, d: 16 } },
        questions: [
          ...pulse.questions,
          { question: 'Would you recommend working here', name: 'enps', as: 'nps', about: 'employer' },
          { question: 'Lead time', name: 'lead', as: 'quick_check', metric: 'lead_time' },
        ],
      },
    ],
  });
  const asked = [...items, { id: 'q8', text: 'Lead time' }, { id: 'q9', text: 'Would you recommend working here' }];
  const answered = (month: string, better: number) =>
    Object.entries(sizes).flatMap(([team, size], group) =>
      Array.from({ length: size }, (_, index) => {
        const said = (index * 5 + group * 3 + better) % 11;
        const whole = response({
          ...{ id: `${month}-${team}${index}`, team, day: `${month}-10`, email: `${team}${index}@example.org` },
          ...{ recommend: Math.min(10, said + better), easy: 1 + (said % 5), happy: 1 + ((said + 2) % 5) },
          focus: 1 + ((said + group) % 5),
        });
        const more = { q8: [String(1 + (said % 6))], q9: [String((said + 4) % 11)] };
        return { ...whole, answers: { ...whole.answers, ...more } };
      }),
    );
  const first = answered('2026-02', 0);
  await books.tell({ items: asked, responses: first }, '2026-03-01T06:00:00Z');
  await books.tell({ items: asked, responses: [...first, ...answered('2026-05', 3)] }, '2026-06-01T06:00:00Z');
  await books.derive('2026-07-10T06:00:00Z');
  return pageOf(books, surveysMetrics, new Date('2026-07-12T06:00:00Z'));
}

/** Each week eight people find the golden path who were never there before, and come to its end. */
function comers(at: Date, what: 'event'): readonly UsageEvent[];
function comers(at: Date, what: 'task'): readonly TemplateTask[];
function comers(at: Date, what: 'event' | 'task'): readonly (UsageEvent | TemplateTask)[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].map(number => {
    const name = `comer-${number}-${at.getTime()}`;
    const user = `user:default/${name}`;
    const began = at.getTime() - number * 3_600_000;
    const [occurredAt, endedAt] = [new Date(began).toISOString(), new Date(began + number * 240_000).toISOString()];
    return what === 'event'
      ? { id: name, occurredAt, action: 'navigate', plugin: 'scaffolder', subject: '/create/x/node-service', user }
      : {
          ...{ id: name, template: 'template:default/node-service', status: 'completed', user },
          ...{ createdAt: occurredAt, endedAt },
        };
  });
}

async function usagePage(): Promise<string> {
  const teams = { payments: 40, search: 25, data: 20, mobile: 15 };
  const books = await openUsage({ ownership: peopleOf(teams), k: 3 });
  let last = new Date(0);
  for (const { at, events, tasks } of randomUse(8, { pieces: 12, stepDays: 7, teams })) {
    await books.tell(
      { events: [...events, ...comers(at, 'event')], tasks: [...tasks, ...comers(at, 'task')] },
      at.toISOString(),
    );
    last = at;
  }
  const now = new Date(last.getTime() + 8 * 86_400_000);
  await books.derive(now.toISOString());
  return pageOf(books, usageMetrics, now);
}

async function roadmapPage(): Promise<string> {
  const books = await openRoadmap();
  let last = new Date(0);
  for (const { at, told } of randomRoadmap(8, 40, 7)) {
    await books.tell(told, at.toISOString());
    last = at;
  }
  return pageOf(books, roadmapMetrics, new Date(last.getTime() + 3_600_000));
}

async function scorecardsPage(): Promise<string> {
  const services = { shop: 'acme/shop', cart: 'acme/cart', pay: 'acme/pay', ads: 'acme/ads' };
  const books = await openScorecards(ownershipOf({ platform: services, data: {} }), '2026-01-01T00:00:00Z');
  let last = new Date(0);
  for (const { at, told } of randomScorecards(8, 12)) {
    await books.tell(told, at);
    last = at;
  }
  return pageOf(books, scorecardsMetrics, new Date(last.getTime() + 3_600_000));
}

export async function goldenExperiencePage(): Promise<string> {
  return [await surveysPage(), await usagePage(), await roadmapPage(), await scorecardsPage()].join('');
}
