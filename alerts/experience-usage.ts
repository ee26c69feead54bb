/** Alerts on what is used, of periods of four weeks that are over: a Monday with little use is no fall. */
import { and, andOn, compare, earlier, latest, minus, or, unless } from '../dashboards/lib/promql.ts';
import type { Metric } from '../exporters/core/metric.ts';
import {
  activeTeams,
  adoption,
  featureActiveTeams,
  featureAdoption,
  featureUsed,
  usagePeriodEnd,
} from '../exporters/experience/metrics.ts';
import * as cases from './cases/experience-usage.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { asPercentage, label, percentage, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

type Weeks = '0d' | '28d' | '56d';
type Told<Label extends string> = Metric<string, 'state', Label | 'window', false>;

const window = ['window'] as const;
const ofFourWeeks = { window: '28d' } as const;
/** What was told so long ago, of the newest four weeks that were over then. */
const at = <Label extends string>(metric: Told<Label>, ago: Weeks) =>
  ago === '0d' ? latest(metric, ofFourWeeks as object) : earlier(metric, ago, ofFourWeeks as object);

/** The alerts of `experience-usage.rules.yml`. */
export function usageAlerts({ alerts }: Settings) {
  const { adoption_fall_ratio: ratio, adoption_fall_teams: least } = alerts;

  /**
   * By how much the share fell from the four weeks before to the newest that are told of. Where the newest tell none, or
   * there are none that are newer, what fell before has not risen.
   */
  const falling = <Label extends string>(share: Told<Label>, teams: Told<Label>) => {
    const isNewer = (now: Weeks, before: Weeks) =>
      compare(minus(at(usagePeriodEnd, now), at(usagePeriodEnd, before)), '>', 0);
    const fell = (now: Weeks, before: Weeks) =>
      andOn(
        window,
        and(
          compare(minus(at(share, before), at(share, now)), '>', ratio),
          compare(minus(at(teams, before), at(teams, now)), '>=', least),
        ),
        isNewer(now, before),
      );
    const judged = andOn(window, at(share, '0d'), isNewer('0d', '28d'));
    return or(fell('0d', '28d'), unless(fell('28d', '56d'), judged));
  };
  const adoptionFalling = defineAlert({
    name: 'AdoptionFalling',
    severity: 'digest',
    expr: falling(adoption, activeTeams),
    for: '6h',
    summary: text`${percentage} of the teams no longer use the portal`,
    description: text`The share of teams of which somebody uses the portal fell by ${percentage} of all teams from one four weeks to the next; more than ${asPercentage(ratio)}, and ${least} teams or more, is more than a holiday.`,
    value: text`${percentage} of all teams`,
    page: 'experience',
    cases: cases.adoptionFalling(ratio, least),
  });

  const featureAdoptionFalling = defineAlert({
    name: 'FeatureAdoptionFalling',
    severity: 'digest',
    expr: falling(featureAdoption, featureActiveTeams),
    for: '6h',
    summary: text`${percentage} of the teams no longer use ${label('feature')}`,
    description: text`The share of teams of which somebody uses ${label('feature')} fell by ${percentage} of all teams from one four weeks to the next; more than ${asPercentage(ratio)}, and ${least} teams or more, is no chance.`,
    value: text`${percentage} of all teams`,
    page: 'experience',
    cases: cases.featureAdoptionFalling(ratio, least),
  });

  const featureUnused = defineAlert({
    name: 'FeatureUnused',
    severity: 'digest',
    // What was declared in these four weeks had no time to be used.
    expr: and(compare(latest(featureUsed, ofFourWeeks), '==', 0), earlier(featureUsed, '28d', ofFourWeeks)),
    for: '6h',
    summary: text`Nobody uses ${label('feature')}`,
    description: text`Nobody used ${label('feature')} in the newest four weeks that are over, though it is declared in experience.features for longer. It is not needed, not known, or not recognised by what it is declared as.`,
    value: text`not used in four weeks`,
    page: 'experience',
    cases: cases.featureUnused(),
  });

  return defineGroup('experience-usage', [adoptionFalling, featureAdoptionFalling, featureUnused], {
    testedEvery: '1h',
  });
}
