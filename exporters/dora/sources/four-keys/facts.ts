import type { FourKeysEvent } from './event.ts';
import { githubReaders } from './github.ts';
import { gitlabReaders } from './gitlab.ts';
import { otherReaders } from './others.ts';
import type { Readers, Reading } from './reading.ts';

export type { Reading } from './reading.ts';

import type { Rules } from './rules.ts';

const readers: Readers = { github: githubReaders, gitlab: gitlabReaders, ...otherReaders };

/** The types of each system that tell anything; others need not be looked at. */
export const toldTypes: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(readers).map(([system, { types }]) => [system, types]),
);

/** Never throws: what can't be read is a rejection that names the field. */
export function readFact(event: FourKeysEvent, rules: Rules): Reading {
  if (event.isMock) return { rejection: { reason: 'mock_event' } };
  return readers[event.system].read(event, rules);
}
