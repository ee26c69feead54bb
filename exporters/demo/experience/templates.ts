/** Who of the demo company ran a template of the scaffolder, when, and what came of it. */
import { chance, dayMs } from '../chance.ts';
import type { Span } from '../policy/story.ts';
import { goldenPath } from './features.ts';
import { type DemoPerson, people } from './people.ts';
import { goldenPathFrom, goldenPathKnown, lifted } from './story.ts';

export interface TemplateRun {
  readonly person: DemoPerson;
  readonly template: string;
  /** Milliseconds since 1970, as all times here. */
  readonly seenAt: number;
  /** Undefined where the template was looked at and not run. */
  readonly run?: {
    readonly at: number;
    readonly seconds: number;
    readonly outcome: 'completed' | 'failed' | 'cancelled';
  };
}

const hourMs = dayMs / 24;

/** Of the whole story up to `until`, in no order. */
export function templateRuns({ from, until }: Span, story: Date): readonly TemplateRun[] {
  const runs = [...goldenPathRuns(story, until.getTime()), ...moduleRuns({ from, until }, story)];
  return runs.filter(({ seenAt }) => seenAt >= from.getTime() && seenAt < until.getTime());
}

/** Those who have ever opened the portal, in the order in which they come to the golden path. */
const users = people
  .filter(({ name }) => chance('portal', name) > 0.1)
  .toSorted((a, b) => chance('golden path', a.name) - chance('golden path', b.name));
const nthOf = new Map(users.map(({ name }, nth) => [name, nth]));

/** When somebody comes to the golden path: one after another, as many in every month. Undefined of who never opens the portal. */
function comesAt({ name }: DemoPerson, story: Date): number | undefined {
  const nth = nthOf.get(name);
  if (nth === undefined) return undefined;
  const [begin, end] = [goldenPathFrom(story), goldenPathKnown(story)];
  return atWork(begin + ((end - begin) * nth) / users.length, chance('golden path', name, 'hour'));
}

/** From when on somebody is seen in the portal: two of three come for the golden path. Undefined of who never is. */
export function joinedAt(person: DemoPerson, story: Date): number | undefined {
  const at = comesAt(person, story);
  return at === undefined || nthOf.get(person.name)! % 3 > 0 ? at : 0;
}

function goldenPathRuns(story: Date, until: number): readonly TemplateRun[] {
  return users.flatMap(person => {
    const drawn = (...what: readonly (string | number)[]) => chance('golden path', person.name, ...what);
    const first = comesAt(person, story)!;
    // Who only looks tries it some days later, or never.
    if (drawn('never') < 0.12) return [look(person, first)];
    const waits = drawn('waits') < 0.3 ? 2 + 12 * drawn('days') : 0;
    const tried = waits === 0 ? first + 0.2 * hourMs : atWork(first + waits * dayMs, drawn('again'));
    const isStuck = drawn('stuck') < 0.4 - 0.25 * lifted(story, tried);
    const runs: TemplateRun[] = [
      ...(waits === 0 ? [] : [look(person, first)]),
      runOf(person, goldenPath.template, { at: tried, outcome: isStuck ? 'failed' : 'completed' }),
    ];
    if (isStuck)
      runs.push(
        runOf(person, goldenPath.template, { at: atWork(tried + dayMs, drawn('mended')), outcome: 'completed' }),
      );
    for (let at = tried + 20 * dayMs, nth = 0; at < until; at += (15 + 60 * drawn('next', nth)) * dayMs, nth++)
      runs.push(
        runOf(person, goldenPath.template, {
          at: atWork(at, drawn('later', nth)),
          outcome: outcomeOf(drawn('ends', nth)),
        }),
      );
    return runs;
  });
}

/** A template that there always was. */
function moduleRuns({ from, until }: Span, story: Date): readonly TemplateRun[] {
  const runs: TemplateRun[] = [];
  for (const person of users) {
    const joined = joinedAt(person, story)!;
    const often = person.team === 'platform' ? 12 : 45;
    // From a day of its own on, so that what is drawn does not hang on the span.
    for (let at = story.getTime() - 420 * dayMs, nth = 0; at < until.getTime(); nth++) {
      at += (2 + often * chance('module', person.name, nth)) * dayMs;
      if (at >= from.getTime() && at > joined)
        runs.push(
          runOf(person, 'terraform-module', {
            at: atWork(at, chance('module hour', person.name, nth)),
            outcome: outcomeOf(chance('module ends', person.name, nth)),
          }),
        );
    }
  }
  return runs;
}

const outcomeOf = (drawn: number) => (drawn < 0.09 ? 'failed' : drawn < 0.12 ? 'cancelled' : 'completed');

const look = (person: DemoPerson, seenAt: number): TemplateRun => ({ person, template: goldenPath.template, seenAt });

function runOf(
  person: DemoPerson,
  template: string,
  { at, outcome }: { readonly at: number; readonly outcome: NonNullable<TemplateRun['run']>['outcome'] },
): TemplateRun {
  const seconds = Math.round(40 + 200 * chance('takes', person.name, at) ** 2);
  return { person, template, seenAt: at - Math.round(0.1 * hourMs), run: { at, seconds, outcome } };
}

/** On the same day, or the Monday after, within working hours. */
function atWork(at: number, drawn: number): number {
  const day = Math.floor(at / dayMs);
  // 1970-01-01 was a Thursday.
  const weekday = (day + 3) % 7;
  return (day + (weekday > 4 ? 7 - weekday : 0)) * dayMs + Math.round((8 + 9 * drawn) * hourMs);
}
