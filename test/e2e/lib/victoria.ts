/** The queries of pages asked of Prometheus and of a VictoriaMetrics that has the same samples. */
import { allDashboards, fillVariables, type PanelQuery, panelQueries } from '../../../dashboards/index.ts';
import { promQuery } from '../../tools/promql.ts';
import { type Asked, difference } from './answers.ts';
import { eventually } from './eventually.ts';
import { all, type Choice, common } from './panel-choices.ts';

const day = 86_400;

/** Answers that differ, and why that is right, by page, panel and query. One that doesn't differ fails. */
export const differentAnswers: Readonly<Record<string, string>> = {
  'plumbline: Time to answer, 95th percentile A':
    'a rate begins at the last sample before its window there, and is neither extrapolated nor NaN where nothing was asked',
};

/** Answers that differ now and then. */
export const mayDiffer: readonly string[] = [
  // A rate is there with one sample in its window, which may be all that a busy machine scraped in a minute.
  'plumbline: Samples refused for good A',
];

export interface Servers {
  readonly prometheus: string;
  readonly victoria: string;
}

/** An instant (Unix seconds) of which VictoriaMetrics has all that Prometheus has scraped: what is handed on comes late. */
export async function instantOfBoth({ victoria }: Pick<Servers, 'victoria'>): Promise<number> {
  const at = Math.floor(Date.now() / 1000) - 15;
  await eventually(async () => {
    const [newest] = await promQuery(victoria, 'min(timestamp(up{job="plumbline"}))');
    if ((newest?.value ?? 0) < at + 20) throw new Error(`VictoriaMetrics has nothing newer than ${newest?.value}`);
  }, 300_000);
  return at;
}

/** How a query is asked at an instant: at the steps that its panel fixes, else over ten minutes and over a quarter. */
function waysOf({ kind, step }: PanelQuery, at: number): readonly Asked['when'][] {
  if (kind === 'instant') return [at];
  const over = (days: number, each: number) => {
    const end = Math.floor(at / each) * each;
    return { start: end - days * day, end, step: each };
  };
  if (step !== undefined) return [step === day ? over(90, day) : over(14, step)];
  return [{ start: at - 600, end: at, step: 15 }, over(90, day / 4)];
}

/**
 * On each page all is chosen, and one team that has services in both currencies; pages of one team or SLO show one, counted
 * by its requests or once a day.
 */
async function choicesOf(page: string, prometheus: string): Promise<readonly Choice[]> {
  const base: Choice = { ...common, ...all, currency: 'USD', slo: '.*', objective: '.*' };
  const ofTeam = { ...base, team: 'data' };
  if (page !== 'slo-detail') return page === 'team' ? [ofTeam] : [base, ofTeam];
  const known = 'count by (service, slo, objective) (slo:objective:ratio{slo=~"portal-availability|daily-cost"})';
  return (await promQuery(prometheus, known)).map(({ labels }) => ({ ...base, ...labels }));
}

/** What VictoriaMetrics answers otherwise, a sentence each by page, panel and query; `asked` counts the questions. */
export async function differencesOf(
  { prometheus, victoria }: Servers,
  at: number,
  isWanted: (expr: string) => boolean,
): Promise<{ readonly asked: number; readonly found: ReadonlyMap<string, string> }> {
  const found = new Map<string, string>();
  const asked = new Set<string>();
  for (const { name, build } of allDashboards) {
    const queries = panelQueries(build()).filter(({ expr }) => isWanted(expr));
    for (const choice of await choicesOf(name, prometheus))
      for (const query of queries) {
        const expr = fillVariables(query.expr, choice);
        for (const when of waysOf(query, at)) {
          const question = JSON.stringify([expr, when]);
          if (asked.has(question)) continue;
          asked.add(question);
          const how = await difference(prometheus, victoria, { expr, when });
          if (how !== undefined) found.set(`${name}: ${query.panel} ${query.refId}`, `${how}: ${expr}`);
        }
      }
  }
  return { asked: asked.size, found };
}
