/** Random surveys, lived through with all that may happen to them, against an attacker who sees all that is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { items, openBooks, pulse, response, type Said, type Sample, teams } from '../surveys/books.ts';
import { fewWorkedOut, type Sum } from './attacker.ts';

/** Numbers below a bound, the same for the same seed (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

interface Person {
  readonly id: string;
  readonly team: string;
  readonly recommend: number;
  /** Left empty by some. */
  readonly easy: number | undefined;
  /** Counts its answers: an edited one is another. */
  readonly edition: number;
}

interface World {
  readonly people: readonly Person[];
  readonly minimum: number;
  /** Which team of the catalog each answer is. */
  readonly renamed: Readonly<Record<string, string>>;
  readonly questionNames: number;
}

const teamNames = ['a', 'b', 'c', 'd'];

function someone(next: ReturnType<typeof chance>, id: string): Person {
  // Answers that are often alike, and sizes of teams that are often too small.
  const easy = next(5) === 0 ? undefined : 3 + next(2);
  return { id, team: teamNames[Math.min(next(5), next(4))]!, recommend: [10, 9, 8, 3][next(4)]!, easy, edition: 0 };
}

function happen(world: World, next: ReturnType<typeof chance>, step: number): World {
  const { people } = world;
  const some = (count: number) => {
    const chosen = new Set<string>();
    while (chosen.size < Math.min(count, people.length)) chosen.add(people[next(people.length)]!.id);
    return chosen;
  };
  const change = (chosen: ReadonlySet<string>, how: (person: Person) => Person) =>
    people.map(person => (chosen.has(person.id) ? { ...how(person), edition: person.edition + 1 } : person));
  switch (next(9)) {
    case 0:
    case 1: {
      const late = Array.from({ length: 1 + next(9) }, (_, index) => someone(next, `late${step}.${index}`));
      return { ...world, people: [...people, ...late] };
    }
    case 2:
      return { ...world, people: change(some(1 + next(11)), person => ({ ...person, recommend: 10 - next(4) })) };
    case 3: {
      const gone = some(1 + next(4));
      return { ...world, people: people.filter(({ id }) => !gone.has(id)) };
    }
    case 4: {
      const team = teamNames[next(4)]!;
      const moved = some(1 + next(6));
      return { ...world, people: people.map(person => (moved.has(person.id) ? { ...person, team } : person)) };
    }
    case 5:
      return { ...world, minimum: 3 + next(3) };
    case 6:
      return { ...world, renamed: [{}, { a: 'h' }, { a: 'b' }, { c: 'g', d: 'g' }, { a: 'b', b: 'a' }][next(5)]! };
    case 7:
      return { ...world, questionNames: world.questionNames + 1 };
    default: {
      // What is dangerous: one more, under another name of everything.
      const people = [...world.people, someone(next, `late${step}`)];
      return { ...world, people, questionNames: world.questionNames + 1, renamed: { a: 'h', b: 'g' } };
    }
  }
}

const configOf = ({ renamed, questionNames }: World) => ({
  ...{ survey: 'pulse', team: { question: 'Your team', answers: renamed } },
  questions: [
    { ...pulse.questions[0], name: `recommend${questionNames}` },
    { ...pulse.questions[1], name: `easy${questionNames}`, is_reversed: questionNames % 2 === 1 },
  ],
});

interface Group {
  readonly question: 'recommend' | 'easy';
  readonly name: string;
  readonly team: string;
}

/** The groups of which a scrape has a value, each with it and its n. */
function groupsOf(
  samples: readonly Sample[],
): ReadonlyMap<string, Group & { readonly value: number; readonly n: number }> {
  const groups = new Map<string, Group & { readonly value: number; readonly n: number }>();
  for (const [value, n, question] of [
    ['nps', 'nps_responses', 'recommend'],
    ['question_score_ratio', 'question_responses', 'easy'],
  ] as const)
    for (const level of ['organisation', 'team'])
      for (const { labels, value: told } of samples.filter(({ name }) => name === `devex_${level}_${value}`)) {
        const { question: name = '', team = '' } = labels;
        const size = samples.find(
          one => one.name === `devex_${level}_${n}` && one.labels.question === name && (one.labels.team ?? '') === team,
        );
        groups.set(`${question} ${team}`, { question, name, team, value: told, n: size!.value });
      }
  return groups;
}

const answerersOf = ({ people, renamed }: World, { question, team }: Group): readonly Person[] =>
  people.filter(
    person => (team === '' || (renamed[person.team] ?? person.team) === team) && person[question] !== undefined,
  );

const isOf = (people: readonly Person[], group: Group & { readonly value: number; readonly n: number }) =>
  people.length === group.n && Math.abs(toldOf(people, group) - group.value) < 1e-9;

function toldOf(people: readonly Person[], { question, name }: Group): number {
  const mean = (of: (person: Person) => number) => people.reduce((sum, one) => sum + of(one), 0) / people.length;
  if (question === 'recommend') return 100 * mean(one => Number(one.recommend >= 9) - Number(one.recommend <= 6));
  const isReversed = Number(name.slice('easy'.length)) % 2 === 1;
  return mean(one => (isReversed ? 5 - one.easy! : one.easy! - 1) / 4);
}

const toldAs = (person: Person, question: Group['question']) =>
  question === 'easy' ? person.easy! : person.recommend >= 9 ? 1 : person.recommend >= 7 ? 0 : -1;

test('nobody works out what fewer than k people said, whatever happens to a survey', async () => {
  const seen = { releases: 0, held: 0, hidden: 0 };
  for (let seed = 1; seed <= 7; seed += 1) {
    const next = chance(seed);
    let world: World = {
      people: Array.from({ length: 9 + next(9) }, (_, index) => someone(next, `p${index}`)),
      ...{ minimum: 3 + next(2), renamed: {}, questionNames: 0 },
    };
    let smallest = world.minimum;
    const first = await openBooks({ surveys: [configOf(world)], privacy: { minimum_group: world.minimum } });
    const sums: Record<Group['question'], Sum[]> = { recommend: [], easy: [] };
    let told = '';
    const known = new Map<string, readonly Person[]>();
    for (let step = 0; step < 11; step += 1) {
      const now = new Date(Date.UTC(2026, 3, 1 + step, 1)).toISOString();
      if (step > 0) world = happen(world, next, step);
      smallest = Math.min(smallest, world.minimum);
      const options = { surveys: [configOf(world)], privacy: { minimum_group: world.minimum } };
      const books = step === 0 ? first : await openBooks({ ...options, ledger: first.ledger, ownership: teams, now });
      await books.tell({ items, responses: world.people.map(person => response(saidBy(person))) }, now);
      const samples = await books.scrape(now);
      const groups = groupsOf(samples);
      const text = JSON.stringify([...groups]);
      if (text === told) {
        seen.held += 1;
        continue;
      }
      told = text;
      seen.releases += 1;
      // A raised k takes groups away and leaves the others as they were told before.
      const isNow = [...groups.values()].every(group => isOf(answerersOf(world, group), group));
      for (const [key, group] of groups) {
        const people = isNow ? answerersOf(world, group) : known.get(key)!;
        known.set(key, people);
        const where = `seed ${seed}, step ${step}, ${group.question} of ${group.team || 'all'}`;
        // Else the attacker would have taken another set for the one that was told of.
        assert.ok(isOf(people, group), where);
        assert.ok(people.length >= world.minimum, where);
        assert.ok(new Set(people.map(one => toldAs(one, group.question))).size > 1, `${where}: all said the same`);
        sums[group.question].push({
          answers: people.map(one => ({ id: `${one.id}.${one[group.question]}`, person: one.id })),
        });
      }
      if (isNow) assertRests(world, groups, `seed ${seed}, step ${step}`);
      const labels = new Set(world.people.map(({ team }) => world.renamed[team] ?? team));
      seen.hidden += labels.size * 2 + 2 - groups.size;
      for (const question of ['recommend', 'easy'] as const)
        assert.equal(fewWorkedOut(sums[question], smallest), undefined, `seed ${seed}, step ${step}, ${question}`);
    }
    await first.close();
  }
  assert.ok(seen.releases > 15 && seen.held > 20 && seen.hidden > 60, JSON.stringify(seen));
});

/** What is left of the organisation when any of the teams that are told of are taken away. */
function assertRests(world: World, groups: ReturnType<typeof groupsOf>, where: string): void {
  for (const question of ['recommend', 'easy'] as const) {
    const all = groups.get(`${question} `);
    const shown = [...groups.values()].filter(group => group.question === question && group.team !== '');
    if (all === undefined) {
      assert.deepEqual(shown, [], where);
      continue;
    }
    for (let choice = 0; choice < 2 ** shown.length; choice += 1) {
      const taken = shown.filter((_, index) => (choice >> index) % 2 === 1);
      const away = new Set(taken.flatMap(group => answerersOf(world, group).map(({ id }) => id)));
      const rest = answerersOf(world, all).filter(({ id }) => !away.has(id));
      if (rest.length === 0) continue;
      assert.ok(rest.length >= world.minimum, `${where}, ${question}: ${rest.length} are left`);
      assert.ok(new Set(rest.map(one => toldAs(one, question))).size > 1, `${where}, ${question}: the rest is alike`);
    }
  }
}

const saidBy = ({ id, team, recommend, easy }: Person): Said => ({
  ...{ id, team, recommend },
  ...(easy === undefined ? {} : { easy }),
});
