/** A real HTTP server on a free loopback port, answering as a test says; closed with its test. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalServer {
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** A test's context, or whoever closes the server later. */
export interface Ending {
  readonly after: (end: () => Promise<void>) => void;
}

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: Buffer) => void;

export async function startLocalServer(t: Ending, handler: Handler, port = 0): Promise<LocalServer> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handler(request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  t.after(close);
  const bound = (server.address() as AddressInfo).port;
  return { url: `http://127.0.0.1:${bound}`, port: bound, close };
}
