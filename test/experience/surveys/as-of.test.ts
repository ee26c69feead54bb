/** What a scrape at t told is what history computes for t from what was known then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '../../../exporters/core/metric.ts';
import { surveysMetrics } from '../../../exporters/experience/surveys/metrics.ts';
import { assertScrapedIsHistory, assertTogetherIsAlone, type Scraped, scrape } from '../../core/as-of.ts';
import { openBooks, pulse, response } from './books.ts';

const metrics: readonly Metric[] = surveysMetrics;

const full = {
  ...pulse,
  population: { total: 80, teams: { a: 30, b: 30 } },
  questions: [...pulse.questions, { question: 'Lead time', name: 'lead', as: 'quick_check', metric: 'lead_time' }],
};
const items = [
  ...[
    'recommend the platform',
    'The platform is easy',
    'I am happy here',
    'I can focus',
    'Your team',
    'Your e-mail',
  ].map((text, index) => ({ id: `q${index + 1}`, text: index === 0 ? `How likely are you to ${text}?` : text })),
  { id: 'q8', text: 'Lead time' },
];

/** Two years of a survey that is asked each quarter: answers come, are edited and withdrawn; k is raised half way. */
async function lived(seed: number) {
  let state = seed;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const books = await openBooks({ surveys: [full], privacy: { minimum_group: 3 } });
  let telling = books;
  const people = new Map<string, ReturnType<typeof response>>();
  const scraped = new Map<string, Scraped>();
  for (let step = 0; step < 26; step += 1) {
    const at = new Date(Date.UTC(2026, 0, 20 + step * 28, 6));
    const day = new Date(at.getTime() - 3 * 864e5).toISOString().slice(0, 10);
    const isAsked = step % 4 !== 3 && step < 14;
    for (let one = 0; one < (isAsked ? 9 : 1); one += 1) {
      const said = {
        team: 'abcd'[next(4)]!,
        recommend: next(11),
        easy: 1 + next(5),
        happy: 1 + next(5),
        focus: 1 + next(5),
      };
      const told = response({ id: `${step}.${one}`, day, ...said });
      people.set(told.id, { ...told, answers: { ...told.answers, q8: [String(1 + next(6))] } });
    }
    if (step % 5 === 4) for (const id of [...people.keys()].slice(next(5), 9)) people.delete(id);
    if (step === 11)
      telling = await openBooks({
        ...{ surveys: [full], privacy: { minimum_group: 5 }, ledger: books.ledger, now: at.toISOString() },
      });
    const told = step < 14 ? [...people.values()] : [];
    await telling.tell(
      { items, responses: told, isWhole: step < 14, invited: 60 + step },
      new Date(at.getTime() + 1_000).toISOString(),
    );
    await scrape(books, metrics, new Date(at.getTime() + 2_000), scraped);
  }
  return { books, scraped };
}

test('what was scraped is what history computes from what was known then, for every family', async () => {
  const { books, scraped } = await lived(5);
  const { compared, silent } = await assertScrapedIsHistory(books, metrics, scraped);
  assert.ok(compared > 2_000, `only ${compared} values were compared`);
  assert.deepEqual(silent, [], 'families without a value');
  assert.ok((await books.rows('FROM survey_releases WHERE release > 1')).length > 0, 'nothing was told anew');
  await books.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(11);
  await assertTogetherIsAlone(books, metrics, scraped, 3);
  await books.close();
});
