/** Posts one event of delivery to a running server: from a pipeline, without curl and JSON. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../config.ts';
import type { HttpResponse } from '../core/http-answer.ts';
import { createHttpClient } from '../core/http-client.ts';
import { redactUrl, rememberSecrets } from '../core/secrets.ts';
import { PlumblineError } from './errors.ts';
import { localServer } from './local.ts';
import { configOption, urlArgument } from './options.ts';
import { print } from './output.ts';

type Event = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };

interface Target {
  readonly config: string;
  readonly server?: string;
  readonly tokenFile?: string;
}

export const eventSubcommand = (): Command =>
  new Command('event')
    .description('tell a running server of a deployment or an incident')
    .addCommand(deploymentCommand())
    .addCommand(incidentCommand());

const common = (command: Command): Command =>
  command
    .option('--service <name>', 'the service that it is of')
    .option('--team <name>', 'the team, where neither rules nor the catalog say it')
    .option('--repository <name>', 'the repository, as acme/shop or a clone URL')
    .option('--label <label>', 'a label; may be given several times', collect)
    .option('--url <url>', 'where to read more')
    .addOption(
      new Option('--server <url>', 'the server; the one of the configuration unless given')
        .env('PLUMBLINE_SERVER')
        .argParser(urlArgument),
    )
    .option(
      '--token-file <file>',
      'a file that holds the token; PLUMBLINE_TOKEN, or that of the local server, unless given',
    )
    .addOption(configOption('the configuration, where no server is given'));

const collect = (value: string, before: readonly string[] = []) => [...before, value];

const deploymentCommand = (): Command =>
  common(new Command('deployment').description('tell of a deployment'))
    .requiredOption('--environment <name>', 'where to, such as production')
    .option('--id <id>', 'its id; made of what, where and when unless given. Give it where the command may run twice')
    .addOption(
      new Option('--status <status>', 'how it stands')
        .choices(['queued', 'running', 'success', 'failure', 'cancelled'])
        .default('success'),
    )
    .option('--sha <sha>', 'the commit that was deployed')
    .option('--ref <name>', 'the branch or tag')
    .option('--release <version>', 'the version')
    .option('--task <name>', 'the workflow or job that deploys')
    .option('--actor <name>', 'who deployed')
    .option('--created <time>', 'when it was asked for', timeArgument)
    .option('--started <time>', 'when it began', timeArgument)
    .option('--finished <time>', 'when it ended; now unless given', timeArgument)
    .addOption(new Option('--changed-production <answer>', 'of a failed one').choices(['yes', 'no']))
    .option('--unplanned', 'it repairs what no one had planned to')
    .option('--incident <id>', 'the incident that it was made for')
    .option('--rolls-back-to <version>', 'the version or commit that it returns to')
    .action((_, command: Command) => post(command, deploymentOf(command.opts())));

const incidentCommand = (): Command =>
  common(new Command('incident').description('tell of an incident'))
    .requiredOption('--id <id>', 'its id, as its system has it')
    .addOption(
      new Option('--status <status>', 'how it stands').choices(['open', 'resolved', 'cancelled']).default('open'),
    )
    .option('--title <text>', 'what it is called')
    .option('--environment <name>', 'where it is')
    .option('--severity <name>', 'how bad it is')
    .option('--started <time>', 'when it began; now for one that is open, unless given', timeArgument)
    .option('--resolved <time>', 'when it was over; now unless given', timeArgument)
    .option('--deployment <id>', 'the deployment that caused it')
    .option('--root-cause <sha>', 'the commit that caused it')
    .action((_, command: Command) => post(command, incidentOf(command.opts())));

/** An instant with an offset, or `now`. */
function timeArgument(text: string): string {
  const at = text === 'now' ? new Date() : new Date(text);
  const isTime = text === 'now' || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (!isTime || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('expected now, or a time with its offset such as 2026-11-30T12:00:00Z.');
  return at.toISOString();
}

type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

const shared = ({ service, team, repository, label, url }: Options) => ({
  service,
  team,
  repository,
  labels: label,
  url,
});
const now = () => new Date().toISOString();

function deploymentOf(options: Options): Event {
  const { status, created, started } = options;
  const isOver = status !== 'queued' && status !== 'running';
  const event = {
    ...{ type: 'deployment', ...shared(options), environment: options.environment, status },
    ...{ sha: options.sha, ref: options.ref, version: options.release, task: options.task, actor: options.actor },
    created_at: created ?? (status === 'queued' ? now() : undefined),
    started_at: started ?? (status === 'running' ? now() : undefined),
    finished_at: options.finished ?? (isOver ? now() : undefined),
    changed_production: options.changedProduction === undefined ? undefined : options.changedProduction === 'yes',
    is_planned: options.unplanned === true ? false : undefined,
    ...{ incident: options.incident, rolls_back_to: options.rollsBackTo },
  };
  return { ...event, id: String(options.id ?? madeId(event)) };
}

/** Of what was deployed where; with the time of day, for the same version may be deployed again. */
function madeId(event: Readonly<Record<string, unknown>>): string {
  const { service, repository, environment, sha, version, created_at, started_at, finished_at } = event;
  const parts = [service, repository, environment, sha, version, finished_at ?? started_at ?? created_at];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
  return `${String(service ?? repository ?? 'deployment')}-${digest}`;
}

function incidentOf(options: Options): Event {
  const { status } = options;
  return {
    ...{ type: 'incident', id: String(options.id), ...shared(options), title: options.title },
    ...{ environment: options.environment, severity: options.severity, status },
    started_at: options.started ?? (status === 'open' ? now() : undefined),
    resolved_at: options.resolved ?? (status === 'resolved' ? now() : undefined),
    updated_at: status === 'cancelled' ? now() : undefined,
    ...{ deployment: options.deployment, root_cause_sha: options.rootCause },
  };
}

/** Errors: EVENT_NO_TOKEN, EVENT_REFUSED, and those of the HTTP client and of the configuration. */
async function post(command: Command, event: Event): Promise<void> {
  const { url, token } = await targetOf(command.opts<Target>());
  rememberSecrets([token]);
  // Posted again after a failure it is the same event: its id and its times are said.
  const http = createHttpClient({ retries: 3, timeoutMs: 30_000 });
  const response = await http.request({
    url: `${url.replace(/\/+$/, '')}/push/dora/events`,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(event),
    anyStatus: true,
  });
  if (response.status !== 200) throw refusal(response, event);
  const { changed } = response.json() as { readonly changed?: number };
  await print(`${event.type} ${event.id}: ${changed === 0 ? 'known already' : 'taken'}\n`);
}

function refusal(response: HttpResponse, event: Event) {
  let said = response.text().slice(0, 500);
  try {
    said = String((response.json() as { readonly error?: unknown }).error ?? said);
  } catch {
    // A proxy speaks.
  }
  const details = { event: `${event.type} ${event.id}`, url: redactUrl(response.url), status: response.status, said };
  return new PlumblineError(response.status >= 500 ? 'EVENT_UNANSWERED' : 'EVENT_REFUSED', details);
}

async function targetOf({
  config: file,
  server,
  tokenFile,
}: Target): Promise<{ readonly url: string; readonly token: string }> {
  const given = tokenFile === undefined ? process.env.PLUMBLINE_TOKEN?.trim() : tokenIn(tokenFile);
  if (server !== undefined) {
    if (!given) throw new PlumblineError('EVENT_NO_TOKEN', { url: redactUrl(server) });
    return { url: server, token: given };
  }
  const local = localServer(await loadConfig(file));
  const token = given || local.token;
  if (token === undefined) throw new PlumblineError('EVENT_NO_TOKEN', { url: local.url });
  return { url: local.url, token };
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new PlumblineError('TOKEN_UNREADABLE', { file, reason }, error);
  }
}
