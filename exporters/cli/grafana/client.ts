/**
 * Grafana's HTTP API, as far as dashboards need it, 10 and later:
 * https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/
 */
import type { HttpResponse } from '../../core/http-answer.ts';
import type { HttpClient } from '../../core/http-client.ts';
import { redactUrl } from '../../core/secrets.ts';
import { PlumblineError } from './errors.ts';

export interface Found {
  readonly uid: string;
  readonly title: string;
}

export type Json = { readonly [key: string]: unknown };

/** A dashboard as Grafana has it. */
export interface Held {
  readonly dashboard: Json;
  readonly folderUid: string;
  readonly folderTitle: string;
  readonly isProvisioned: boolean;
  readonly version: number;
}

export interface Grafana {
  readonly url: string;
  readonly folders: () => Promise<readonly Found[]>;
  readonly createFolder: (folder: { readonly uid?: string; readonly title: string }) => Promise<Found>;
  /** Undefined where there is none of that uid. */
  readonly dashboard: (uid: string) => Promise<Held | undefined>;
  /** The dashboards in a folder that have a tag. */
  readonly tagged: (tag: string, folderUid: string) => Promise<readonly Found[]>;
  /** `version` of the one that was read; undefined where there was none. */
  readonly save: (dashboard: Json, folderUid: string, version: number | undefined) => Promise<void>;
  readonly remove: (found: Found) => Promise<void>;
}

const pageSize = 1000;

/** Every call's errors: GRAFANA_UNAUTHORIZED, GRAFANA_FORBIDDEN, GRAFANA_CHANGED, GRAFANA_NAME_TAKEN, GRAFANA_FOLDER_TAKEN, GRAFANA_PROVISIONED, GRAFANA_ANSWER; those of the client. */
export function grafanaApi(client: HttpClient, url: string): Grafana {
  const base = url.replace(/\/+$/, '');
  const shown = redactUrl(base).replace(/\/+$/, '');
  const call = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { doing, what = '', body, missing = false, taken = false }: Doing,
  ): Promise<unknown> => {
    const response = await client.request({
      ...{ method, url: `${base}${path}`, anyStatus: true },
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A save that came through and was not answered would be refused the second time.
      ...(method === 'GET' ? {} : { retries: 0 }),
    });
    if (response.status < 300) return response.json();
    if (missing && response.status === 404) return undefined;
    throw refusal(response, { url: shown, doing, what, taken });
  };

  const search = async (query: string): Promise<readonly Found[]> => {
    const found: Found[] = [];
    for (let page = 1; ; page += 1) {
      const doing = 'read its folders and dashboards';
      const answer = await call('GET', `/api/search?${query}&limit=${pageSize}&page=${page}`, { doing });
      if (!Array.isArray(answer))
        throw new PlumblineError('GRAFANA_ANSWER', { url: shown, doing, status: 200, said: 'with no list' });
      found.push(...(answer as readonly Found[]).map(({ uid, title }) => ({ uid, title })));
      if (answer.length < pageSize) return found;
    }
  };

  return {
    url: shown,
    folders: () => search('type=dash-folder'),
    createFolder: async folder =>
      (await call('POST', '/api/folders', {
        ...{ doing: `make the folder ${folder.title}`, what: `a folder ${folder.title}`, body: folder, taken: true },
      })) as Found,
    dashboard: async uid => {
      const doing = `read the dashboard ${uid}`;
      const answer = await call('GET', `/api/dashboards/uid/${encodeURIComponent(uid)}`, { doing, missing: true });
      if (answer === undefined) return undefined;
      const { dashboard, meta } = answer as { readonly dashboard?: Json; readonly meta?: Json };
      if (dashboard === undefined || meta === undefined)
        throw new PlumblineError('GRAFANA_ANSWER', { url: shown, doing, status: 200, said: 'with no dashboard' });
      return {
        dashboard,
        folderUid: String(meta.folderUid ?? ''),
        folderTitle: String(meta.folderTitle ?? ''),
        isProvisioned: meta.provisioned === true,
        version: Number(dashboard.version ?? meta.version ?? 0),
      };
    },
    tagged: (tag, folderUid) =>
      search(`type=dash-db&tag=${encodeURIComponent(tag)}&folderUIDs=${encodeURIComponent(folderUid)}`),
    save: async (dashboard, folderUid, version) => {
      const what = `the dashboard ${String(dashboard.title)}`;
      await call('POST', '/api/dashboards/db', {
        ...{ doing: `save ${what}`, what },
        body: {
          dashboard: { ...dashboard, id: null, ...(version === undefined ? {} : { version }) },
          ...{ folderUid, message: 'plumbline render dashboards', overwrite: false },
        },
      });
    },
    remove: async ({ uid, title }) => {
      const what = `the dashboard ${title}`;
      await call('DELETE', `/api/dashboards/uid/${encodeURIComponent(uid)}`, { doing: `remove ${what}`, what });
    },
  };
}

interface Doing {
  /** Ends the sentence "Grafana could not …". */
  readonly doing: string;
  /** Begins the sentence "… was changed". */
  readonly what?: string;
  readonly body?: unknown;
  /** True where 404 is an answer. */
  readonly missing?: boolean;
  /** True where 409 and 412 say that there is one already. */
  readonly taken?: boolean;
}

function refusal(
  response: HttpResponse,
  { url, doing, what, taken }: Required<Pick<Doing, 'doing' | 'what' | 'taken'>> & { readonly url: string },
): Error {
  const { status } = response;
  const { said, kind } = saidIn(response);
  if (status === 401) return new PlumblineError('GRAFANA_UNAUTHORIZED', { url, said });
  if (status === 403) return new PlumblineError('GRAFANA_FORBIDDEN', { url, doing, said });
  if (taken && (status === 409 || status === 412))
    return new PlumblineError('GRAFANA_FOLDER_TAKEN', { url, what, status, said });
  if (status === 412 && kind === 'name-exists') return new PlumblineError('GRAFANA_NAME_TAKEN', { what, status, said });
  if (status === 412 && what !== '') return new PlumblineError('GRAFANA_CHANGED', { what, said });
  // "Cannot save provisioned dashboard", "provisioned dashboard cannot be deleted".
  if (status === 400 && /provisioned/i.test(said)) return new PlumblineError('GRAFANA_PROVISIONED', { url, what });
  return new PlumblineError('GRAFANA_ANSWER', { url, doing, status, said });
}

/** What Grafana says, in its own words; `kind` is its word for it, such as `version-mismatch`. */
function saidIn(response: HttpResponse): { readonly said: string; readonly kind: string } {
  const text = response.text();
  try {
    const { message, status } = JSON.parse(text) as { readonly message?: unknown; readonly status?: unknown };
    if (typeof message === 'string' && message !== '')
      return { said: message.slice(0, 300), kind: typeof status === 'string' ? status : '' };
  } catch {
    // What stands before Grafana answers in HTML.
  }
  const said = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
  return { said: said || 'nothing', kind: '' };
}
