/** What people of the demo company do in their portal, as the generic HTTP analytics module of Backstage posts it. */
import { chance, dayMs } from '../chance.ts';
import type { Span } from '../policy/story.ts';
import { services } from '../world.ts';
import { type DemoPerson, people } from './people.ts';
import { lifted, radarInterest } from './story.ts';
import { joinedAt, templateRuns } from './templates.ts';

/** An item of what is posted. */
export interface PortalRecord {
  readonly event: {
    readonly action: string;
    readonly subject: string;
    readonly value?: number;
    readonly context: Readonly<Record<string, string>>;
  };
  readonly timestamp: string;
  readonly user: string;
  readonly sessionId: string;
}

/** Milliseconds since 1970. */
type Told = Omit<PortalRecord['event'], 'context'> & {
  readonly plugin: string;
  readonly route: string;
  readonly at: number;
};

/** All of a span, in order. */
export function portalRecords({ from, until }: Span, story: Date): readonly PortalRecord[] {
  const told: { readonly person: DemoPerson; readonly act: Told }[] = [];
  const firstDay = Math.floor(from.getTime() / dayMs);
  for (const person of people) {
    const joined = joinedAt(person, story) ?? Number.POSITIVE_INFINITY;
    for (let day = Math.max(firstDay, Math.floor(joined / dayMs)); day * dayMs < until.getTime(); day++)
      for (const act of visit(person, day, story)) told.push({ person, act });
  }
  // Runs of the last days before it may reach into it.
  for (const { person, template, seenAt, run } of templateRuns(
    { from: new Date(from.getTime() - dayMs), until },
    story,
  )) {
    const subject = `/create/templates/default/${template}`;
    told.push({ person, act: { at: seenAt, action: 'navigate', subject, plugin: 'scaffolder', route: 'scaffolder' } });
    if (run)
      told.push({
        person,
        act: { at: run.at - 1_000, action: 'create', subject, plugin: 'scaffolder', route: 'scaffolder' },
      });
  }
  return told
    .filter(({ act: { at } }) => at >= from.getTime() && at < until.getTime())
    .sort((a, b) => a.act.at - b.act.at || (a.person.name < b.person.name ? -1 : 1))
    .map(({ person, act: { at, plugin, route, ...event } }) => ({
      event: { ...event, context: { pluginId: plugin, routeRef: route, extension: 'App' } },
      timestamp: new Date(at).toISOString(),
      user: person.ref,
      sessionId: `${person.name}-${Math.floor(at / dayMs)}`,
    }));
}

/** One of a day, of those who come that day. */
function visit(person: DemoPerson, day: number, story: Date): readonly Told[] {
  if ((day + 3) % 7 > 4) return [];
  const drawn = (what: string) => chance('visit', what, person.name, day);
  const at = day * dayMs;
  const likely = 0.1 + 0.16 * chance('curious', person.name) + 0.1 * lifted(story, at);
  if (drawn('comes') > likely) return [];
  const begun = at + Math.round((7 + 9 * drawn('hour')) * 3_600_000);
  const service = services[Math.floor(drawn('service') * services.length)]!.name;
  const acts: Omit<Told, 'at'>[] = [
    {
      ...{ action: 'navigate', subject: `/catalog/default/component/${service}` },
      ...{ plugin: 'catalog', route: 'catalog:catalog-entity' },
    },
  ];
  if (drawn('home') < 0.35) acts.unshift({ action: 'navigate', subject: '/', plugin: 'home', route: 'home' });
  if (drawn('search') < 0.3) {
    const found = drawn('found') < 0.12 ? 0 : 1 + Math.floor(20 * drawn('found'));
    acts.push({ action: 'search', subject: `how to ${service}`, value: found, plugin: 'search', route: 'search' });
    if (found > 0) acts.push({ action: 'discover', subject: service, plugin: 'search', route: 'search' });
  }
  if (drawn('reads') < 0.45)
    acts.push({
      ...{ action: 'navigate', subject: `/docs/default/component/${service}/index` },
      ...{ plugin: 'techdocs', route: 'techdocs:reader-page' },
    });
  if (drawn('builds') < 0.3)
    acts.push({ action: 'click', subject: 'Re-run', plugin: 'github-actions', route: 'github-actions:entity' });
  if (drawn('apis') < 0.1)
    acts.push({ action: 'navigate', subject: '/api-docs', plugin: 'api-docs', route: 'api-docs' });
  if (drawn('radar') < 0.3 * radarInterest(story, at))
    acts.push({ action: 'navigate', subject: '/tech-radar', plugin: 'tech-radar', route: 'tech-radar' });
  return acts.map((act, nth) => ({ ...act, at: begun + nth * 47_000 }));
}
