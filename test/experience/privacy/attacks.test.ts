/** Each way that is known to get at what few have said, tried on what is published. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nps, npsResponses, questionScore, surveySuppressed } from '../../../exporters/experience/surveys/metrics.ts';
import { type Books, group, items, openBooks, pulse, response, type Said } from '../surveys/books.ts';

const closed = '2026-04-01T01:00:00Z';
const big = [...group('a', [10, 10, 9, 8, 3, 6, 7]), ...group('b', [9, 9, 9, 0, 7, 8])];
const shown = async (books: Books, at = closed) =>
  (await books.lines(npsResponses.team, at)).map(line => line.split(' ')[0]);

test('by subtraction: a team of three does not follow from the organisation less the others', async () => {
  const books = await openBooks();
  await books.tell({ responses: [...big, ...group('c', [0, 0, 10])] }, closed);
  // b, the smallest of the others, is left out, so that nine are left.
  assert.deepEqual(await shown(books), ['a']);
  assert.deepEqual(await books.lines(surveySuppressed, closed), ['pulse = 2']);
  await books.close();
});

test('by subtraction: whoever named no team is a group like the others', async () => {
  const books = await openBooks();
  const none = [response({ id: 'x', recommend: 0 }), response({ id: 'y', recommend: 10 })];
  await books.tell({ responses: [...big, ...none] }, closed);
  assert.deepEqual(await shown(books), ['a']);
  await books.close();
});

test('by unanimity: of a team that is of one mind nothing is told, nor does it follow', async () => {
  const books = await openBooks();
  await books.tell({ responses: [...big, ...group('c', [0, 3, 6, 5, 2, 1])] }, closed);
  // Six detractors: with 7 to 9 answers of another team the rest is not of one mind.
  assert.deepEqual(await shown(books), ['a']);
  const alone = await openBooks();
  await alone.tell({ responses: group('c', [9, 10, 9, 10, 9, 10]) }, closed);
  assert.deepEqual(await alone.lines(nps.organisation, closed), []);
  await books.close();
  await alone.close();
});

test('by scrapes while a wave is open: nothing is told before it has closed', async () => {
  const books = await openBooks();
  for (let count = 5; count <= big.length; count += 1) {
    const at = `2026-02-${10 + count}T00:00:00Z`;
    await books.tell({ responses: big.slice(0, count) }, at);
    assert.deepEqual(await books.scrape(at), []);
  }
  await books.close();
});

test('by the last hour: who answers after the last look before the end is in the first release', async () => {
  const books = await openBooks();
  await books.tell({ responses: big.slice(0, 12) }, '2026-03-31T23:30:00Z');
  // Something else was told meanwhile; the survey tool was not asked again yet.
  await books.ledger.write(async tx =>
    books.exporter.derive?.(tx, { now: () => new Date(closed), log: undefined as never }),
  );
  assert.deepEqual(await books.scrape(closed), []);
  await books.tell({ responses: big }, closed);
  assert.deepEqual(await books.lines(npsResponses.organisation, closed), ['pulse recommend platform = 13']);
  await books.close();
});

test('by questions: a dimension tells nothing of who left one of its questions out', async () => {
  const books = await openBooks();
  // Ten answer both, one more answers the first alone: from sums of both, and of each, his would follow.
  const both = Array.from({ length: 10 }, (_, index) =>
    response({ id: `p${index}`, team: 'a', easy: 1 + (index % 5), happy: 5 - (index % 4) }),
  );
  await books.tell({ responses: [...both, response({ id: 'one', team: 'a', easy: 4 })] }, closed);
  const value = (name: string, question?: string) => async () =>
    (await books.scrape(closed)).find(
      one => one.name === name && (question === undefined || one.labels.question === question),
    )?.value;
  const [easy, happy, dimension] = await Promise.all([
    value('devex_organisation_question_score_ratio', 'easy')(),
    value('devex_organisation_question_score_ratio', 'happy')(),
    value('devex_organisation_space_dimension_score_ratio')(),
  ]);
  assert.ok(Math.abs((easy! + happy!) / 2 - dimension!) < 1e-12, 'it is a number that follows from the two others');
  await books.close();
});

test('by questions: a dimension is not told of where one of its questions is not', async () => {
  const books = await openBooks();
  const told = Array.from({ length: 6 }, (_, index) =>
    response({ id: `p${index}`, team: 'a', easy: 1 + (index % 5), ...(index < 3 ? { happy: index + 1 } : {}) }),
  );
  await books.tell({ responses: told }, closed);
  const names = (await books.scrape(closed)).map(({ name }) => name);
  assert.ok(names.includes('devex_organisation_question_score_ratio'));
  assert.deepEqual(
    names.filter(name => name.includes('dimension_')),
    [],
  );
  await books.close();
});

test('by n: the mask of a question decides of its n and shares too', async () => {
  const books = await openBooks();
  await books.tell({ responses: [...big, ...group('c', [0, 0, 10])] }, closed);
  const teams = new Map<string, Set<string>>();
  for (const { name, labels } of await books.scrape(closed))
    if (labels.team !== undefined && name.includes('_nps'))
      teams.set(name, (teams.get(name) ?? new Set()).add(labels.team));
  assert.ok(teams.size >= 4);
  for (const [name, told] of teams) assert.deepEqual([...told], ['a'], name);
  await books.close();
});

const oneMore = (day: string) => response({ id: 'one more', team: 'a', recommend: 0, day });

test('by other names: one who comes late stays hidden where the question, the team or the wave is called otherwise', async () => {
  for (const change of [
    { questions: [{ ...pulse.questions[0], name: 'advocacy' }] },
    { questions: [{ ...pulse.questions[0], question: 'q1', name: 'again' }] },
    { team: { question: 'Your team', answers: { a: 'g', b: 'h' } } },
    { waves: [{ wave: 'first', from: '2026-01-01', until: '2026-03-31' }] },
    { waves: [{ wave: 'longer', from: '2025-12-01', until: '2026-03-31' }] },
    { cadence: 'month' },
    { cadence: 'half_year', open_days: 49 },
  ]) {
    const books = await openBooks();
    await books.tell({ responses: big }, closed);
    const later = '2026-04-03T00:00:00Z';
    const changed = await openBooks({ surveys: [{ ...pulse, ...change }], ledger: books.ledger, now: later });
    await changed.tell({ responses: [...big, oneMore('2026-02-20')] }, later);
    const told = await books.lines(npsResponses.organisation, later);
    assert.deepEqual(
      told.map(line => line.split(' = ')[1]),
      ['13'],
      JSON.stringify(change),
    );
    await books.close();
  }
});

test('by other waves: months do not tell of the few of March, who follow from the quarter', async () => {
  const march = group('b', [0, 0, 1], { day: '2026-03-05' }).map(one => ({ ...one, id: `march ${one.id}` }));
  const books = await openBooks();
  await books.tell({ responses: [...big, ...march] }, closed);
  const months = await openBooks({ surveys: [{ ...pulse, cadence: 'month' }], ledger: books.ledger, now: closed });
  await months.tell({ responses: [...big, ...march] }, closed);
  assert.deepEqual(await months.rows('SELECT wave, held FROM survey_waves WHERE held IS NOT NULL'), [
    { wave: '2026-02', held: 'few' },
  ]);
  await books.close();
});

test('by other waves: nor do all months together tell of one who came after the quarter was told', async () => {
  const month = (day: string, scores: readonly number[]) =>
    group('a', scores, { day }).map(one => ({ ...one, id: `${day} ${one.id}` }));
  const told = [
    ...month('2026-01-10', [9, 3, 7, 10, 5, 8]),
    ...month('2026-02-10', [2, 9, 10, 7, 8, 1]),
    ...month('2026-03-10', [6, 9, 8, 10, 0, 3]),
  ];
  const books = await openBooks();
  await books.tell({ responses: told }, closed);
  const months = await openBooks({ surveys: [{ ...pulse, cadence: 'month' }], ledger: books.ledger, now: closed });
  await months.tell({ responses: [...told, oneMore('2026-02-20')] }, closed);
  const waves = await months.rows('SELECT wave, held FROM survey_waves ORDER BY wave');
  assert.deepEqual(
    waves.map(({ wave, held }) => [wave, held]),
    [
      ['2026-01', null],
      ['2026-02', null],
      ['2026-03', 'few'],
      ['2026-q1', null],
    ],
  );
  await books.close();
});

test('by filters: a second survey over the same answers does not tell of the few that are in one alone', async () => {
  const surveys = [
    pulse,
    { ...pulse, survey: 'spring', waves: [{ wave: 'spring', from: '2026-02-01', until: '2026-02-28' }] },
  ];
  const books = await openBooks({ surveys });
  const march = [response({ id: 'm1', day: '2026-03-05', team: 'a', recommend: 0 }), oneMore('2026-03-06')];
  await books.tell({ responses: [...big, ...march] }, closed);
  await books.tell({ survey: 'spring', responses: [...big, ...march] }, closed, 'another');
  const told = (await books.lines(npsResponses.organisation, closed)).map(line => line.split(' ')[0]);
  assert.deepEqual(told, ['pulse']);
  await books.close();
});

test('by k: raised, what is too small goes at once, whatever has changed; lowered, a rest is protected by the new k', async () => {
  const four = group('c', [10, 0, 8, 9]);
  const three = group('d', [10, 0, 8]);
  const at = (minimum_group: number) => ({ privacy: { minimum_group } });
  const books = await openBooks(at(3));
  await books.tell({ responses: [...big, ...four, ...three] }, closed);
  assert.deepEqual(await shown(books), ['a', 'b', 'c', 'd']);
  const later = '2026-04-02T00:00:00Z';
  const raised = await openBooks({ ...at(5), ledger: books.ledger, now: later });
  // One more keeps any other release back.
  await raised.tell({ responses: [...big, ...four, ...three, oneMore('2026-03-30')] }, later);
  assert.deepEqual(await shown(raised, later), ['a', 'b']);
  const lowered = await openBooks({ ...at(4), ledger: books.ledger, now: '2026-04-03T00:00:00Z' });
  await lowered.tell({ responses: [...big, ...four, ...three] }, '2026-04-03T00:00:00Z');
  // d of three is not told of, nor follows: c goes with it.
  assert.deepEqual(await shown(lowered, '2026-04-03T00:00:00Z'), ['a', 'b']);
  await books.close();
});

test('by k: raised after the answers have gone, it holds for what is still told of them', async () => {
  const yearly = { ...pulse, cadence: 'year' };
  const books = await openBooks({ surveys: [yearly], privacy: { minimum_group: 3 } });
  const told = [...big, ...group('c', [10, 0, 8]), ...group('d', [10, 0, 8])];
  await books.tell({ responses: told }, '2027-01-01T00:00:00Z');
  await books.prune('2028-03-01T00:00:00Z');
  assert.deepEqual(await books.rows('FROM survey_released'), []);
  assert.deepEqual(await shown(books, '2028-03-01T00:00:00Z'), ['a', 'b', 'c', 'd']);
  const raised = await openBooks({
    ...{ surveys: [yearly], privacy: { minimum_group: 6 }, ledger: books.ledger },
    now: '2028-03-02T00:00:00Z',
  });
  assert.deepEqual(await shown(raised, '2028-03-02T00:00:00Z'), ['a', 'b']);
  await books.close();
});

test('by two names of a source: three people whose answers are read twice are three', async () => {
  const books = await openBooks();
  const three = group('a', [10, 0, 8]);
  await books.tell({ responses: three }, '2026-03-20T00:00:00Z');
  await books.tell({ responses: three }, closed, 'another');
  assert.deepEqual(await books.scrape(closed), []);
  await books.tell({ responses: [...three, ...group('b', [9, 3, 7, 8, 10])] }, closed, 'another');
  assert.deepEqual(await books.lines(npsResponses.organisation, closed), ['pulse recommend platform = 8']);
  await books.close();
});

test('by edits: an answer that was corrected by less than k people is not told, nor one that was withdrawn', async () => {
  const books = await openBooks();
  await books.tell({ responses: big }, closed);
  const before = await books.scrape(closed);
  const edited = big.map((one, index) => (index < 4 ? { ...one, answers: { ...one.answers, q1: ['5'] } } : one));
  for (const [day, responses] of [
    ['2', edited],
    ['3', big.slice(1)],
    ['4', big.map((one, index) => (index < 2 ? { ...one, answers: { ...one.answers, q5: ['b'] } } : one))],
    ['5', []],
  ] as const) {
    await books.tell({ responses }, `2026-04-0${day}T00:00:00Z`);
    assert.deepEqual(await books.scrape(`2026-04-0${day}T01:00:00Z`), before, day);
  }
  await books.close();
});

test('by another reading: a wave whose answers come from elsewhere now is not told again', async () => {
  const books = await openBooks();
  await books.tell({ responses: big }, closed);
  const copied = [...big, oneMore('2026-03-03')].map(one => ({ ...one, id: `copy of ${one.id}` }));
  await books.tell({ responses: [] }, '2026-04-02T00:00:00Z');
  await books.tell({ responses: copied }, '2026-04-02T00:00:00Z', 'csv');
  assert.deepEqual(await books.lines(npsResponses.organisation, '2026-04-03T00:00:00Z'), [
    'pulse recommend platform = 13',
  ]);
  assert.deepEqual(await books.rows('SELECT held FROM survey_waves'), [{ held: 'replaced' }]);
  await books.close();
});

test('by two readings of one question: asked as NPS and as a scale, a team is told of by both or by neither', async () => {
  const twice = {
    ...pulse,
    questions: [pulse.questions[0], { ...pulse.questions[0], name: 'likely', as: 'scale', min: 0, max: 10 }],
  };
  delete (twice.questions[1] as { about?: string }).about;
  const books = await openBooks({ surveys: [twice] });
  await books.tell({ responses: [...big, ...group('c', [0, 3, 6, 5, 2, 1])], items }, closed);
  assert.deepEqual(await shown(books), ['a']);
  assert.deepEqual(
    (await books.lines(questionScore.team, closed)).map(line => line.split(' ')[0]),
    ['a'],
  );
  await books.close();
});

test('who takes part in two waves is not linked, and what is told of each stands by itself', async () => {
  const books = await openBooks();
  const people: readonly Said[] = Array.from({ length: 6 }, (_, index) => ({
    ...{ id: `p${index}`, email: `p${index}@acme.example`, team: 'a', recommend: 5 + (index % 6) },
  }));
  await books.tell(
    {
      responses: [
        ...people.map(response),
        ...people.map(one =>
          response({ ...one, id: `${one.id} again`, day: '2026-05-05', recommend: 10 - (one.recommend as number) }),
        ),
      ],
    },
    '2026-07-01T01:00:00Z',
  );
  const twice = await books.rows('SELECT person FROM survey_released GROUP BY person HAVING count(DISTINCT wave) > 1');
  assert.deepEqual(twice, []);
  await books.close();
});
