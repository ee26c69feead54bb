/** The year of experience that the demo has behind it: what was posted and read in its course, at the time of each. */
import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import { openRuntime } from '../../core/runtime.ts';
import { buildExporters } from '../../registry.ts';
import { dayMs } from '../chance.ts';
import type { DemoVendors } from '../vendors/index.ts';
import { portalPosts } from './posts.ts';

const weeksMs = 28 * dayMs;
/** What is read at each of its times; surveys tell of their own time. */
const readInThePast = ['backstage-scaffolder', 'cortex'];
/** Posts are taken that are no older than some weeks. */
const takenMs = 34 * dayMs;
/** 1970-01-05 was a Monday; people are counted over four weeks from such a day on. */
const firstMonday = 4 * dayMs;

export interface PastOptions {
  readonly now: Date;
  readonly from: Date;
  readonly story: Date;
  readonly vendors: Pick<DemoVendors, 'tellAsOf'>;
  readonly log: Logger;
  /** A demo that is new lives through its whole year; else through what has happened since it was last there. */
  readonly isNew: boolean;
}

/** Lets the experience exporter live; the vendors' answers are those of `now` afterwards. */
export async function liveExperience(
  config: Config,
  { now, from, story, vendors, log, isNew }: PastOptions,
): Promise<void> {
  const exporter = (await buildExporters(config)).find(({ name }) => name === 'experience');
  if (exporter === undefined) return;
  let clock = now;
  const times = isNew ? [...mornings(from, now), now] : [now];
  clock = times[0]!;
  const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log, now: () => clock });
  try {
    let told = isNew ? from : new Date(now.getTime() - takenMs);
    for (const at of times) {
      clock = at;
      vendors.tellAsOf(at);
      for (const body of portalPosts(
        { from: new Date(Math.max(told.getTime(), at.getTime() - takenMs)), until: at },
        story,
      ))
        await runtime.accept('backstage', {
          body,
          rest: '',
          headers: {},
          principal: { name: 'portal', role: 'admin' },
        });
      await runtime.drain();
      // Whoever runs a template was in the portal: these change no count that is told already.
      for (const source of readInThePast) await runtime.refresh(source);
      told = at;
    }
    await runtime.refresh('survey-tool');
  } finally {
    vendors.tellAsOf();
    await runtime.stop();
  }
}

/** Six in the morning after each four weeks that people are counted over, before it is published. */
function mornings(from: Date, now: Date): readonly Date[] {
  const first = firstMonday + Math.ceil((from.getTime() - firstMonday) / weeksMs) * weeksMs + dayMs / 4;
  const count = Math.max(0, Math.ceil((now.getTime() - first) / weeksMs));
  return Array.from({ length: count }, (_, index) => new Date(first + index * weeksMs));
}
