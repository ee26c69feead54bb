/**
 * Grafana's API as pushing dashboards uses it, with its answers as a Grafana 12 gives them: a search in pages without a
 * count, 403 with what is missing, 412 for another version, 400 for what comes from files.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export const tokens = { editor: 'glsa_editor_0123456789', viewer: 'glsa_viewer_0123456789' } as const;

type Json = Record<string, unknown>;

export interface Stored {
  readonly dashboard: Json;
  readonly folderUid: string;
  readonly provisioned?: boolean;
}

export interface FakeGrafana {
  readonly url: string;
  readonly folders: Map<string, string>;
  readonly dashboards: Map<string, Stored>;
  /** METHOD and path of every request, without the query. */
  readonly asked: string[];
  /** Called before a save is looked at. */
  beforeSave: (uid: string) => void;
  /** The uid of a folder that no token is shown. */
  hidden: string;
}

export async function startGrafana(t: TestContext, { base = '' } = {}): Promise<FakeGrafana> {
  const folders = new Map<string, string>();
  const dashboards = new Map<string, Stored>();
  const fake: FakeGrafana = { url: '', folders, dashboards, asked: [], beforeSave: () => undefined, hidden: '' };

  const answer = (request: http.IncomingMessage, body: Json): { status: number; value: unknown } => {
    const url = new URL(request.url ?? '/', 'http://grafana');
    const path = url.pathname.slice(base.length);
    fake.asked.push(`${request.method} ${path}`);
    const role = Object.entries(tokens).find(([, token]) => request.headers.authorization === `Bearer ${token}`)?.[0];
    if (role === undefined)
      return {
        ...{ status: 401 },
        value: { extra: null, message: 'Invalid API key', messageId: 'api-key.invalid', statusCode: 401, traceID: '' },
      };
    const denied = (permission: string) => ({
      status: 403,
      value: {
        accessErrorId: 'ACE1',
        message: `You'll need additional permissions to perform this action. Permissions needed: ${permission}`,
        title: 'Access denied',
      },
    });
    const [, , kind, second = '', third = ''] = path.split('/');
    if (kind === 'search') return { status: 200, value: search(url.searchParams) };
    if (kind === 'folders') {
      if (role === 'viewer') return denied('folders:create');
      const uid = String(body.uid ?? `f${folders.size}`);
      if (folders.has(uid)) return { status: 412, value: { message: 'the folder has been changed by someone else' } };
      folders.set(uid, String(body.title));
      return { status: 200, value: { id: 1, uid, title: body.title } };
    }
    if (kind === 'dashboards' && request.method === 'GET') {
      const held = dashboards.get(third);
      if (held === undefined) return { status: 404, value: { message: 'Dashboard not found', title: 'Not found' } };
      const { folderUid, provisioned = false } = held;
      const meta = {
        type: 'db',
        version: held.dashboard.version,
        folderUid,
        folderTitle: folders.get(folderUid),
        provisioned,
      };
      return { status: 200, value: { meta, dashboard: held.dashboard } };
    }
    if (role === 'viewer') return denied('any of dashboards:create, dashboards:write');
    if (request.method === 'DELETE') {
      if (dashboards.get(third)?.provisioned)
        return { status: 400, value: { message: 'provisioned dashboard cannot be deleted' } };
      dashboards.delete(third);
      return { status: 200, value: { message: 'Dashboard deleted', uid: third } };
    }
    return second === 'db' ? save(body) : { status: 404, value: { message: 'Not found' } };
  };

  const search = (query: URLSearchParams): unknown => {
    const [limit, page] = [Number(query.get('limit')), Number(query.get('page'))];
    const all =
      query.get('type') === 'dash-folder'
        ? [...folders]
            .filter(([uid]) => uid !== fake.hidden)
            .map(([uid, title]) => ({ uid, title, type: 'dash-folder' }))
        : [...dashboards]
            .filter(([, { folderUid }]) => folderUid === query.get('folderUIDs'))
            .filter(([, { dashboard }]) => (dashboard.tags as string[] | undefined)?.includes(query.get('tag') ?? ''))
            .map(([uid, { dashboard }]) => ({ uid, title: dashboard.title, type: 'dash-db' }));
    return all.slice((page - 1) * limit, page * limit);
  };

  const save = ({ dashboard, folderUid, overwrite }: Json): { status: number; value: unknown } => {
    const given = dashboard as Json;
    const uid = String(given.uid);
    fake.beforeSave(uid);
    const held = dashboards.get(uid);
    if (held?.provisioned) return { status: 400, value: { message: 'Cannot save provisioned dashboard' } };
    if (!folders.has(String(folderUid))) return { status: 400, value: { message: 'folder not found' } };
    if (held && overwrite !== true && held.dashboard.version !== given.version)
      return {
        ...{ status: 412 },
        value: { message: 'The dashboard has been changed by someone else', status: 'version-mismatch' },
      };
    const namesake = ([other, one]: [string, Stored]) =>
      other !== uid && one.folderUid === folderUid && one.dashboard.title === given.title;
    if ([...dashboards].some(namesake))
      return {
        ...{ status: 412 },
        value: { message: 'A dashboard with the same name in the folder already exists', status: 'name-exists' },
      };
    const version = Number(held?.dashboard.version ?? 0) + 1;
    dashboards.set(uid, { dashboard: { ...given, id: dashboards.size + 1, version }, folderUid: String(folderUid) });
    return { status: 200, value: { status: 'success', uid, version, folderUid } };
  };

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Json);
      if (!(request.url ?? '').startsWith(`${base}/api/`)) {
        response.writeHead(404, { 'content-type': 'text/html' }).end('<html><body>Not here</body></html>');
        return;
      }
      const { status, value } = answer(request, body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(fake, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}` });
}
