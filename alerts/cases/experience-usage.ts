/** The unit tests of the alerts on what is used: what each has to do, by example. */
import {
  activeTeams,
  adoption,
  featureActiveTeams,
  featureAdoption,
  featureUsed,
  usagePeriodEnd,
} from '../../exporters/experience/metrics.ts';
import { type AlertCase, given, type InputSeries, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];
type Given = (share: string, teams: string) => readonly InputSeries[];

const day = 24;
const weeks = (count: number) => count * 7 * day;
const window = { window: '28d' } as const;
const period = 28 * 86_400;
/** Samples of three periods, of which each is told for four weeks. */
const three = (a: number | string, b: number | string, c: number | string) =>
  `${a}x${weeks(4) * 12 - 1} ${b}x${weeks(4) * 12 - 1} ${c}x${weeks(4) * 12 - 1}`;
const ends = (a: number, b: number, c: number) =>
  given(usagePeriodEnd, window, three(a * period, b * period, c * period));

function falling(labels: Readonly<Record<string, string>>, of: Given, ratio: number, least: number): Cases {
  const fall = plainly(ratio + 0.05);
  const [high, low] = [plainly(0.1 + fall), 0.1];
  const [many, few] = [least + 3, 3];
  const firing = [{ labels, value: plainly(high - low) === fall ? high - low : fall }];
  const atHours = weeks(4) + 8;
  return [
    {
      kind: 'fires',
      name: 'fires where fewer teams use it than in the four weeks before',
      given: [ends(1, 2, 3), ...of(stepping(high, weeks(4), low, weeks(4)), stepping(many, weeks(4), few, weeks(4)))],
      atHours,
      firing,
    },
    {
      kind: 'fires',
      name: 'does not resolve by four weeks of which the share is not told',
      given: [ends(1, 2, 3), ...of(three(high, low, '_'), three(many, few, '_'))],
      atHours: weeks(8) + 2 * day,
      firing,
    },
    {
      kind: 'fires',
      name: 'does not resolve as long as no newer four weeks are told of',
      given: [
        given(usagePeriodEnd, window, stepping(period, weeks(4), 2 * period, weeks(8))),
        ...of(stepping(high, weeks(4), low, weeks(8)), stepping(many, weeks(4), few, weeks(8))),
      ],
      atHours: weeks(8) + 2 * day,
      firing,
    },
    {
      kind: 'quiet',
      name: 'resolves when it falls no further',
      given: [ends(1, 2, 3), ...of(three(high, low, low), three(many, few, few))],
      atHours: weeks(8) + 8,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where one team of few is more than the step',
      given: [
        ends(1, 2, 3),
        ...of(stepping(high, weeks(4), low, weeks(4)), stepping(least + 2, weeks(4), 3, weeks(4))),
      ],
      atHours,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where it falls by less than the step',
      given: [
        ends(1, 2, 3),
        ...of(
          stepping(plainly(0.1 + ratio / 2), weeks(4), low, weeks(4)),
          stepping(many + 20, weeks(4), few, weeks(4)),
        ),
      ],
      atHours,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where the four weeks before were not told of',
      given: [ends(1, 2, 3), ...of(three('_', low, low), three('_', few, few))],
      atHours,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where the newest four weeks are not told of, and it did not fall before',
      given: [ends(1, 2, 3), ...of(three(high, high, '_'), three(many, many, '_'))],
      atHours: weeks(8) + 2 * day,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [
        given(usagePeriodEnd, window, `${period}x${weeks(4) * 12 - 1} ${2 * period}x${12 * 12 - 2} stale`),
        ...of(
          `${high}x${weeks(4) * 12 - 1} ${low}x${12 * 12 - 2} stale`,
          `${many}x${weeks(4) * 12 - 1} ${few}x${12 * 12 - 2} stale`,
        ),
      ],
      atHours: weeks(4) + 30,
      firing,
    },
  ];
}

export const adoptionFalling = (ratio: number, least: number): Cases =>
  falling(window, (share, teams) => [given(adoption, window, share), given(activeTeams, window, teams)], ratio, least);

export const featureAdoptionFalling = (ratio: number, least: number): Cases => {
  const labels = { feature: 'docs', ...window } as const;
  const of: Given = (share, teams) => [given(featureAdoption, labels, share), given(featureActiveTeams, labels, teams)];
  return falling(labels, of, ratio, least);
};

export function featureUnused(): Cases {
  const labels = { feature: 'docs', ...window } as const;
  const used = (values: string) => given(featureUsed, labels, values);
  const firing = [{ labels, value: 0 }];
  return [
    {
      kind: 'fires',
      name: 'fires for what nobody used in four weeks',
      given: [used(stepping(1, weeks(4), 0, weeks(4)))],
      atHours: weeks(4) + 8,
      firing,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what was just declared',
      given: [used(steady(0, weeks(4)))],
      atHours: weeks(3),
    },
    {
      kind: 'quiet',
      name: 'resolves when somebody uses it',
      given: [used(three(0, 0, 1))],
      atHours: weeks(8) + 2,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where no use is told of',
      given: [used(untilStopped(1, weeks(4)))],
      atHours: weeks(5),
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [used(untilStopped(0, weeks(5)))],
      atHours: weeks(5) + 20,
      firing,
    },
  ];
}
