import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startLocalServer } from '../core/local-server.ts';
import { exitOf, type Workplace, workplace } from './command.ts';

const config = `dora: {}
server:
  port: 0
  tokens:
    - { name: ci, token: secret-of-the-pipeline, role: admin }
    - { name: readers, token: secret-of-the-readers, role: reader }
`;

/** A server on any port, once it listens. */
async function serving(place: Workplace): Promise<string> {
  const server = place.begin('serve');
  const file = path.join(place.folder, '.plumbline', 'server-address');
  for (;;) {
    assert.equal(server.exitCode, null, 'the server runs');
    // It may be there before what it says.
    const url = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (url !== '') return url;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

function open(t: TestContext): Workplace {
  const place = workplace(t);
  place.write('plumbline.yaml', config);
  place.write('token', 'secret-of-the-pipeline\n');
  place.write('reader-token', 'secret-of-the-readers\n');
  return place;
}

const deployment = ['event', 'deployment', '--service', 'checkout', '--environment', 'production'];

describe('plumbline event', () => {
  it('posts to the server of the configuration, and to any by its address and a token', async t => {
    const place = open(t);
    const url = await serving(place);
    const local = await place.run(
      ...deployment,
      '--id',
      'd-1',
      '--sha',
      'a'.repeat(40),
      '--finished',
      '2026-10-05T12:00:00+02:00',
    );
    assert.deepEqual([local.code, local.stdout, local.stderr], [0, 'deployment d-1: taken\n', '']);
    const again = await place.run(
      ...[...deployment, '--id', 'd-1', '--sha', 'a'.repeat(40), '--finished', '2026-10-05T10:00:00Z'],
      ...['--server', `${url}/`, '--token-file', 'token'],
    );
    assert.deepEqual([again.code, again.stdout], [0, 'deployment d-1: known already\n']);
    const made = await place.run(
      ...deployment,
      '--release',
      '1.2',
      '--unplanned',
      '--label',
      'hotfix',
      '--label',
      'eu',
    );
    assert.match(made.stdout, /^deployment checkout-[0-9a-f]{12}: taken\n$/);
    const incident = await place.run(
      'event',
      'incident',
      '--id',
      'INC-1',
      '--service',
      'checkout',
      '--severity',
      'high',
    );
    assert.equal(incident.stdout, 'incident INC-1: taken\n');
    const resolved = await place.run(
      'event',
      'incident',
      '--id',
      'INC-1',
      '--service',
      'checkout',
      '--status',
      'resolved',
    );
    assert.equal(resolved.stdout, 'incident INC-1: taken\n');
  });

  it('tells what the server says of a mistake, of a token and of nobody there, and shows no token', async t => {
    const place = open(t);
    const url = await serving(place);
    const at = ['--server', url, '--token-file'];
    const wrong = await place.run(...deployment, '--sha', 'HEAD', ...at, 'token');
    assert.equal(wrong.code, 2);
    assert.match(
      wrong.stderr,
      /refused the deployment checkout-\w+ with 400: .*the field sha: expected the id of a commit/,
    );
    const reader = await place.run(...deployment, ...at, 'reader-token');
    assert.match(reader.stderr, /with 403: the token readers may not do this/);
    place.write('token', 'secret-that-is-no-token');
    const nobody = await place.run(...deployment, ...at, 'token');
    assert.match(nobody.stderr, /with 401: a valid token is needed/);
    assert.ok(!nobody.stderr.includes('secret-that'));
    const absent = await place.run(...deployment, ...at, 'no-such-file');
    assert.match(absent.stderr, /could not read the token file no-such-file: ENOENT/);
    const without = await place.run(...deployment, '--server', url);
    assert.deepEqual([without.code, /found no token for the server at/.test(without.stderr)], [2, true]);
    const time = await place.run(...deployment, '--finished', 'yesterday');
    assert.match(time.stderr, /expected now, or a time with its offset/);
  });

  it('tries again where the server fails for a while, with the same event', async t => {
    const place = open(t);
    const bodies: string[] = [];
    const { url } = await startLocalServer(t, (_, response, body) => {
      bodies.push(body.toString());
      response.writeHead(bodies.length < 2 ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ records: 1, changed: 2, rejected: {} }));
    });
    const { code } = await place.run(...deployment, '--server', url, '--token-file', 'token');
    assert.deepEqual([code, bodies.length, new Set(bodies).size], [0, 2, 1]);
    const { type, status, id } = JSON.parse(bodies[0] ?? '') as Record<string, string>;
    assert.deepEqual([type, status], ['deployment', 'success']);
    assert.match(id ?? '', /^checkout-/);
  });

  it('says that the local server is not there', async t => {
    const place = open(t);
    const { code, stderr } = await place.run(...deployment);
    assert.equal(code, 2);
    assert.match(stderr, /found no token for the server at/);
    const dead = await place.run(...deployment, '--server', 'http://127.0.0.1:1', '--token-file', 'token');
    assert.deepEqual([dead.code, /ECONNREFUSED/.test(dead.stderr)], [4, true]);
    assert.equal(await exitOf(place.begin('event')), 2);
  });
});
