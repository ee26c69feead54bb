/** Numbers of a generated survey against SQL over its answers, which knows nothing of how the exporter computes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBooks, pulse, response } from './books.ts';

const at = '2026-04-01T01:00:00Z';

interface Answer {
  readonly id: string;
  readonly team: string;
  readonly recommend: number;
  readonly easy: number;
  readonly happy: number;
  readonly lead: number;
  readonly failures: number;
}

/** The same each time: 500 people of five teams. */
const people: readonly Answer[] = Array.from({ length: 500 }, (_, index) => {
  const mixed = (salt: number) => (Math.imul(index + 1, 2_654_435_761) >>> (salt % 16)) >>> 0;
  return {
    ...{ id: `p${index}`, team: 'abcde'[mixed(1) % 5]!, recommend: mixed(2) % 11, easy: 1 + (mixed(5) % 5) },
    ...{ happy: 1 + (mixed(7) % 5), lead: 1 + (mixed(9) % 6), failures: mixed(3) % 101 },
  };
});

const survey = {
  ...pulse,
  questions: [
    { question: 'Recommend', name: 'recommend', as: 'nps', about: 'employer' },
    { question: 'Easy', name: 'easy', as: 'scale', dimension: 'satisfaction' },
    { question: 'Hard', name: 'hard', as: 'scale', dimension: 'satisfaction', is_reversed: true },
    { question: 'Lead', name: 'lead', as: 'quick_check', metric: 'lead_time' },
    { question: 'Failures', name: 'failures', as: 'quick_check', metric: 'change_fail_rate' },
  ],
};
const items = ['Recommend', 'Easy', 'Hard', 'Lead', 'Failures', 'Your team'].map(text => ({ id: text, text }));

test('NPS, means, scores and their n are those of SQL, at each level', async () => {
  const books = await openBooks({ surveys: [survey] });
  const responses = people.map(one => ({
    ...response({ id: one.id }),
    answers: {
      Recommend: [`${one.recommend} - as likely`],
      ...{
        Easy: [String(one.easy)],
        Hard: [String(one.happy)],
        Lead: [String(one.lead)],
        Failures: [`${one.failures} %`],
      },
      'Your team': [one.team],
    },
  }));
  await books.tell({ items, responses }, at);
  const samples = await books.scrape(at);
  const expected = await books.ledger.read(reader =>
    reader.all(
      `WITH people AS (
         SELECT p.* FROM (SELECT unnest(from_json($people, '[{"team":"VARCHAR","recommend":"INTEGER","easy":"INTEGER",
           "happy":"INTEGER","lead":"INTEGER","failures":"INTEGER"}]')) AS p)
       )
       SELECT coalesce(team, '') AS team, count(*) AS n,
         100 * avg(CASE WHEN recommend >= 9 THEN 1 WHEN recommend <= 6 THEN -1 ELSE 0 END) AS nps,
         avg((recommend BETWEEN 7 AND 8)::INTEGER) AS passives,
         avg((easy - 1) / 4) AS easy, avg((5 - happy) / 4) AS hard,
         stddev_samp((easy - 1) / 4) AS easy_deviation,
         avg((lead - 1) * 2) AS lead, avg(10 - failures / 10) AS failures
       FROM people GROUP BY GROUPING SETS ((team), ()) ORDER BY team`,
      { people: JSON.stringify(people) },
    ),
  );
  assert.equal(expected.length, 6);
  const value = (team: string, name: string, labels: Readonly<Record<string, string>>) =>
    samples.find(
      sample =>
        sample.name === `devex_${team === '' ? 'organisation' : 'team'}_${name}` &&
        (sample.labels.team ?? '') === team &&
        Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
    )?.value ?? Number.NaN;
  const near = (actual: number, wanted: unknown, what: string) =>
    assert.ok(Math.abs(actual - Number(wanted)) < 1e-9, `${what}: ${actual} is not ${wanted}`);
  for (const row of expected) {
    const team = String(row.team);
    near(value(team, 'survey_responses', {}), row.n, `n of ${team}`);
    near(value(team, 'nps', { about: 'employer' }), row.nps, `NPS of ${team}`);
    near(value(team, 'nps_share_ratio', { answer: 'passive' }), row.passives, `passives of ${team}`);
    near(value(team, 'question_score_ratio', { question: 'easy' }), row.easy, `easy of ${team}`);
    near(value(team, 'question_score_ratio', { question: 'hard' }), row.hard, `hard of ${team}`);
    near(
      value(team, 'space_dimension_score_ratio', { dimension: 'satisfaction' }),
      (Number(row.easy) + Number(row.hard)) / 2,
      `satisfaction of ${team}`,
    );
    near(value(team, 'quick_check_score', { metric: 'change_lead_time' }), row.lead, `lead time of ${team}`);
    near(value(team, 'quick_check_score', { metric: 'change_fail_rate' }), row.failures, `failures of ${team}`);
    // At these n Student's t lies between 1.96 and 2.
    const half = value(team, 'question_score_interval_ratio', { question: 'easy', bound: 'upper' }) - Number(row.easy);
    const errors = half / (Number(row.easy_deviation) / Math.sqrt(Number(row.n)));
    assert.ok(errors > 1.96 && errors < 2, `${errors} standard errors`);
  }
  await books.close();
});

test('the benchmark stands beside the scores with its year and industry', async () => {
  const books = await openBooks({ surveys: [survey] });
  const samples = (await books.scrape(at)).filter(({ name }) => name === 'devex_quick_check_benchmark_score');
  const lead = samples.find(
    ({ labels }) => labels.metric === 'change_lead_time' && labels.year === '2025' && labels.industry === 'all',
  );
  assert.equal(lead?.value, 5.5);
  const none = await openBooks();
  assert.deepEqual(await none.scrape(at), []);
  await books.close();
  await none.close();
});

test('throughput is the mean of its three, and absent where one was not asked', async () => {
  const names = ['lead_time', 'deployment_frequency', 'recovery_time'] as const;
  const asked = names.map(metric => ({ question: metric, name: metric, as: 'quick_check', metric }));
  const books = await openBooks({ surveys: [{ survey: 'pulse', questions: asked }] });
  const responses = people.slice(0, 20).map(({ id, lead }) => ({
    ...response({ id }),
    answers: { lead_time: [String(lead)], deployment_frequency: [String(7 - lead)], recovery_time: [String(lead)] },
  }));
  await books.tell({ items: names.map(text => ({ id: text, text })), responses }, at);
  const scores = new Map(
    (await books.scrape(at))
      .filter(({ name }) => name === 'devex_organisation_quick_check_score')
      .map(({ labels, value }) => [labels.metric, value]),
  );
  const mean =
    (scores.get('change_lead_time')! +
      scores.get('deployment_frequency')! +
      scores.get('failed_deployment_recovery_time')!) /
    3;
  assert.ok(Math.abs(scores.get('throughput')! - mean) < 1e-5);
  assert.deepEqual([scores.has('stability'), scores.has('overall')], [false, false]);
  await books.close();
});
