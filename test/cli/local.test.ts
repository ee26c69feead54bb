import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { probe } from '../../exporters/cli/local.ts';

async function serverOf(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('asking a server whether it is well', () => {
  it('takes a good answer of /-/healthy alone', async t => {
    const url = await serverOf(t, (request, response) => {
      response.statusCode = request.url === '/-/healthy' ? 200 : 404;
      response.end();
    });
    assert.deepEqual(await probe(url), { healthy: true });
    const ill = await probe(`${url}/elsewhere`);
    assert.deepEqual(ill, { healthy: false, reason: 'it answered 404 Not Found' });
  });

  it('gives up on one that takes the connection and says nothing', async t => {
    const url = await serverOf(t, () => undefined);
    const health = await probe(url, 50);
    assert.equal(health.healthy, false);
    assert.equal(health.healthy === false && health.reason, 'no answer in time');
  });

  it('tells why there was no connection', async () => {
    const health = await probe('http://127.0.0.1:1');
    assert.equal(health.healthy === false && health.reason, 'ECONNREFUSED');
  });
});
