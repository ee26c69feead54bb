/** Which production a deployment goes to, and which services it brings, by the rules of the configuration. */
import { wildcard } from '../../catalog/wildcard.ts';
import type { ProductionConfig, ServiceConfig } from '../config.ts';
import type { Attempt } from './attempt.ts';

export interface Destination {
  readonly production: ProductionConfig;
  /** As the configuration writes it; '' where it names none of them. */
  readonly region: string;
}

/** The first production that lists the environment, among its environments or as a region; undefined where none does. */
export function destinations(
  productions: readonly ProductionConfig[],
): (environment: string) => Destination | undefined {
  const compiled = productions.map(production => ({
    production,
    isOne: wildcard(production.environments, true),
    regions: production.regions.map(region => ({ region, isOne: wildcard([region], true) })),
  }));
  return environment => {
    for (const { production, isOne, regions } of compiled) {
      const region = regions.find(one => one.isOne(environment))?.region;
      if (region !== undefined || isOne(environment)) return { production, region: region ?? '' };
    }
    return undefined;
  };
}

type Deployed = Pick<Attempt, 'repository' | 'environment' | 'ref' | 'version' | 'task' | 'labels'>;

/**
 * The services that `dora.services` says a deployment brings: that of the first rule that matches. Where that rule goes
 * by labels, those of all rules by labels that match; where it goes by paths alone, those of all such: one deployment
 * then brings several. Empty where no rule matches.
 */
export function serviceRules(rules: readonly ServiceConfig[]): (deployment: Deployed) => readonly string[] {
  const compiled = rules.map(rule => {
    const test = (patterns: readonly string[] | undefined, ignoreCase = false) =>
      patterns === undefined ? () => true : wildcard(patterns, ignoreCase);
    const isOfRepository = wildcard([rule.repository], true);
    const [isTag, isTask] = [test(rule.tags), test(rule.tasks)];
    const isEnvironment = test(rule.environments, true);
    const isLabel = rule.labels === undefined ? undefined : wildcard(rule.labels);
    const isByDeployment = [rule.tags, rule.tasks, rule.environments, rule.labels].some(given => given !== undefined);
    return {
      service: rule.service,
      kind: isLabel !== undefined ? 'labels' : !isByDeployment && rule.paths !== undefined ? 'paths' : 'one',
      matches: ({ repository, environment, ref, version, task, labels }: Deployed) =>
        isOfRepository(repository) &&
        (isTag(tagOf(ref)) || isTag(version)) &&
        isTask(task) &&
        isEnvironment(environment) &&
        (isLabel === undefined || labels.some(isLabel)),
    } as const;
  });
  return deployment => {
    const matching = compiled.filter(rule => rule.matches(deployment));
    const [first] = matching;
    if (first === undefined) return [];
    const alike = first.kind === 'one' ? [first] : matching.filter(rule => rule.kind === first.kind);
    return [...new Set(alike.map(rule => rule.service))];
  };
}

const tagOf = (ref: string) => ref.replace(/^refs\/(?:tags|heads)\//, '');
