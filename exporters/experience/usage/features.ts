/** Which features a kind of use belongs to. */
import { createHash } from 'node:crypto';
import { wildcard } from '../../catalog/wildcard.ts';
import type { FeatureConfig } from './config.ts';

/** All that is kept of what was used; a row of usage_kinds. */
export interface Kind {
  readonly action: string;
  readonly plugin: string;
  readonly route: string;
  /** Digests of the lists of subject patterns that matched, sorted, with commas between them. */
  readonly subjects: string;
  /** Of a task of a template; else ''. */
  readonly template: string;
}

export interface Features {
  /** The features that a kind belongs to, in the order of the configuration. */
  readonly of: (kind: Kind) => readonly string[];
  /** What is kept of a subject: which lists of patterns match it. */
  readonly subjectsOf: (subject: string) => string;
}

/** 12 hexadecimal digits: of some dozens of lists, in any order of patterns, no two are the same. */
export const digestOf = (patterns: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([...patterns].sort()))
    .digest('hex')
    .slice(0, 12);

export function featuresOf(configs: readonly FeatureConfig[]): Features {
  const lists = new Map<string, (subject: string) => boolean>();
  for (const { subjects } of configs) if (subjects) lists.set(digestOf(subjects), wildcard(subjects, true));
  const compiled = configs.map(({ feature, plugins, routes, subjects, actions, templates }) => {
    const any = (patterns: readonly string[] | undefined) => (patterns ? wildcard(patterns, true) : () => true);
    const [plugin, route, action] = [any(plugins), any(routes), any(actions)];
    const template = templates ? wildcard(templates, true) : () => false;
    const digest = subjects && digestOf(subjects);
    const isEvent = (plugins ?? routes ?? subjects) !== undefined;
    return {
      feature,
      has: (kind: Kind): boolean =>
        kind.template !== ''
          ? template(kind.template) || template(kind.template.replace(/^template:(default\/)?/, ''))
          : isEvent &&
            plugin(kind.plugin) &&
            route(kind.route) &&
            action(kind.action) &&
            (digest === undefined || kind.subjects.split(',').includes(digest)),
    };
  });
  return {
    of: kind => compiled.flatMap(({ feature, has }) => (has(kind) ? feature : [])),
    subjectsOf: subject =>
      [...lists]
        .filter(([, matches]) => matches(subject))
        .map(([digest]) => digest)
        .sort()
        .join(','),
  };
}

/** Names a kind: 20 hexadecimal digits. */
export const kindId = ({ action, plugin, route, subjects, template }: Kind): string =>
  createHash('sha256')
    .update(JSON.stringify([action, plugin, route, subjects, template]))
    .digest('hex')
    .slice(0, 20);
