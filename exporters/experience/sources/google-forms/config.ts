/** An item of `experience.google_forms` in plumbline.yaml. */
import { z } from 'zod';
import { dateOrder, isWhole, multiple, settle, tablePath, timeZone } from '../../sheet/config.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const googleFormsSchema = z
  .strictObject({
    name: sourceName('google-forms'),
    every: every(3600),
    survey: text.describe('The name of its definition in experience.surveys or experience.forms.'),
    form: z
      .string()
      .regex(/^[\w-]+$/, 'expected the id of a form, as its address has it between /d/ and /edit')
      .optional()
      .describe('The id of the form, from its address between /d/ and /edit: read by the Forms API.'),
    path: tablePath
      .optional()
      .describe('CSV files that Google Sheets or Google Forms exported, in place of form: a file, a folder or a glob.'),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address' })
      .optional()
      .describe(
        "The address of a sheet's CSV export, in place of form: published, or /spreadsheets/d/ID/export?format=csv with a credential. Whoever has it has the sheet.",
      ),
    credential: text
      .optional()
      .describe('The key (JSON) of a service account that the form is shared with; better in credential_file.'),
    credential_file: text.optional().describe('A file that holds it.'),
    subject: text
      .optional()
      .describe('Whom the service account acts for, where it has the right to in the whole domain: an e-mail address.'),
    access_token: text.optional().describe('A token of something that renews it; better in access_token_file.'),
    access_token_file: text.optional().describe('A file that holds it, read anew at every refresh.'),
    time_zone: timeZone.describe('The time zone of the sheet (File, Settings): its times have none. For path and url.'),
    date_order: dateOrder,
    multiple,
    is_whole: isWhole,
    settle,
    whole_hours: z
      .int()
      .min(1)
      .default(24)
      .describe('All responses are read again after so many hours, which alone shows that one was deleted.'),
    api: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://forms.googleapis.com' })
      .default('https://forms.googleapis.com')
      .describe('Where the Forms API is.'),
    timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
  })
  .check(ctx => {
    const { form, path, url, credential, access_token, time_zone } = ctx.value;
    const given = [form, path, url].filter(one => one !== undefined).length;
    const issue = (at: string, message: string) =>
      ctx.issues.push({ code: 'custom', path: [at], input: undefined, message });
    if (given !== 1) issue('form', 'expected one of form, path and url');
    if (form !== undefined && credential === undefined && access_token === undefined)
      issue('credential', 'expected credential_file or access_token_file');
    if (credential !== undefined && access_token !== undefined)
      issue('access_token', 'expected one of credential and access_token');
    if (form === undefined && time_zone === undefined)
      issue('time_zone', "expected the sheet's time zone, such as Europe/Berlin");
  });

export type GoogleFormsConfig = z.infer<typeof googleFormsSchema>;
