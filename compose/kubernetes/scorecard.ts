/**
 * The scorecard in a pod of its own: it asks the other exporters by their Services, with a token that is made for it, and
 * knows of objectives and of who is called what the whole configuration says.
 */
import { type Document, isMap, isSeq } from 'yaml';
import type { Config } from '../../exporters/config.ts';
import { exporterName } from './objects.ts';

export const scorecard = 'scorecard';
/** In the Secret of each exporter that it asks, and in its own. */
export const tokenVariable = 'PLUMBLINE_SCORECARD_TOKEN';
const token = `\${${tokenVariable}}`;

export interface ScorecardPlan {
  /** Whom it asks by their Services: those that `scorecard.exporters` doesn't name. */
  readonly asks: readonly string[];
  /** Where an exporter is asked. */
  readonly urlOf: (exporter: string) => string;
  /** How, beside the token: keys of each item. */
  readonly keys: object;
  /** OpenSLO documents, as its pod sees them. */
  readonly sloFiles: readonly string[];
  /** Teams that alerts reach, and the one that gets what is nobody's. */
  readonly teams: readonly string[];
  readonly platformTeam: string;
}

/** Undefined where no scorecard is among the exporters. */
export function planOf(
  { scorecard: section, alerts }: Config,
  {
    exporters,
    ...given
  }: Pick<ScorecardPlan, 'urlOf' | 'keys' | 'sloFiles'> & { readonly exporters: readonly string[] },
): ScorecardPlan | undefined {
  if (!exporters.includes(scorecard)) return undefined;
  const named = new Set((section?.exporters ?? []).map(({ exporter }) => exporter));
  return {
    asks: exporters.filter(name => name !== scorecard && !named.has(name)),
    ...given,
    teams: alerts.receivers.map(({ team }) => team),
    platformTeam: alerts.platform_team,
  };
}

/** Puts into an exporter's own part what the scorecard needs of it. True where that is a token. */
export function linkScorecard(document: Document, exporter: string, plan: ScorecardPlan): boolean {
  if (exporter === scorecard) {
    const links = plan.asks.map(name => ({
      exporter: name,
      url: plan.urlOf(name),
      token,
      ...plan.keys,
    }));
    appendTo(document, [scorecard, 'exporters'], links);
    if (plan.sloFiles.length > 0) document.setIn(['slos', 'files'], plan.sloFiles);
    // Who is told, and not by what: the pod has none of these secrets.
    const receivers = plan.teams.map(team => ({ team, webhook_url_file: 'of-alertmanager' }));
    if (receivers.length > 0)
      document.set('alerts', document.createNode({ platform_team: plan.platformTeam, receivers }));
    return links.length > 0;
  }
  if (!plan.asks.includes(exporter)) return false;
  appendTo(document, ['server', 'tokens'], [{ name: exporterName(scorecard), role: 'reader', token }]);
  return true;
}

/** A section that is written as nothing, `scorecard:`, is one all the same. */
function appendTo(document: Document, [section, key]: readonly [string, string], items: readonly object[]): void {
  if (!isMap(document.get(section))) document.set(section, document.createNode({}));
  const list = document.getIn([section, key]);
  if (isSeq(list)) for (const item of items) list.add(document.createNode(item));
  else document.setIn([section, key], document.createNode(items));
}
