/** The section `dora.events` of plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const eventsSchema = z.strictObject({
  name: sourceName('events'),
  every: every(300),
});

export type EventsConfig = z.infer<typeof eventsSchema>;
