import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { describeError, PlumblineError } from '../../../exporters/core/errors.ts';
import { type ArmClient, type ArmOptions, armClient } from '../../../exporters/vendors/azure/arm.ts';
import { azureCredentialsSchema } from '../../../exporters/vendors/azure/config.ts';
import { startLocalServer } from '../../core/local-server.ts';
import {
  type AzureServer,
  faults,
  federatedToken,
  secret,
  startAzure,
  subscription,
} from '../../cost/vendors/azure.ts';

const budgets = `subscriptions/${subscription}/providers/Microsoft.Consumption/budgets?api-version=2023-05-01`;
const queryUrl = `subscriptions/${subscription}/providers/Microsoft.CostManagement/query?api-version=2023-11-01`;

/** A client that notes its waits instead of waiting. */
function clientOf(azure: AzureServer, options: Partial<ArmOptions> = {}) {
  const waits: number[] = [];
  const arm = armClient({
    credentials: azure.credentials,
    sleep: async milliseconds => void waits.push(milliseconds),
    random: () => 1,
    environment: {},
    ...options,
  });
  return { arm, waits };
}

/** The error of a request, which must hold no secret in its sentence, its causes or its details. */
async function failureOf(azure: AzureServer, asking: Promise<unknown>): Promise<PlumblineError> {
  const error = await asking.then(
    () => assert.fail('it should have failed'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PlumblineError, String(error));
  for (const hidden of azure.secrets) {
    const told = `${describeError(error)} ${JSON.stringify(error.details)} ${error.stack} ${String(error.cause)}`;
    assert.ok(!told.includes(hidden), `"${hidden}" stands in ${told}`);
  }
  return error;
}

const ask = (arm: ArmClient) => arm.request({ url: budgets });
const tokensAsked = (azure: AzureServer) => azure.asked.filter(({ what }) => what === 'token').length;

describe('a token', () => {
  test('is asked for once by requests that go out together, and kept until shortly before it expires', async t => {
    const azure = await startAzure(t, { tokenSeconds: 3600 });
    let now = Date.parse('2026-11-02T10:00:00Z');
    const { arm } = clientOf(azure, { now: () => now });
    await Promise.all([ask(arm), ask(arm), ask(arm)]);
    assert.equal(tokensAsked(azure), 1);
    now += 54 * 60_000;
    await ask(arm);
    assert.equal(tokensAsked(azure), 1);
    now += 2 * 60_000;
    await ask(arm);
    assert.equal(tokensAsked(azure), 2, 'four minutes before it expires');
  });

  test('that a server refuses is exchanged once', async t => {
    const azure = await startAzure(t);
    const { arm } = clientOf(azure);
    azure.world.fault = ({ what, count }) => (what === 'budgets' && count === 1 ? faults.status(401) : undefined);
    assert.equal((await ask(arm)).status, 200);
    assert.equal(tokensAsked(azure), 2);

    azure.world.fault = ({ what, headers }) =>
      what === 'budgets'
        ? faults.status(401, {}, `{"error":{"code":"ExpiredToken","message":"${headers.authorization}"}}`)
        : undefined;
    const error = await failureOf(azure, ask(arm));
    assert.equal(error.code, 'AZURE_UNAUTHORIZED');
    assert.match(error.message, /client 5f4dcc3b.* was refused: .* answered 401: ExpiredToken/);
    assert.equal(tokensAsked(azure), 3, 'one fresh token, and no loop');
  });

  test('that is refused for a wrong secret tells the code and no secret, though the server repeats it', async t => {
    const azure = await startAzure(t);
    azure.world.fault = ({ what }) =>
      what === 'token'
        ? faults.status(
            401,
            {},
            JSON.stringify({
              error: 'invalid_client',
              error_description: `AADSTS7000222: the secret ${secret} has expired.\r\nTrace ID: 7`,
            }),
          )
        : undefined;
    const error = await failureOf(azure, ask(clientOf(azure).arm));
    assert.equal(error.code, 'AZURE_TOKEN_REFUSED');
    assert.match(error.message, /answered 401: invalid_client: AADSTS7000222: the secret \*\*\* has expired\.$/);
  });

  test('endpoint that answers with a page, or without a token, is refused by name', async t => {
    const azure = await startAzure(t);
    azure.world.fault = ({ what }) => (what === 'token' ? faults.html : undefined);
    assert.match((await failureOf(azure, ask(clientOf(azure).arm))).message, /answered 200: HTML instead of JSON$/);
    azure.world.fault = ({ what }) =>
      what === 'token' ? faults.status(200, {}, `{"access_token":"${secret}`) : undefined;
    assert.match((await failureOf(azure, ask(clientOf(azure).arm))).message, /answered 200: no whole JSON document$/);
    azure.world.fault = ({ what }) =>
      what === 'token' ? faults.status(200, {}, '{"token_type":"Bearer"}') : undefined;
    const error = await failureOf(azure, ask(clientOf(azure).arm));
    assert.match(error.message, /answered 200: no token$/);
  });

  test('comes by workload identity, its file read anew each time', async t => {
    const azure = await startAzure(t);
    const file = fileWith(t, 'not-yet-valid');
    const { client_secret: _, ...credentials } = azure.credentials;
    const { arm } = clientOf(azure, { credentials, environment: { AZURE_FEDERATED_TOKEN_FILE: file } });
    assert.equal((await failureOf(azure, ask(arm))).code, 'AZURE_TOKEN_REFUSED');
    writeFileSync(file, `${federatedToken}\n`);
    const { login_endpoint: host, ...elsewhere } = credentials;
    const injected = { AZURE_FEDERATED_TOKEN_FILE: file, AZURE_AUTHORITY_HOST: `${host}/` };
    assert.equal((await ask(clientOf(azure, { credentials: elsewhere, environment: injected }).arm)).status, 200);
    assert.equal((await ask(arm)).status, 200);
    rmSync(file);
    const other = clientOf(azure, { credentials, environment: { AZURE_FEDERATED_TOKEN_FILE: file } });
    const error = await failureOf(azure, ask(other.arm));
    assert.equal(error.code, 'AZURE_TOKEN_FILE');
    assert.match(error.message, /ENOENT/);
  });

  test('comes by managed identity, from IMDS and from an endpoint that the environment names', async t => {
    const azure = await startAzure(t);
    const { client_secret: _, ...rest } = azure.credentials;
    const credentials = { ...rest, method: 'managed_identity' } as const;
    const imds = clientOf(azure, { credentials, environment: { AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.url } });
    assert.equal((await ask(imds.arm)).status, 200);
    const [first] = azure.asked;
    assert.equal(first?.headers.metadata, 'true');
    assert.equal(first?.url.searchParams.get('client_id'), credentials.client_id);

    const environment = { IDENTITY_ENDPOINT: `${azure.url}/msi/oauth2/token`, IDENTITY_HEADER: secret };
    assert.equal((await ask(clientOf(azure, { credentials, environment }).arm)).status, 200);
    assert.equal(azure.asked.filter(({ what }) => what === 'token').at(-1)?.url.pathname, '/msi/oauth2/token');
  });

  test('needs a client and a tenant, and says which is missing', async t => {
    const azure = await startAzure(t);
    const { tenant_id: _, ...credentials } = azure.credentials;
    const error = await failureOf(azure, ask(clientOf(azure, { credentials }).arm));
    assert.equal(error.code, 'AZURE_CREDENTIALS_MISSING');
    assert.match(error.message, /tenant_id is not set/);
    const inEnvironment = clientOf(azure, {
      credentials,
      environment: { AZURE_TENANT_ID: azure.credentials.tenant_id },
    });
    assert.equal((await ask(inEnvironment.arm)).status, 200);
  });
});

describe('waiting', () => {
  const quota = (name: string) => `x-ms-ratelimit-microsoft.costmanagement-${name}-retry-after`;

  for (const name of ['retry-after', ...['qpu', 'entity', 'tenant', 'client', 'clienttype'].map(quota)])
    test(`is as long as ${name} says`, async t => {
      const azure = await startAzure(t);
      azure.world.fault = ({ what, count }) =>
        what === 'budgets' && count === 1 ? faults.status(429, { [name]: '33' }) : undefined;
      const { arm, waits } = clientOf(azure);
      assert.equal((await ask(arm)).status, 200);
      assert.deepEqual(waits, [33_000]);
    });

  test('is as long as the largest of several says, and never so short that the next is refused too', async t => {
    const azure = await startAzure(t);
    const said = [
      { 'retry-after': '12', [quota('qpu')]: '3', [quota('tenant')]: '47', [quota('entity')]: 'soon' },
      { [quota('clienttype')]: '1' },
      {},
    ];
    azure.world.fault = ({ what, count }) => {
      const headers = said[count - 1];
      return what === 'budgets' && headers ? faults.status(429, headers) : undefined;
    };
    const { arm, waits } = clientOf(azure);
    assert.equal((await ask(arm)).status, 200);
    assert.deepEqual(waits, [47_000, 10_000, 60_000], 'the largest; at least 10 s; a minute where nothing is said');
  });

  test('gives up where Azure asks for an hour, and says so', async t => {
    const azure = await startAzure(t);
    azure.world.fault = ({ what }) =>
      what === 'budgets'
        ? faults.status(429, { [quota('tenant')]: '3600' }, '{"error":{"code":"429","message":"Too many requests."}}')
        : undefined;
    const { arm, waits } = clientOf(azure);
    const error = await failureOf(azure, ask(arm));
    assert.equal(error.code, 'HTTP_STATUS');
    assert.match(error.message, /answered 429: 429: Too many requests\./);
    assert.equal(error.details.retryAfter, 3600);
    assert.deepEqual(waits, []);
  });

  test('comes between tries of 500 and of a closed connection, and ends', async t => {
    const azure = await startAzure(t);
    azure.world.fault = ({ what, count }) =>
      what !== 'budgets' ? undefined : count === 1 ? faults.status(500) : count === 2 ? faults.cutBody : undefined;
    const { arm, waits } = clientOf(azure);
    assert.equal((await ask(arm)).status, 200);
    assert.equal(waits.length, 2);
    azure.world.fault = ({ what }) => (what === 'budgets' ? faults.status(503, {}, 'busy') : undefined);
    assert.match((await failureOf(azure, ask(clientOf(azure).arm))).message, /answered 503: busy/);
    azure.world.fault = ({ what }) => (what === 'budgets' ? faults.silence : undefined);
    assert.equal(
      (await failureOf(azure, ask(clientOf(azure, { timeoutMs: 100, retries: 1 }).arm))).code,
      'HTTP_TIMEOUT',
    );
  });
});

describe('a request', () => {
  test('names its client type, and no other header of ours goes astray', async t => {
    const azure = await startAzure(t);
    await ask(clientOf(azure, { clientType: 'Acme' }).arm);
    const asked = azure.asked.find(({ what }) => what === 'budgets');
    assert.equal(asked?.headers.clienttype, 'Acme');
    assert.equal(azure.asked.find(({ what }) => what === 'token')?.headers.clienttype, undefined);
  });

  test('that is forbidden names who may not read what, and the role that is missing', async t => {
    const azure = await startAzure(t);
    azure.world.fault = ({ what }) =>
      what === 'budgets'
        ? faults.status(403, {}, '{"error":{"code":"AuthorizationFailed","message":"does not have authorization"}}')
        : undefined;
    const error = await failureOf(azure, ask(clientOf(azure).arm));
    assert.equal(error.code, 'AZURE_FORBIDDEN');
    assert.match(
      describeError(error),
      /client 5f4dcc3b.* may not read http.*AuthorizationFailed.*Cost Management Reader/s,
    );
  });
});

describe('pages', () => {
  const body = {
    type: 'ActualCost',
    timeframe: 'Custom',
    timePeriod: { from: '2026-10-01T00:00:00+00:00', to: '2026-10-31T23:59:59+00:00' },
    dataset: { granularity: 'Daily', aggregation: {}, grouping: [{ type: 'Dimension', name: 'ServiceName' }] },
  };
  const rows = Array.from({ length: 5 }, (_, index) => ({
    day: `2026-10-0${index + 1}`,
    chargeType: 'Usage',
    groups: { ServiceName: 'Storage' },
    ActualCost: '1.5',
    currency: 'EUR',
  }));
  type Page = { readonly properties: { readonly nextLink: string | null; readonly rows: readonly unknown[] } };
  const next = (response: { readonly json: () => unknown }) =>
    (response.json() as Page).properties.nextLink ?? undefined;
  const collect = async (arm: ArmClient) => {
    const found: unknown[] = [];
    for await (const response of arm.pages({ url: queryUrl, method: 'POST', body }, next))
      found.push(...(response.json() as Page).properties.rows);
    return found;
  };

  test('are posted for with the same body, at the address and API version that Azure names', async t => {
    const azure = await startAzure(t, { rows, pageSize: 2 });
    assert.equal((await collect(clientOf(azure).arm)).length, 5);
    const asked = azure.asked.filter(({ what }) => what === 'query');
    assert.deepEqual(
      asked.map(({ page }) => page),
      [1, 2, 3],
    );
    assert.deepEqual(
      asked.map(({ url }) => url.searchParams.get('api-version')),
      ['2023-11-01', '2021-10-01', '2021-10-01'],
    );
    assert.equal(new Set(asked.map(({ body: text }) => text)).size, 1);
  });

  test('on another server get no token', async t => {
    const azure = await startAzure(t, { rows, pageSize: 2 });
    const stolen: string[] = [];
    const thief = await startLocalServer(t, (request, response) => {
      stolen.push(String(request.headers.authorization));
      response.end('{}');
    });
    azure.world.fault = ({ what }) =>
      what === 'query'
        ? faults.status(200, {}, JSON.stringify({ properties: { nextLink: `${thief.url}/x?$skiptoken=1`, rows: [] } }))
        : undefined;
    const error = await failureOf(azure, collect(clientOf(azure).arm));
    assert.equal(error.code, 'AZURE_NEXT_LINK');
    assert.deepEqual(stolen, []);
  });

  test('that lead back are a loop', async t => {
    const azure = await startAzure(t, { rows, pageSize: 2 });
    azure.world.fault = ({ what, url }) =>
      what === 'query'
        ? faults.status(
            200,
            {},
            JSON.stringify({
              properties: { nextLink: `${azure.url}${url.pathname}?api-version=1&$skiptoken=a.2`, rows: [] },
            }),
          )
        : undefined;
    assert.equal((await failureOf(azure, collect(clientOf(azure).arm))).code, 'HTTP_PAGING_LOOP');
  });
});

test('credentials of the configuration say what is wrong with them', () => {
  assert.equal(azureCredentialsSchema.parse({}).management_endpoint, 'https://management.azure.com');
  assert.equal(azureCredentialsSchema.safeParse({ method: 'client_secret', client_id: 'x' }).success, false);
  assert.equal(azureCredentialsSchema.safeParse({ login_endpoint: 'login.microsoftonline.us' }).success, false);
});

function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-azure-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'token');
  writeFileSync(file, text);
  return file;
}
