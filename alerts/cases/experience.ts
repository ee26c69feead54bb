/** The unit tests of the alerts on what developers say: what each has to do, by example. */
import {
  npsChange,
  npsChangeDirection,
  surveyDue as surveyDueAt,
  surveyResponseRate,
  surveyResponses,
  surveyWave,
} from '../../exporters/experience/metrics.ts';
import { type AlertCase, given, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const platform = { survey: 'platform' } as const;
const question = { ...platform, question: 'recommend', about: 'platform' } as const;
const day = 24;
const daySeconds = 86_400;
const due = (days: number, hours: number) => given(surveyDueAt, platform, steady(days * daySeconds, hours));

export function surveyDue(days: number): Cases {
  const late = Math.ceil(days * day) + 2;
  const firing = [{ labels: platform, value: late * 3600 }];
  return [
    {
      kind: 'fires',
      name: 'fires once nobody has asked for too long',
      given: [given(surveyDueAt, platform, steady(0, late + 1))],
      atHours: late,
      firing,
    },
    {
      kind: 'fires',
      name: 'goes on firing when its numbers have become too old to be told, two cadences after the wave',
      given: [given(surveyDueAt, platform, steady(0, 101 * day))],
      atHours: 100 * day,
      firing: [{ labels: platform, value: 100 * daySeconds }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet while there is time',
      given: [due(1, days * day)],
      atHours: days * day,
    },
    {
      kind: 'quiet',
      name: 'resolves with the next wave',
      given: [given(surveyDueAt, platform, stepping(0, late + 5, 90 * daySeconds, day))],
      atHours: late + 6,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(surveyDueAt, platform, untilStopped(0, late))],
      atHours: late + 20,
      firing: [{ labels: platform, value: (late + 20) * 3600 }],
    },
  ];
}

export function surveyTooFew(): Cases {
  const wave = (name: string, values: string) =>
    given(surveyWave, { ...platform, wave: name, minimum_group: '5' }, values);
  const took = (values: string) => given(surveyResponses.organisation, platform, values);
  const firing = [{ labels: platform, value: 1 }];
  return [
    {
      kind: 'fires',
      name: 'fires once for the wave of which nothing is told',
      given: [wave('2026-q1', steady(1, day)), wave('2026-q2', steady(1, day)), due(90, day)],
      atHours: 3,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for a wave that is told of',
      given: [wave('2026-q1', steady(1, day)), took(steady(5, day)), due(90, day)],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'stays quiet when the numbers are too old: SurveyDue says that',
      given: [wave('2026-q1', steady(1, 3 * day)), due(1, 3 * day)],
      atHours: 2 * day,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [wave('2026-q1', untilStopped(1, 4)), given(surveyDueAt, platform, untilStopped(90 * daySeconds, 4))],
      atHours: 20,
      firing,
    },
  ];
}

export function responseRateLow(rate: number): Cases {
  const low = plainly(rate / 2);
  const of = (values: string) => given(surveyResponseRate.organisation, platform, values);
  const firing = [{ labels: platform, value: low }];
  return [
    { kind: 'fires', name: 'fires where few took part', given: [of(steady(low, day))], atHours: 3, firing },
    {
      kind: 'fires',
      name: 'does not resolve by a wave that so few took part in that nothing is told',
      given: [of(untilStopped(low, 30 * day)), due(200, 90 * day)],
      atHours: 70 * day,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where enough did',
      given: [of(steady(rate, day))],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'resolves when enough take part in the next wave',
      given: [of(stepping(low, 2 * day, rate, day)), due(200, 3 * day)],
      atHours: 2 * day + 2,
    },
    {
      kind: 'quiet',
      name: 'is not told of what is too old to be told: SurveyDue says that',
      given: [of(untilStopped(low, 2 * day)), due(3, 40 * day)],
      atHours: 29 * day,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of(untilStopped(low, 4))],
      atHours: 20,
      firing,
    },
  ];
}

/** Series of a level: `change` in points and whether it is significant. */
type Given = (change: string, direction: string) => AlertCase['given'];

const fallen = (labels: Readonly<Record<string, string>>, of: Given): Cases => {
  const firing = [{ labels, value: 24.5 }];
  return [
    {
      kind: 'fires',
      name: 'fires where it fell by more than chance does',
      given: of(steady(-24.5, day), steady(-1, day)),
      atHours: 3,
      firing,
    },
    {
      kind: 'fires',
      name: 'does not resolve by a wave that is not told of',
      given: [...of(untilStopped(-24.5, 30 * day), untilStopped(-1, 30 * day)), due(200, 90 * day)],
      atHours: 110 * day,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where the change may be chance, however large it is',
      given: of(steady(-40, day), steady(0, day)),
      atHours: 3,
    },
    { kind: 'quiet', name: 'stays quiet where it rose', given: of(steady(24.5, day), steady(1, day)), atHours: 3 },
    {
      kind: 'quiet',
      name: 'resolves with the next wave, which counts rather than the one that was told before',
      given: [...of(stepping(-24.5, 2 * day, 3, 40 * day), stepping(-1, 2 * day, 0, 40 * day)), due(200, 60 * day)],
      atHours: 29 * day,
    },
    {
      kind: 'quiet',
      name: 'stays quiet about a group that is not told of, and never was',
      given: [due(200, day)],
      atHours: 3,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: of(untilStopped(-24.5, 4), untilStopped(-1, 4)),
      atHours: 20,
      firing,
    },
  ];
};

export const npsFell = (): Cases =>
  fallen(question, (change, direction) => [
    given(npsChange.organisation, question, change),
    given(npsChangeDirection.organisation, question, direction),
  ]);

export const teamNpsFell = (): Cases => {
  const labels = { team: 'search', ...question } as const;
  return fallen(labels, (change, direction) => [
    given(npsChange.team, labels, change),
    given(npsChangeDirection.team, labels, direction),
  ]);
};
