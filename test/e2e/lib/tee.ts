/** A remote-write target that hands what it takes on to two servers, so that both have the same samples. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { cleanup } from './cleanup.ts';
import { headersOf } from './recording-proxy.ts';

/**
 * Its address. The first server's answer is the answer; what it takes goes to the second, whose refusal is a 500 with its
 * words.
 */
export async function startTee(t: TestContext, first: string, second: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const headers = headersOf(request.headers);
    const post = (url: string) => fetch(url, { method: 'POST', headers, body });
    try {
      const taken = await post(first);
      const answer = taken.ok ? await post(second) : taken;
      const said = await answer.text();
      response.writeHead(answer !== taken && !answer.ok ? 500 : answer.status).end(said);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  });
  // Else it closes a connection that rests for 5 s, which a client on a busy machine may be about to use.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  cleanup(t, async () => {
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`;
}
