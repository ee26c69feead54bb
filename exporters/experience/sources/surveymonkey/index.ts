/**
 * SurveyMonkey: a survey's questions joined with its responses. What changed since the last refresh is asked for by
 * `start_modified_at`; all of it now and then, which alone shows what was deleted, where the day's requests allow it.
 */
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { issuesOf } from '../../surveys/api-answer.ts';
import { type SurveyDesk, shapeOf, tell } from '../../surveys/desk.ts';
import { matchItems } from '../../surveys/matching.ts';
import { type BulkPage, type ClientOptions, pageSize, type SurveyMonkeyClient, surveyMonkeyClient } from './client.ts';
import type { SurveyMonkeyConfig } from './config.ts';
import { type Asked, askedBy, detailsSchema } from './details.ts';
import { responsesOf } from './responses.ts';

interface Cursor {
  readonly shape: string;
  /** The UTC day on which the newest of what was read has changed; no clock's time of an answer is kept. */
  readonly through?: string;
  /** When all responses were read for the last time. */
  readonly wholeAt?: string;
  /** How many there are. */
  readonly total?: number;
}

const dayMs = 86_400_000;
/** What changes while it is read may be told late. */
const overlapMs = 3_600_000;

/** As the API takes it: an hour before the day begins. */
const startOf = (through: string): string =>
  `${new Date(Date.parse(through) - overlapMs).toISOString().slice(0, 19)}+00:00`;

export function surveyMonkeySource(
  config: SurveyMonkeyConfig,
  desk: SurveyDesk,
  client: ClientOptions = {},
): PullSource {
  const { name } = config;
  const shape = shapeOf(config, desk);
  const cursorOf = (before: unknown): Cursor => {
    const cursor = before as Cursor | undefined;
    return cursor?.shape === shape ? cursor : { shape };
  };
  const isWholeDue = ({ wholeAt }: Cursor, now: Date) =>
    wholeAt === undefined || now.getTime() - Date.parse(wholeAt) >= config.whole_days * dayMs;
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger, now }) => {
      const known = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const cursor = cursorOf(typeof known === 'string' ? JSON.parse(known) : undefined);
      const isWhole = isWholeDue(cursor, now());
      const pages = isWhole && cursor.total !== undefined ? Math.max(1, Math.ceil(cursor.total / pageSize)) : 1;
      const what = isWhole ? 'all responses' : 'responses that have changed';
      return {
        requests: 1 + pages,
        text: `the questions of survey ${config.id} and ${what}, ${pageSize} a request, every ${config.every / 3600} hours; private apps may ask 500 times a day`,
      };
    },
    batches: async function* (context, before) {
      const cursor = cursorOf(before);
      const api = surveyMonkeyClient(config, context, client);
      const asked = await questionsOf(api, config);
      const reading = { config, desk, context, asked };
      const questions = meant(asked, desk);
      if (isWholeDue(cursor, context.now())) {
        const all = await wholeOf(api, questions, context);
        if (all !== undefined) {
          yield batchOf(reading, all.pages, {
            isWhole: all.isWhole,
            hasMore: false,
            cursorAfter: through => ({
              ...{ shape, total: all.pages[0]!.total },
              ...(through === undefined ? {} : { through }),
              ...(all.isWhole ? { wholeAt: context.now().toISOString() } : {}),
            }),
          });
          return;
        }
      }
      const since = cursor.through === undefined ? undefined : startOf(cursor.through);
      let { through } = cursor;
      for (let number = 1; ; number += 1) {
        const page = await api.page(number, { startModifiedAt: since, questions });
        const batch = batchOf(reading, [page], {
          isWhole: false,
          hasMore: page.hasNext,
          cursorAfter: newest => {
            // Where a fault ends it here the next refresh goes on from this page, for the oldest come first.
            if (through === undefined || (newest !== undefined && newest > through)) through = newest;
            return { ...cursor, ...(through === undefined ? {} : { through }) };
          },
        });
        yield batch;
        context.progress(number, Math.max(1, Math.ceil(page.total / pageSize)), 'pages');
        if (!page.hasNext) return;
      }
    },
  };
}

async function questionsOf(api: SurveyMonkeyClient, { id }: SurveyMonkeyConfig): Promise<Asked> {
  const said = detailsSchema.safeParse(await api.details());
  if (said.success) return askedBy(said.data);
  throw new PlumblineError('SURVEY_ANSWER', {
    ...{ tool: 'SurveyMonkey', what: `survey ${id}`, reason: issuesOf(said.error) },
  });
}

/** More make an address too long. */
const mostNamed = 200;

/** Questions that the survey's definition means: what people write elsewhere isn't even asked for. */
function meant({ items }: Asked, { survey }: SurveyDesk): readonly string[] | undefined {
  const { questions, team, respondent } = matchItems(survey, items);
  const found = [...questions.flatMap(one => one.items), ...team, ...respondent].map(({ id }) => id.split(':')[0]!);
  const ids = [...new Set(found)];
  return ids.length > 0 && ids.length <= mostNamed ? ids : undefined;
}

/** Every page; undefined where there are more than may be asked for today. */
async function wholeOf(
  api: SurveyMonkeyClient,
  questions: readonly string[] | undefined,
  { log, progress }: Pick<SourceContext, 'log' | 'progress'>,
): Promise<{ readonly pages: readonly BulkPage[]; readonly isWhole: boolean } | undefined> {
  const first = await api.page(1, { questions });
  const count = Math.ceil(first.total / pageSize);
  const left = api.left();
  if (left !== undefined && count - 1 > left) {
    log.info({ pages: count, left }, 'reading all responses is put off: not so many requests are left today');
    return undefined;
  }
  const pages = [first];
  while (pages.at(-1)!.hasNext) {
    pages.push(await api.page(pages.length + 1, { questions }));
    progress(pages.length, count, 'pages');
  }
  const ids = new Set(pages.flatMap(({ responses }) => responses.map(one => (one as { id?: unknown } | null)?.id)));
  // One that changes meanwhile moves to the end and draws another over a page's edge, unseen.
  const isWhole = pages.every(({ total }) => total === first.total) && ids.size === first.total;
  if (!isWhole) log.info({ read: ids.size, total: first.total }, 'responses changed while all were read');
  return { pages, isWhole };
}

interface Reading {
  readonly config: SurveyMonkeyConfig;
  readonly desk: SurveyDesk;
  readonly context: SourceContext;
  readonly asked: Asked;
}

function batchOf(
  { config: { name, id }, desk, context, asked }: Reading,
  pages: readonly BulkPage[],
  how: {
    readonly isWhole: boolean;
    readonly hasMore: boolean;
    readonly cursorAfter: (newest: string | undefined) => Cursor;
  },
): Batch {
  const { responses, rejections, read, changed, lost } = responsesOf(
    pages.flatMap(page => page.responses),
    { asked, survey: id },
  );
  const place = `survey ${id}`;
  const { isWhole, hasMore, cursorAfter } = how;
  const unknown = asked.unknown.map(question => ({
    ...{ file: place, reason: 'unknown_question_family', field: `question ${question}` },
  }));
  return {
    cursor: cursorAfter(
      changed
        .map(at => at.slice(0, 10))
        .sort()
        .at(-1),
    ),
    write: tx =>
      tell(
        tx,
        { source: name, desk, now: context.now() },
        {
          ...{ items: asked.items, responses, hasMore },
          // What can't be read of one doesn't mean that it has been withdrawn.
          isWhole: isWhole && lost === 0,
        },
        { read: [place, ...read], rejections: [...unknown, ...rejections] },
      ),
  };
}
