/** Where Alertmanager sends in tests: an HTTP server that takes any JSON, and a mail server. */
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import type { TestContext } from 'node:test';

export interface Post {
  readonly path: string;
  readonly authorization: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the vendor's, and asserted by the test
  readonly body: any;
}

const listen = async (t: TestContext, server: Server): Promise<number> => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>(resolve => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
};

/** Answers as Slack, Teams and PagerDuty answer what they take. */
export async function startVendors(t: TestContext): Promise<{ readonly url: string; readonly posts: readonly Post[] }> {
  const posts: Post[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    posts.push({
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: text === '' ? {} : JSON.parse(text),
    });
    const pager = request.url?.startsWith('/v2/enqueue');
    const jira = request.url?.includes('/search');
    response.writeHead(pager ? 202 : 200, { 'content-type': 'application/json' });
    response.end(pager ? '{"status":"success"}' : jira ? '{"issues":[]}' : 'ok');
  });
  t.after(() => server.closeAllConnections());
  return { url: `http://127.0.0.1:${await listen(t, server)}`, posts };
}

export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** RFC 5321 as far as a sender without TLS and without a name needs it. */
export async function startMailServer(
  t: TestContext,
): Promise<{ readonly address: string; readonly mails: readonly Mail[] }> {
  const mails: Mail[] = [];
  const server = createTcpServer(socket => {
    let [rest, data, from, to] = ['', undefined as string | undefined, '', ''];
    const answer = (line: string) => socket.write(`${line}\r\n`);
    answer('220 local');
    socket.setEncoding('utf8').on('error', () => undefined);
    socket.on('data', chunk => {
      rest += String(chunk);
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data !== undefined) {
          if (line === '.') {
            mails.push({ from, to, text: data });
            data = undefined;
            answer('250 taken');
          } else data += `${line.replace(/^\.\./, '.')}\n`;
        } else if (/^EHLO/i.test(line)) answer('250 local');
        else if (/^MAIL FROM/i.test(line)) [from] = [line.slice(10), answer('250 ok')];
        else if (/^RCPT TO/i.test(line)) [to] = [line.slice(8), answer('250 ok')];
        else if (/^DATA/i.test(line)) [data] = ['', answer('354 go on')];
        else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else answer('250 ok');
      }
    });
  });
  return { address: `127.0.0.1:${await listen(t, server)}`, mails };
}

/** Waits until a value is there; throws with what was seen after `ms`. */
export async function eventually<Value>(
  look: () => Value | undefined,
  seen: () => unknown,
  ms = 120_000,
): Promise<Value> {
  const end = Date.now() + ms;
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (Date.now() > end)
      throw new Error(`it did not come within ${ms / 1000} s; seen: ${JSON.stringify(seen()).slice(0, 4000)}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** Posts alerts as Prometheus does. */
export async function postAlerts(url: string, alerts: readonly PostedAlert[]): Promise<void> {
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  if (!answer.ok) throw new Error(`posting alerts: ${answer.status} ${await answer.text()}`);
}
