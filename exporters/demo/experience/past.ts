/** The year of experience that the demo has behind it: what was posted and read in its course, at the time of each. */
import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import { openRuntime } from '../../core/runtime.ts';
import { buildExporters } from '../../registry.ts';
import { dayMs } from '../chance.ts';
import type { DemoVendors } from '../vendors/index.ts';
import { portalPosts } from './posts.ts';
import { nextQuarter } from './roadmap.ts';

const weeksMs = 28 * dayMs;
/** What is read each four weeks; surveys tell of their own time. */
const readInThePast = ['backstage-scaffolder', 'cortex'];
/** A board has no past of its own: it is read every two weeks, and on the first day of each quarter for what is promised. */
const board = 'platform-board';
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
  const boardTimes = isNew
    ? [...fortnightly(from, now), ...quarters(from, now)].sort((a, b) => a.getTime() - b.getTime())
    : [];
  clock = boardTimes[0] ?? times[0]!;
  const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log, now: () => clock });
  try {
    let told = isNew ? from : new Date(now.getTime() - takenMs);
    const turnTo = (at: Date) => {
      clock = at;
      vendors.tellAsOf(at);
    };
    for (const at of times) {
      for (; boardTimes[0] !== undefined && boardTimes[0] < at; boardTimes.shift()) {
        turnTo(boardTimes[0]);
        await runtime.refresh(board);
      }
      turnTo(at);
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
    for (const source of [board, 'survey-tool']) await runtime.refresh(source);
  } finally {
    vendors.tellAsOf();
    await runtime.stop();
  }
}

/** Six in the morning of every other Tuesday. */
const fortnightly = (from: Date, now: Date): readonly Date[] => every(14 * dayMs, firstMonday + dayMs, from, now);

/** Five in the morning of the first day of each quarter. */
function quarters(from: Date, now: Date): readonly Date[] {
  const days: Date[] = [];
  for (let at = nextQuarter(from.getTime()); at < now.getTime(); at = nextQuarter(at))
    days.push(new Date(at + (5 / 24) * dayMs));
  return days.filter(at => at < now);
}

/** Six in the morning after each four weeks that people are counted over, before it is published. */
const mornings = (from: Date, now: Date): readonly Date[] => every(weeksMs, firstMonday, from, now);

/** Six in the morning of each day that is so long after another, counted from a day on. */
function every(step: number, day: number, from: Date, now: Date): readonly Date[] {
  const first = day + Math.ceil((from.getTime() - day) / step) * step + dayMs / 4;
  const count = Math.max(0, Math.ceil((now.getTime() - first) / step));
  return Array.from({ length: count }, (_, index) => new Date(first + index * step));
}
