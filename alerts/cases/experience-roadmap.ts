/** The unit tests of the alerts on the roadmap and scorecards: what each has to do, by example. */
import { feedbackOpen, oldestUnanswered, promises, scorecardMoves } from '../../exporters/experience/metrics.ts';
import { type AlertCase, given, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const team = { team: 'platform' } as const;
const day = 24;

export function feedbackUnanswered(days: number): Cases {
  const late = Math.ceil(days * day) + 2;
  const since = (values: string) => given(oldestUnanswered, team, values);
  const waiting = (values: string) => given(feedbackOpen, { ...team, state: 'unanswered' }, values);
  return [
    {
      kind: 'fires',
      name: 'fires where the oldest has waited for too long',
      given: [since(steady(0, late)), waiting(steady(2, late))],
      atHours: late,
      firing: [{ labels: team, value: late * 3600 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet while there is time',
      given: [since(steady(0, late)), waiting(steady(2, late))],
      atHours: late - 3,
    },
    {
      kind: 'quiet',
      name: 'resolves when the oldest is answered',
      given: [since(stepping(0, late + 2, days * day * 3600, day)), waiting(stepping(2, late + 2, 1, day))],
      atHours: late + 3,
    },
    {
      kind: 'quiet',
      name: 'resolves once all are answered',
      given: [since(untilStopped(0, late)), waiting(stepping(1, late, 0, day))],
      atHours: late + 1,
    },
    {
      kind: 'stopped',
      name: 'goes on counting for a day after the exporter stopped',
      given: [since(untilStopped(0, late)), waiting(untilStopped(1, late))],
      atHours: late + 20,
      firing: [{ labels: team, value: (late + 20) * 3600 }],
    },
  ];
}

/** The tests' first day is the 1st of January, so that their first quarter ends with day 90. */
export function promisesAtRisk(left: number): Cases {
  const of = (outcome: string, values: string, quarter = '1970-Q1') =>
    given(promises, { ...team, quarter, outcome }, values);
  const end = 90 * day;
  const close = end - left * day;
  const firing = [{ labels: { ...team, quarter: '1970-Q1' }, value: 3 }];
  return [
    {
      kind: 'fires',
      name: 'fires where promises are open and the quarter is nearly over',
      given: [of('open', steady(3, end)), of('kept', steady(5, end))],
      atHours: close + 3,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet while there is time',
      given: [of('open', steady(3, end))],
      atHours: close - 3,
    },
    {
      kind: 'quiet',
      name: 'stays quiet at the end of a month that is not the last of its quarter',
      given: [of('open', steady(3, end))],
      atHours: 58 * day,
    },
    {
      kind: 'quiet',
      name: 'resolves when the last is done',
      given: [of('open', untilStopped(3, close - 30)), of('kept', steady(8, end))],
      atHours: close + 3,
    },
    {
      kind: 'quiet',
      name: 'stays quiet about quarters that are over',
      given: [of('missed', steady(3, end), '1969-Q4'), of('kept', steady(8, end))],
      atHours: close + 3,
    },
    {
      kind: 'quiet',
      name: 'ends with the quarter',
      given: [of('open', untilStopped(3, end))],
      atHours: end + 2,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of('open', untilStopped(3, close + 3))],
      atHours: close + 20,
      firing,
    },
  ];
}

export function scorecardLevelLost(): Cases {
  const labels = { ...team, scorecard: 'production-readiness' } as const;
  const of = (direction: string, values: string) =>
    given(scorecardMoves, { ...labels, direction, window: '30d' }, values);
  const firing = [{ labels, value: 2 }];
  return [
    {
      kind: 'fires',
      name: 'fires where services stand lower than before, however many stand higher',
      given: [of('down', steady(2, day)), of('up', steady(9, day)), of('same', steady(1, day))],
      atHours: 3,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where none does',
      given: [of('down', steady(0, day)), of('up', steady(9, day))],
      atHours: 3,
    },
    {
      kind: 'quiet',
      name: 'resolves when they are back',
      given: [of('down', stepping(2, 5, 0, day))],
      atHours: 6,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [of('down', untilStopped(2, 4))],
      atHours: 20,
      firing,
    },
  ];
}
