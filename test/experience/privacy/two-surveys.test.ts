/** Random answers that two surveys read by other groups, while answers, waves, names of teams and k change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../../exporters/core/ledger.ts';
import { openBooks, pulse, response } from '../surveys/books.ts';
import { randomOf } from '../usage/life.ts';
import { fewWorkedOut, type Sum } from './attacker.ts';

interface Person {
  readonly id: string;
  readonly team: string;
  readonly place: string;
  readonly recommend: number;
  readonly day: string;
}

/** Every number of NPS that a life of six readings publishes, as the answers that it is over. */
async function published(seed: number): Promise<{ readonly sums: readonly Sum[]; readonly minimum: number }> {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const score = () => Math.floor(random() * 11);
  const somebody = (id: string, day: string): Person => ({
    ...{ id, team: pick(['a', 'b', 'c', 'd']), place: pick(['e', 'f', 'g']), recommend: score(), day },
  });
  let people = Array.from({ length: 13 + Math.floor(random() * 4) }, (_, n) =>
    somebody(`r${n}`, `2026-0${1 + Math.floor(random() * 3)}-1${n % 10}`),
  );
  let ledger: Ledger | undefined;
  let minimum = 5;
  let rows: Awaited<ReturnType<typeof openBooks>>['rows'] | undefined;
  for (let step = 0; step < 6; step += 1) {
    const now = `2026-0${4 + step}-02T00:00:00Z`;
    const k = pick([4, 5, 5, 6]);
    minimum = Math.min(minimum, k);
    const answers: Record<string, string> = random() < 0.3 ? { a: 'h', b: pick(['b', 'h']) } : {};
    if (random() < 0.6)
      people = people.filter(() => random() > 0.03).map(one => (random() < 0.1 ? { ...one, recommend: score() } : one));
    if (random() < 0.5) people.push(somebody(`n${step}`, '2026-02-11'));
    const books = await openBooks({
      surveys: [
        {
          ...pulse,
          cadence: pick(['quarter', 'quarter', 'month', 'half_year']),
          team: { question: 'Your team', answers },
        },
        { ...pulse, survey: 'place', team: { question: 'q7' } },
      ],
      ...{ privacy: { minimum_group: k }, now },
      ...(ledger === undefined ? {} : { ledger }),
    });
    ({ ledger, rows } = books);
    const responses = people.map(one => response({ ...one, email: `${one.id}@acme.example`, words: one.place }));
    await books.tell({ responses }, now);
    await books.tell({ survey: 'place', responses }, now, 'second');
  }
  const told = await rows!(
    `SELECT x.survey, x.wave, x.release::INTEGER AS release, x.team, list([o.trace, o.raw]) AS answers
     FROM survey_results AS x
     JOIN survey_released AS o USING (survey, wave, release, question)
     WHERE kind = 'nps' AND (x.team = '' OR x.team = o.team)
     GROUP BY ALL`,
  );
  await ledger?.close();
  const sums = told.map(({ answers }) => ({
    answers: (answers as [string, string][]).map(([person, raw]) => ({ id: `${person} ${raw}`, person })),
  }));
  return { sums, minimum };
}

test('of two surveys over the same people no combination of all that was ever told is of fewer than k', async () => {
  let count = 0;
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { sums, minimum } = await published(seed);
    count += sums.length;
    assert.equal(fewWorkedOut(sums, minimum), undefined, `seed ${seed}`);
  }
  assert.ok(count >= 20, `${count} numbers were told`);
});
