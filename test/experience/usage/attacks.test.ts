/**
 * Attacks on counts of people: by subtraction between teams, between weeks' releases, and by what a catalog says of teams.
 * What is published is held against counts of its own made from what was told.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../../exporters/core/ledger.ts';
import type { UsageEvent } from '../../../exporters/experience/usage/told.ts';
import { openUsage, peopleOf, used } from './books.ts';
import { randomOf } from './life.ts';

const k = 4;
const dayMs = 864e5;
const monday = Date.parse('2026-01-05T00:00:00Z');

interface Week {
  readonly end: string;
  readonly people: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Weeks of random teams, of which few to all people use the portal. */
function randomWeeks(seed: number) {
  const random = randomOf(seed);
  const teams = Object.fromEntries(
    Array.from({ length: 2 + Math.floor(random() * 6) }, (_, index) => [`t${index}`, 1 + Math.floor(random() * 11)]),
  );
  const events: UsageEvent[] = [];
  const weeks: Week[] = [];
  for (let week = 0; week < 6; week += 1) {
    const begin = monday + week * 7 * dayMs;
    const people = new Map<string, Set<string>>();
    const use = (person: string, team: string) => {
      people.set(team, (people.get(team) ?? new Set()).add(person));
      for (let n = 0; n <= random() * 2; n += 1)
        events.push(used(person, new Date(begin + random() * 7 * dayMs).toISOString()));
    };
    for (const [team, size] of Object.entries(teams)) {
      const share = [0, 0.5, 0.9, 1][Math.floor(random() * 4)]!;
      for (let n = 1; n <= size; n += 1) if (random() < share) use(`p${n}-${team}`, team);
    }
    const guests = random() < 0.5 ? 0 : Math.floor(random() * 8);
    for (let n = 0; n < guests; n += 1) use(`guest-${n}`, 'unowned');
    weeks.push({ end: new Date(begin + 7 * dayMs).toISOString().slice(0, 10), people });
  }
  return { teams, events, weeks };
}

const cellOf = (rows: readonly Row[], end: string, measure: string, team = '', feature = '') =>
  rows.find(r => r.end === end && r.measure === measure && r.team === team && r.feature === feature)?.value;

test('of no week can less than k people, or all of a team, be worked out by subtraction', async () => {
  const told = { all: 0, teams: 0, hidden: 0 };
  for (let seed = 1; seed <= 25; seed += 1) {
    const { teams, events, weeks } = randomWeeks(seed);
    const books = await openUsage({ ownership: peopleOf(teams), k, now: '2026-01-05T00:00:00Z' });
    await books.tell({ events }, '2026-02-20T00:00:00Z');
    const rows = await books.rows(
      `SELECT period_end::VARCHAR AS end, measure, team, feature, value FROM usage_results WHERE "window" = '7d'`,
    );
    for (const { end, people } of weeks) {
      const about = `seed ${seed}, week to ${end}`;
      const all = cellOf(rows, end, 'active_users');
      const naive = [...people.values()].reduce((sum, set) => sum + set.size, 0);
      const most = [...people.keys()].reduce((sum, team) => sum + (teams[team] ?? Number.POSITIVE_INFINITY), 0);
      // It is told exactly where it may be.
      assert.equal(all, naive >= k && naive < most ? naive : undefined, about);
      if (all !== undefined) told.all += 1;
      let rest = naive;
      let capacity = 0;
      for (const team of [...Object.keys(teams), 'unowned']) {
        const n = people.get(team)?.size ?? 0;
        const size = teams[team] ?? Number.POSITIVE_INFINITY;
        const value = cellOf(rows, end, 'active_users', team);
        if (value === undefined) {
          // Whether guests are among the rest is not known where none is told.
          if (team !== 'unowned' || n > 0) capacity += size;
          if (n > 0) told.hidden += 1;
          continue;
        }
        told.teams += 1;
        assert.equal(value, n, `${about}, ${team}`);
        assert.ok(n >= k && n < size, `${about}: ${n} of ${size} of ${team}`);
        rest -= n;
      }
      if (rest < naive)
        assert.ok(rest === 0 || (rest >= k && rest < capacity), `${about}: ${rest} of ${capacity} left`);
      const unseen = Object.entries(teams).filter(
        ([team]) => cellOf(rows, end, 'team_used', team, 'catalog') === undefined,
      );
      const unseenPeople = unseen.reduce((sum, [, size]) => sum + size, 0);
      if (unseen.length < Object.keys(teams).length)
        assert.ok(unseenPeople === 0 || unseenPeople >= k, `${about}: ${unseenPeople} in teams that are not told`);
      // Adoption less the teams that are told must not tell what a single person did.
      const active = cellOf(rows, end, 'active_teams', '', 'catalog');
      if (active !== undefined && unseen.some(([, size]) => size === 1)) {
        const seen = Object.keys(teams).filter(team => cellOf(rows, end, 'team_used', team, 'catalog') === 1).length;
        assert.ok(Number(active) - seen < unseen.length, `${about}: all hidden teams are told to have used it`);
      }
    }
    await books.close();
  }
  assert.ok(told.all > 60 && told.teams > 80 && told.hidden > 80, JSON.stringify(told));
});

test('two releases of one week never differ by one to k - 1 people of what is told', async () => {
  let releases = 0;
  let held = 0;
  for (let seed = 1; seed <= 5; seed += 1) {
    const { teams, events } = randomWeeks(seed + 100);
    const random = randomOf(seed);
    const inTime = events.filter(() => random() < 0.7);
    const late = events.filter(event => !inTime.includes(event));
    const books = await openUsage({ ownership: peopleOf(teams), k, now: '2026-01-05T00:00:00Z' });
    await books.tell({ events: inTime }, '2026-02-20T00:00:00Z');
    for (let start = 0; start < late.length; start += 11) {
      const now = new Date(Date.parse('2026-02-20T00:00:00Z') + (start + 1) * 60_000).toISOString();
      await books.tell({ events: late.slice(start, start + 11) }, now);
    }
    const rows = await books.rows(
      `SELECT "window", period_end::VARCHAR AS end, release::INTEGER AS release, team, feature, value FROM usage_results
       WHERE measure = 'active_users' ORDER BY ALL`,
    );
    for (const row of rows) {
      const next = rows.find(
        other =>
          other.window === row.window &&
          other.end === row.end &&
          other.team === row.team &&
          other.feature === row.feature &&
          Number(other.release) === Number(row.release) + 1,
      );
      if (!next) continue;
      releases += 1;
      const difference = Math.abs(Number(next.value) - Number(row.value));
      assert.ok(difference === 0 || difference >= k, `seed ${seed}: ${JSON.stringify(row)} became ${next.value}`);
    }
    held += (await books.rows('FROM usage_held')).length;
    await books.close();
  }
  assert.ok(releases > 8 && held > 3, `${releases} releases, ${held} held`);
});

test('one who posts events of others days later makes no count tell of them', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 12, blue: 12 }), k });
  const week = (team: string, n: number) =>
    Array.from({ length: n }, (_, index) => used(`p${index + 1}-${team}`, '2026-03-03T10:00:00Z'));
  await books.tell({ events: [...week('red', 6), ...week('blue', 7)] }, '2026-03-04T10:00:00Z');
  await books.derive('2026-03-10T01:00:00Z');
  // An attacker who may post says that k - 1 strangers and a colleague were there, to see whether the colleague was.
  const probe = [...Array.from({ length: k - 1 }, (_, index) => `stranger-${index}`), 'p1-red'];
  await books.tell({ events: probe.map(person => used(person, '2026-03-05T10:00:00Z')) }, '2026-03-11T10:00:00Z');
  assert.deepEqual(
    await books.rows(`SELECT DISTINCT release::INTEGER AS release FROM usage_results WHERE "window" = '7d'`),
    [{ release: 1 }],
  );
  await books.close();
});
