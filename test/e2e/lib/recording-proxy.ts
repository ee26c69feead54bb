/** Stands before a remote-write target: notes every sample, and can be down. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { uncompress } from 'snappyjs';
import { decodeLabels, decodeRequest } from '../../../exporters/core/remote-write-format.ts';

export interface RecordingProxy {
  readonly url: string;
  /** Values of every (series, millisecond) that the target has taken, in the order of arrival. */
  readonly taken: ReadonlyMap<string, readonly number[]>;
  /** While down it answers 503; the requests that came meanwhile are counted. */
  down: boolean;
  refused: number;
}

export async function startRecordingProxy(t: TestContext, target: string): Promise<RecordingProxy> {
  const taken = new Map<string, number[]>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (proxy.down) {
      proxy.refused += 1;
      response.writeHead(503).end('down');
      return;
    }
    const body = Buffer.concat(chunks);
    const answer = await fetch(target, { method: 'POST', body, headers: headersOf(request.headers) });
    if (answer.ok)
      for (const { labels, times, values } of decodeRequest(Buffer.from(uncompress(body)))) {
        const series = JSON.stringify(decodeLabels(labels));
        times.forEach((time, index) => {
          const key = `${series} ${time}`;
          taken.set(key, [...(taken.get(key) ?? []), values[index] ?? Number.NaN]);
        });
      }
    response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const proxy: RecordingProxy = { url: `http://127.0.0.1:${port}/api/v1/write`, taken, down: false, refused: 0 };
  return proxy;
}

/** The headers of a request that are remote write's. */
export const headersOf = (headers: Readonly<Record<string, string | readonly string[] | undefined>>) =>
  Object.fromEntries(
    ['content-type', 'content-encoding', 'x-prometheus-remote-write-version'].flatMap(name =>
      typeof headers[name] === 'string' ? [[name, headers[name]] as const] : [],
    ),
  );
