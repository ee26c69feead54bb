/** Weighs what several reports tell of one resource, part by part, and puts together what is of one engine. */
import { breather } from '../../../core/breathe.ts';
import type { Outcome, Result } from '../../../findings/report.ts';
import type { ReportedResult, ReportObject } from './report.ts';

/** A part of the scope: the reports in it, and those that have vanished but may be made anew. */
export interface Part {
  readonly part: string;
  /** Whose it is where results don't say. */
  readonly namespace: string;
  readonly objects: readonly ReportObject[];
  readonly vanished?: readonly ReportObject[];
}

/** What weighs more where several reports tell of one workload: a pod that fails, beside its deployment that passes. */
const weight: Readonly<Record<Outcome, number>> = { fail: 4, error: 3, excepted: 2, pass: 1, skip: 0 };

export interface Gathered {
  readonly engine: string;
  /** Why what isn't listed is not known; '' where all is listed. */
  readonly doubt: string;
  readonly parts: string[];
  readonly results: Result[];
  /** Passes that are counted and not listed. */
  readonly passes: { readonly part: string; readonly namespace: string; readonly count: number }[];
}

export interface Gathering {
  readonly resultOf: (part: string, told: ReportedResult, isVanished: boolean) => Result;
  readonly doubtOf: (engine: string) => string | undefined;
}

/** One for each engine, and one more for each doubt about some of its parts. */
export async function gather(parts: readonly Part[], { resultOf, doubtOf }: Gathering): Promise<readonly Gathered[]> {
  const gathered = new Map<string, Gathered>();
  const breathe = breather();
  for (const { part, namespace, objects, vanished = [] } of parts) {
    const engines = new Set([...objects, ...vanished].flatMap(object => object.engines));
    for (const engine of engines) {
      const own = objects.filter(object => object.engines.includes(engine));
      const doubt = doubtOf(engine) ?? doubtIn(own);
      const key = `${engine} ${doubt}`;
      const into = gathered.get(key) ?? { engine, doubt, parts: [], results: [], passes: [] };
      gathered.set(key, into);
      into.parts.push(part);
      const best = new Map<string, Result>();
      const take = (told: ReportedResult, isVanished: boolean) => {
        if (told.engine !== engine) return;
        const result = resultOf(part, told, isVanished);
        const id = `${result.policy}\n${result.resource}`;
        const before = best.get(id);
        if (before === undefined || weight[result.outcome] > weight[before.outcome]) best.set(id, result);
      };
      for (const { results } of own) {
        if (breathe.due()) await breathe.now();
        for (const result of results) take(result, false);
      }
      // What passed and vanished is not missed.
      for (const { results } of vanished)
        for (const result of results) if (result.outcome !== 'pass') take(result, true);
      for (const result of best.values()) into.results.push(result);
      const count = own.reduce((sum, object) => sum + (object.engines[0] === engine ? (object.passes ?? 0) : 0), 0);
      if (count > 0) into.passes.push({ part, namespace, count });
    }
  }
  return [...gathered.values()];
}

function doubtIn(objects: readonly ReportObject[]): string {
  if (objects.some(({ isBroken }) => isBroken)) return 'records_rejected';
  return objects.some(({ isCut }) => isCut) ? 'results_missing' : '';
}
