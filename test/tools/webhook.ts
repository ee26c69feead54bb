import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** An alert in a message. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config, version 4. */
export type WebhookAlert = {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
};

export type WebhookMessage = {
  readonly version: string;
  readonly groupKey: string;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly externalURL: string;
  readonly alerts: readonly WebhookAlert[];
};

/** A message with the path it was posted to, so that one receiver can stand for several teams. */
export type Received = { readonly path: string; readonly message: WebhookMessage };

export type WebhookReceiver = {
  readonly url: string;
  readonly received: readonly Received[];
  /** The first message, past or to come, for which the predicate holds. Throws after `timeoutMs`, listing what has come. */
  waitFor(predicate: (each: Received) => boolean, timeoutMs: number): Promise<Received>;
  close(): Promise<void>;
};

/** Receives Alertmanager's webhook messages on a free port of 127.0.0.1, at every path. Ends with the test it is given. */
export async function startWebhookReceiver(t?: TestContext): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      const message = JSON.parse(Buffer.concat(chunks).toString('utf8')) as WebhookMessage;
      received.push({ path: request.url ?? '/', message });
      response.writeHead(200).end();
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
    for (const look of waiting) look();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

  const waitFor = (predicate: (each: Received) => boolean, timeoutMs: number) =>
    new Promise<Received>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        const had = received.map(
          ({ path, message }) => `${path} ${message.status} ${JSON.stringify(message.groupLabels)}`,
        );
        reject(
          new Error(`no webhook message as awaited within ${timeoutMs / 1000} s; came: ${had.join('; ') || 'none'}`),
        );
      }, timeoutMs);
      const look = () => {
        const match = received.find(predicate);
        if (match === undefined) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      look();
    });
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
  };
  t?.after(close);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received, waitFor, close };
}
