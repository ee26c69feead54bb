/** Scrapes over one kept connection and throws the bytes away, as fast as they come. */
import http from 'node:http';
import type { Readable } from 'node:stream';

export type Encoding = 'identity' | 'gzip';

export interface Client {
  /** Milliseconds from the request to the last byte, and the bytes of the body. */
  readonly scrape: (encoding: Encoding) => Promise<{ readonly ms: number; readonly bytes: number }>;
  readonly body: (encoding: Encoding) => Promise<Buffer>;
  readonly close: () => void;
}

export function connect(base: string): Client {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const get = <T>(encoding: Encoding, take: (response: Readable) => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const headers = { 'accept-encoding': encoding, accept: 'text/plain;version=0.0.4' };
      http
        .get(`${base}/metrics`, { agent, headers }, response => {
          if (response.statusCode === 200) take(response).then(resolve, reject);
          else reject(new Error(`GET ${base}/metrics answered ${response.statusCode}`));
        })
        .on('error', reject);
    });
  return {
    scrape: async encoding => {
      const began = performance.now();
      const bytes = await get(
        encoding,
        response =>
          new Promise<number>((resolve, reject) => {
            let sum = 0;
            response.on('data', (chunk: Buffer) => {
              sum += chunk.length;
            });
            response.on('end', () => resolve(sum)).on('error', reject);
          }),
      );
      return { ms: performance.now() - began, bytes };
    },
    body: encoding =>
      get(encoding, async response => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        return Buffer.concat(chunks);
      }),
    close: () => agent.destroy(),
  };
}
