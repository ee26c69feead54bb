/** The parts of plumbline.yaml that no room owns. Defaults live here; the JSON Schema of editors is made from it. */
import { z } from 'zod';

const text = z.string().min(1);

/** A secret stands in the file (as a rule by `${NAME}`) or in a file of its own, whose last newline is left out. */
const secretFile = text.describe('A file that holds the secret, relative to this file.');

export const httpUrl = z.url({ protocol: /^https?$/, error: 'expected a URL that begins with http:// or https://' });

export const tokenSchema = z
  .strictObject({
    name: text.describe('Who the token is given to; shown in logs.'),
    token: text.optional().describe(`The secret itself; better from the environment, as \${NAME}.`),
    token_file: secretFile.optional(),
    role: z
      .enum(['admin', 'reader', 'team'])
      .describe('admin: everything; reader: reads what names resources and people; team: writes its own team’s facts.'),
    team: text.optional().describe('The team that a token of role team writes for.'),
  })
  .check(ctx => {
    const { role, team, token, token_file } = ctx.value;
    if (token === undefined && token_file === undefined)
      ctx.issues.push({ code: 'custom', input: token, path: ['token'], message: 'expected token or token_file' });
    if ((role === 'team') === (team !== undefined)) return;
    ctx.issues.push({
      code: 'custom',
      input: role,
      path: ['role'],
      message:
        role === 'team' ? 'expected a key team beside the role team' : 'expected the role team beside the key team',
    });
  });

export const serverSchema = z.strictObject({
  host: text.default('127.0.0.1').describe('The address to listen on. Loopback unless told otherwise.'),
  port: z.int().min(0).max(65535).default(9464).describe('The port to listen on; 0 takes any free one.'),
  web_config_file: text
    .optional()
    .describe(
      'The web configuration file of Prometheus’ exporters (--web.config.file), relative to this file: TLS, headers, users.',
    ),
  tokens: z
    .array(tokenSchema)
    .check(checkNames, checkTokens)
    .default([])
    .describe('Who may post, and read what names a resource or a person.'),
});

export const scrapeSchema = z.strictObject({
  job: text.default('plumbline').describe('The job label that Prometheus adds; history writes the same.'),
  instance: text
    .default('127.0.0.1:9464')
    .describe('The instance label that Prometheus adds; history writes the same.'),
});

const basicAuthSchema = z.strictObject({
  username: text,
  password: text.optional(),
  password_file: secretFile.optional(),
});

/** Adds an issue at every item whose name an earlier one has. */
function checkNames(ctx: z.core.ParsePayload<readonly { readonly name: string }[]>): void {
  for (const [index, { name }] of ctx.value.entries())
    if (ctx.value.findIndex(other => other.name === name) < index)
      ctx.issues.push({
        code: 'custom',
        input: name,
        path: [index, 'name'],
        message: 'expected a name of its own; another has the same',
      });
}

/**
 * Adds an issue at every token whose secret an earlier one has, as the later one's role would win without a word; and
 * where it holds a blank, as no Authorization header could ever carry it.
 */
function checkTokens(ctx: z.core.ParsePayload<readonly z.output<typeof tokenSchema>[]>): void {
  for (const [index, { token, token_file }] of ctx.value.entries()) {
    const path = [index, token_file === undefined ? 'token' : 'token_file'];
    if (token !== undefined && /\s/.test(token)) {
      const message = 'expected a secret without blanks, as it is sent in a header';
      ctx.issues.push({ code: 'custom', input: undefined, path, message });
    }
    const first = ctx.value.find(other => token !== undefined && other.token === token);
    if (first === undefined || ctx.value.indexOf(first) === index) continue;
    const message = `expected a secret of its own; the token ${first.name} has the same`;
    ctx.issues.push({ code: 'custom', input: undefined, path, message });
  }
}

export const remoteWriteSchema = z.strictObject({
  name: text.describe('Names the target; the ledger keeps by this name what the target has.'),
  url: httpUrl.describe('The remote-write endpoint, such as http://127.0.0.1:9090/api/v1/write.'),
  headers: z.record(z.string(), z.string()).default({}).describe('Further headers, such as X-Scope-OrgID.'),
  basic_auth: basicAuthSchema.optional(),
  bearer_token: text.optional(),
  bearer_token_file: secretFile.optional(),
  window_days: z
    .int()
    .min(1)
    .default(400)
    .describe('How many days back the target takes samples (its out_of_order_time_window).'),
});

const reservedAttributes = ['service.name', 'service.namespace', 'service.instance.id'];

export const otlpSchema = z
  .strictObject({
    name: text.default('otlp').describe('Names the target in the program’s own metrics.'),
    endpoint: httpUrl.describe(
      'The OTLP/HTTP endpoint, such as http://127.0.0.1:9090/api/v1/otlp; /v1/metrics is added where it is missing.',
    ),
    headers: z.record(z.string(), z.string()).default({}).describe('Further headers, such as X-Scope-OrgID.'),
    secret_headers: z
      .array(
        z.strictObject({
          name: text.describe('The header, such as X-Api-Key.'),
          secret: text.optional(),
          secret_file: secretFile.optional(),
        }),
      )
      .default([])
      .describe('Headers whose value is a secret.'),
    basic_auth: basicAuthSchema.optional(),
    bearer_token: text.optional(),
    bearer_token_file: secretFile.optional(),
    interval: z.int().min(1).default(60).describe('Seconds from one push to the next.'),
    timeout: z.int().min(1).optional().describe('Seconds for one request; 10, or the interval where that is less.'),
    compression: z.enum(['gzip', 'none']).default('gzip'),
    resource_attributes: z
      .record(z.string(), z.string())
      .default({})
      .describe('Further attributes of the resource; Prometheus shows them in target_info.'),
  })
  .check(ctx => {
    const { interval, timeout, resource_attributes, secret_headers } = ctx.value;
    if (timeout !== undefined && timeout > interval)
      ctx.issues.push({
        code: 'custom',
        input: timeout,
        path: ['timeout'],
        message: `expected at most the interval, ${interval}`,
      });
    for (const name of reservedAttributes)
      if (name in resource_attributes)
        ctx.issues.push({
          code: 'custom',
          input: resource_attributes[name],
          path: ['resource_attributes', name],
          message: 'expected scrape.job and scrape.instance to say it, so that pushed and written series are one',
        });
    for (const [index, { secret, secret_file }] of secret_headers.entries())
      if (secret === undefined && secret_file === undefined)
        ctx.issues.push({
          code: 'custom',
          input: undefined,
          path: ['secret_headers', index, 'secret'],
          message: 'expected secret or secret_file',
        });
  });

export const linksSchema = z.strictObject({
  runbooks: httpUrl.optional().describe('Where the runbooks of alerts are; the exporter’s own /runbooks unless given.'),
  grafana: httpUrl.optional().describe('Where Grafana is; links on the start page lead there.'),
});

export const rootShape = {
  demo: z.boolean().default(false).describe('True where all of it is made up; every page says so.'),
  data_dir: text.default('.plumbline').describe('Ledgers and the spool; relative to this file.'),
  series_limit: z.int().min(1).default(50_000).describe('An exporter that expects more series refuses to start.'),
  daily_writer: z
    .enum(['remote_write', 'page', 'none'])
    .optional()
    .describe(
      'Who writes the stamped daily samples: remote_write where that is configured, else the page, unless given.',
    ),
  page_days: z.int().min(1).max(400).default(40).describe('How many days the page shows where it is the writer.'),
  links: linksSchema.prefault({}),
  server: serverSchema.prefault({}),
  scrape: scrapeSchema.prefault({}),
  remote_write: z
    .array(remoteWriteSchema)
    .check(checkNames)
    .default([])
    .describe('Where history and daily facts are written to.'),
  otlp: otlpSchema.optional().describe('Where the page is pushed to by OTLP, for servers that do not scrape.'),
} as const;
