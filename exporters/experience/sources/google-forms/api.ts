/**
 * A form by the Forms API: what was submitted or edited since the last refresh, and everything now and then, which alone
 * shows what was deleted.
 */
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { issuesOf } from '../../surveys/api-answer.ts';
import { type SurveyDesk, shapeOf, tell } from '../../surveys/desk.ts';
import { isLike } from '../../surveys/like.ts';
import { type ClientOptions, type GoogleFormsClient, googleFormsClient, pageSize } from './client.ts';
import type { GoogleFormsConfig } from './config.ts';
import { type AskedForm, askedBy, formSchema } from './form.ts';
import { emailItem, responsesOf } from './responses.ts';
import { formScopes, googleTokens } from './token.ts';

interface Cursor {
  readonly shape: string;
  /** When the last reading began, ISO 8601 in UTC. */
  readonly readAt?: string;
  readonly wholeAt?: string;
}

const hourMs = 3_600_000;
/** What is submitted while it is read may be told late. */
const overlapMs = hourMs;

export function formSource(config: GoogleFormsConfig, desk: SurveyDesk, client: ClientOptions = {}): PullSource {
  const { name, form = '' } = config;
  const shape = shapeOf(config, desk);
  const tokens = googleTokens(config, formScopes, client);
  const { respondent } = desk.survey;
  const isEmailAsked =
    respondent !== undefined && [emailItem.id, emailItem.text].some(text => isLike(respondent, text));
  const cursorOf = (before: unknown): Cursor => {
    const cursor = before as Cursor | null | undefined;
    return cursor?.shape === shape ? cursor : { shape };
  };
  const isWholeDue = ({ wholeAt }: Cursor, now: Date) =>
    wholeAt === undefined || now.getTime() - Date.parse(wholeAt) >= config.whole_hours * hourMs;
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async () => ({
      requests: 2,
      text: `the questions of form ${form} and its responses, up to ${pageSize} a request, every ${config.every / 3600} hours`,
    }),
    batches: async function* (context, before) {
      const cursor = cursorOf(before);
      const readAt = context.now().toISOString();
      const api = googleFormsClient(config, context, tokens, client);
      const asked = await questionsOf(api, form);
      const reading: Reading = { ...{ name, form, desk, context, asked, isEmailAsked } };
      if (isWholeDue(cursor, context.now())) {
        const all: unknown[] = [];
        for await (const page of pagesOf(api, form, undefined)) all.push(...page.responses);
        yield batchOf(reading, all, { isWhole: true, hasMore: false, cursor: { shape, readAt, wholeAt: readAt } });
        return;
      }
      const since = new Date(Date.parse(cursor.readAt ?? readAt) - overlapMs).toISOString();
      for await (const { responses, next } of pagesOf(api, form, since)) {
        const isLast = next === undefined;
        yield batchOf(reading, responses, {
          ...{ isWhole: false, hasMore: !isLast },
          // Pages come in no order that a later reading could go on from.
          cursor: isLast ? { ...cursor, readAt } : cursor,
        });
      }
    },
  };
}

async function questionsOf(api: GoogleFormsClient, form: string): Promise<AskedForm> {
  const said = formSchema.safeParse(await api.form());
  if (said.success) return askedBy(said.data);
  throw new PlumblineError('SURVEY_ANSWER', {
    ...{ tool: 'Google Forms', what: `form ${form}`, reason: issuesOf(said.error) },
  });
}

async function* pagesOf(api: GoogleFormsClient, form: string, since: string | undefined) {
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const page = await api.page(token, since);
    yield page;
    token = page.next;
    if (token === undefined) return;
    if (seen.has(token))
      throw new PlumblineError('SURVEY_ANSWER', {
        ...{ tool: 'Google Forms', what: `responses to form ${form}`, reason: 'it named the same next page twice' },
      });
    seen.add(token);
  }
}

interface Reading {
  readonly name: string;
  readonly form: string;
  readonly desk: SurveyDesk;
  readonly context: SourceContext;
  readonly asked: AskedForm;
  readonly isEmailAsked: boolean;
}

function batchOf(
  { name, form, desk, context, asked, isEmailAsked }: Reading,
  given: readonly unknown[],
  how: { readonly isWhole: boolean; readonly hasMore: boolean; readonly cursor: Cursor },
): Batch {
  const { responses, rejections, read, lost } = responsesOf(given, { asked, form, isEmailAsked });
  const items = isEmailAsked ? [...asked.items, emailItem] : asked.items;
  return {
    cursor: how.cursor,
    write: tx =>
      tell(
        tx,
        { source: name, desk, now: context.now() },
        // What can't be read of one doesn't mean that it has been withdrawn.
        { items, responses, hasMore: how.hasMore, isWhole: how.isWhole && lost === 0 },
        { read, rejections },
      ),
  };
}
