/** `plumbline render dashboards`: to a folder, or by its API to a Grafana. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardsFor, renderDashboards } from '../../../dashboards/render.ts';
import { createHttpClient } from '../../core/http-client.ts';
import { rememberSecrets } from '../../core/secrets.ts';
import { PlumblineError as CommandError } from '../errors.ts';
import { grafanaApi, type Json } from '../grafana/client.ts';
import { PlumblineError } from '../grafana/errors.ts';
import { applyPlan, planPush, planText } from '../grafana/push.ts';
import { count, print, say } from '../output.ts';

export interface DashboardsOptions {
  readonly out?: string;
  readonly push?: string;
  readonly tokenFile?: string;
  readonly plumbline?: string;
  readonly folder: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
}

/** Marks our pages. */
const tag = 'plumbline';

/** Errors: COMMAND_USAGE; those of planPush and applyPlan. */
export async function dashboards(options: DashboardsOptions): Promise<void> {
  const { out, push } = options;
  if (out === undefined && push === undefined)
    throw new CommandError('COMMAND_USAGE', {
      reason: 'expected --out, a folder, or --push, the address of a Grafana',
    });
  if (push === undefined && (options.prune || options.dryRun))
    throw new CommandError('COMMAND_USAGE', { reason: 'expected --push beside --prune and --dry-run' });
  if (out !== undefined)
    await print((await renderDashboards(path.resolve(out), options.plumbline)).map(file => `${file}\n`).join(''));
  if (push !== undefined) await pushTo(push, options);
}

async function pushTo(
  url: string,
  { tokenFile, folder, plumbline, prune = false, dryRun = false }: DashboardsOptions,
): Promise<void> {
  const token = tokenOf(url, tokenFile);
  rememberSecrets([token]);
  const client = createHttpClient({ baseUrl: url, headers: { authorization: `Bearer ${token}` } });
  const grafana = grafanaApi(client, url);
  const pages = dashboardsFor(plumbline).map(({ page }) => page as unknown as Json);
  const plan = await planPush(grafana, { dashboards: pages, folder, tag, prune });
  await print(planText(plan));
  if (dryRun) return say('plumbline: nothing was changed (--dry-run)');
  const done = await applyPlan(grafana, plan);
  say(`plumbline: ${done === 0 ? 'nothing was to change' : `${count(done, 'dashboard')} changed`} at ${grafana.url}`);
}

/** The token, which is never printed. Errors: GRAFANA_TOKEN_MISSING, GRAFANA_TOKEN_UNREADABLE. */
function tokenOf(url: string, file: string | undefined): string {
  if (file === undefined) {
    const token = process.env.GRAFANA_TOKEN?.trim();
    if (!token) throw new PlumblineError('GRAFANA_TOKEN_MISSING', { url });
    return token;
  }
  const unreadable = (reason: string, cause?: unknown) =>
    new PlumblineError('GRAFANA_TOKEN_UNREADABLE', { file, reason }, cause);
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (/^\S+$/.test(token)) return token;
  } catch (error) {
    throw unreadable((error as NodeJS.ErrnoException).code ?? String(error), error);
  }
  throw unreadable('it does not hold one word');
}
