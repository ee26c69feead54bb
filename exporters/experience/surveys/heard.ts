/** A source of answers says that it has looked, also where it has found nothing new. */
import type { Source } from '../../core/source.ts';
import type { SurveyConfig } from './config.ts';
import { heardSurvey } from './store.ts';

/**
 * The source with one more batch at the end of a refresh that was well. Without it the wave of a survey that nobody
 * answers any more would never be known to be complete, and never be told. Who posts tells by posting.
 */
export function heard(source: Source, survey: SurveyConfig): Source {
  if (source.kind === 'push') return source;
  return {
    ...source,
    batches: async function* (context, before) {
      let cursor = before;
      for await (const batch of source.batches(context, before)) {
        cursor = batch.cursor;
        yield batch;
      }
      yield {
        cursor,
        write: async tx => {
          await heardSurvey(tx, source.name, survey, context.now());
          return { records: 0, changed: 0, rejected: {} };
        },
      };
    },
  };
}
