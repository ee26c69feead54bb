/** Worker: posts uploads of decisions to a server as several OPAs do, each one after the other, and tells how it went. */
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { decisionsText } from './decisions-made.ts';
import { answer, inputOf } from './worker.ts';

export interface PostsInput {
  readonly url: string;
  readonly token: string;
  readonly uploads: number;
  readonly perUpload: number;
  readonly senders: number;
}

export interface PostsAnswer {
  readonly ms: number;
  readonly refused: number;
  /** Of an upload as it is posted. */
  readonly bytes: number;
}

const { url, token, uploads, perUpload, senders } = inputOf<PostsInput>();
const instances = Array.from({ length: senders }, () => randomUUID());
const now = Date.now();
const bodies = Array.from({ length: uploads }, (_, index) =>
  gzipSync(`[${decisionsText(index * perUpload, perUpload, instances[index % senders]!, now).join(',')}]`, {
    level: 6,
  }),
);
const agent = new http.Agent({ keepAlive: true, maxSockets: senders });

const post = (body: Buffer) =>
  new Promise<number>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-encoding': 'gzip',
      'content-type': 'application/json',
    };
    const request = http.request(url, { method: 'POST', agent, headers }, response =>
      response.resume().on('end', () => resolve(response.statusCode ?? 0)),
    );
    request.on('error', reject);
    request.end(body);
  });

answer({ ready: true });
await new Promise<void>(resolve => process.once('message', () => resolve()));
let refused = 0;
let next = 0;
const began = performance.now();
await Promise.all(
  instances.map(async () => {
    for (let index = next++; index < uploads; index = next++)
      for (let status = await post(bodies[index]!); status !== 200; status = await post(bodies[index]!)) {
        if (status !== 429) throw new Error(`the server answered ${status}`);
        refused += 1;
        await sleep(100 + Math.random() * 400);
      }
  }),
);
agent.destroy();
answer({
  ms: performance.now() - began,
  refused,
  bytes: bodies.reduce((sum, body) => sum + body.length, 0) / bodies.length,
} satisfies PostsAnswer);
