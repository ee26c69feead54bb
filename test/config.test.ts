// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references to the environment as a configuration writes them.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { Environment } from '../exporters/config/environment.ts';
import { isOfEnvironment } from '../exporters/config/overrides.ts';
import { loadConfig, renderConfigSchema } from '../exporters/config.ts';
import { describeError, PlumblineError } from '../exporters/core/errors.ts';
import { maskSecrets } from '../exporters/core/secrets.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'plumbline.yaml');

const load = (text: string, env: Environment = {}) => {
  writeFileSync(file, text);
  return loadConfig(file, { env });
};

/** The sentences of a refused configuration, without the folder. */
async function mistakes(text: string, env: Environment = {}): Promise<string[]> {
  try {
    await load(text, env);
  } catch (error) {
    assert.ok(error instanceof PlumblineError, String(error));
    assert.equal(error.code, 'CONFIG_INVALID');
    const [title = '', ...sentences] = error.message.replaceAll(`${folder}${path.sep}`, '').split('\n');
    const count = sentences.length === 1 ? '1 mistake' : `${sentences.length} mistakes`;
    assert.equal(title, `the configuration plumbline.yaml has ${count}:`);
    return sentences;
  }
  return [];
}

describe('a configuration', () => {
  it('has defaults for all that is left out', async () => {
    const config = await load('cost: {}\n');
    assert.equal(config.data_dir, path.join(folder, '.plumbline'));
    assert.deepEqual(config.server, { host: '127.0.0.1', port: 9464, tokens: [] });
    assert.deepEqual(config.scrape, { job: 'plumbline', instance: '127.0.0.1:9464' });
    assert.equal(config.series_limit, 50_000);
    assert.equal(config.cost?.top_services, 100);
    assert.equal(config.file, file);
  });

  it('has paths relative to its own folder, URLs as they are', async () => {
    const config = await load(
      'data_dir: d\ncatalog: { files: [c/*.yaml] }\ncost: { focus: [{ path: b.csv }, { name: s, path: "s3://x/y" }, { name: t, path: /abs }] }\n',
    );
    assert.equal(config.data_dir, path.join(folder, 'd'));
    assert.deepEqual(config.catalog.files, [path.join(folder, 'c/*.yaml')]);
    assert.deepEqual(
      config.cost?.focus.map(focus => focus.path),
      [path.join(folder, 'b.csv'), 's3://x/y', '/abs'],
    );
  });

  it("leaves Alertmanager's own files as they are written", async () => {
    const config = await load('alerts: { smtp: { smarthost: "m:25", from: a@b, auth_password_file: secrets/mail } }\n');
    assert.equal(config.alerts.smtp?.auth_password_file, 'secrets/mail');
  });

  it('takes values from the environment, with defaults, numbers and an escape', async () => {
    const text = 'server: { host: "${HOST:-::1}", port: "${PORT}" }\nscrape: { job: "$${JOB}-${A}${B:-}" }\n';
    const config = await load(text, { PORT: '9', A: 'a', B: '' });
    assert.deepEqual([config.server.host, config.server.port, config.scrape.job], ['::1', 9, '$' + '{JOB}-a']);
  });

  it('reads secrets from files and leaves out their last newline', async () => {
    writeFileSync(path.join(folder, 'token'), 'abc-def\n');
    const config = await load('server: { tokens: [{ name: ci, role: admin, token_file: token }] }\n');
    assert.equal(config.server.tokens[0]?.token, 'abc-def');
  });

  it('lets a container set the address, the data folder and a target', async () => {
    const env = { PLUMBLINE_HOST: '0.0.0.0', PLUMBLINE_DATA_DIR: '/data', PLUMBLINE_REMOTE_WRITE_URL: 'http://p/w' };
    const config = await load('cost: {}\n', env);
    assert.equal(config.server.host, '0.0.0.0');
    assert.equal(config.data_dir, '/data');
    assert.deepEqual(
      config.remote_write.map(({ url }) => url),
      ['http://p/w'],
    );
  });

  it('lets a container set several targets, each by a name of its own', async () => {
    const env = { PLUMBLINE_REMOTE_WRITE_URL: 'http://p/w?of=a,b,https://v/w' };
    const { remote_write } = await load('cost: {}\n', env);
    assert.deepEqual(
      remote_write.map(({ name, url }) => [name, url]),
      [
        ['environment', 'http://p/w?of=a,b'],
        ['environment-2', 'https://v/w'],
      ],
    );
    assert.ok(remote_write.every(({ name }) => isOfEnvironment(name)));
    const wrong = { PLUMBLINE_REMOTE_WRITE_URL: 'http://p/w,https://' };
    await assert.rejects(
      load('cost: {}\n', wrong),
      /PLUMBLINE_REMOTE_WRITE_URL of the environment is "https:\/\/"; exp/,
    );
  });

  it('lets a container set where to push to, with a token of a file, unless the file says so', async () => {
    writeFileSync(path.join(folder, 'otlp-token'), 'a-token-of-a-file\n');
    const token = path.join(folder, 'otlp-token');
    const env = { PLUMBLINE_OTLP_ENDPOINT: 'http://collector:4318', PLUMBLINE_OTLP_TOKEN_FILE: token };
    const { otlp } = await load('cost: {}\n', env);
    assert.deepEqual(
      [otlp?.endpoint, otlp?.bearer_token, otlp?.interval],
      ['http://collector:4318', 'a-token-of-a-file', 60],
    );
    assert.equal((await load('cost: {}\n', { ...env, PLUMBLINE_OTLP_ENDPOINT: '' })).otlp, undefined);
    const own = await load('otlp: { endpoint: "http://other:4318" }\n', env);
    assert.deepEqual([own.otlp?.endpoint, own.otlp?.bearer_token], ['http://other:4318', undefined]);
    const missing = { ...env, PLUMBLINE_OTLP_TOKEN_FILE: '/none' };
    await assert.rejects(load('cost: {}\n', missing), /PLUMBLINE_OTLP_TOKEN_FILE.*could not be read/);
  });

  it('keeps the zero of an account id that is a key', async () => {
    const config = await load('ownership: { rules: [{ name: a, account: { 012345678901: { team: x } } }] }\n');
    assert.deepEqual(Object.keys((config.ownership.rules[0] as { account: object }).account), ['012345678901']);
  });

  it('resolves anchors and merged maps', async () => {
    const text = 'x: &s { job: a }\n';
    assert.deepEqual(await mistakes(`${text}scrape: { <<: *s, instance: b }\n`), [
      'plumbline.yaml:1:1: x is not a known key; expected one of demo, data_dir, series_limit, daily_writer, page_days, links, server, scrape, remote_write, otlp, alerts, slos, kubernetes, catalog, ownership, cost, dora, policy, supply_chain, experience, scorecard',
    ]);
  });

  it('takes a key with nothing behind it as absent', async () => {
    assert.deepEqual(await mistakes('remote_write:\n  # - { name: a, url: b }\ncost:\n  budgets:\n'), []);
  });
});

describe('a mistake', () => {
  const cases: Record<string, { text: string; env?: Environment; said: string[] }> = {
    'an empty file': { text: '# nothing\n', said: ['plumbline.yaml:1:1: the file is empty; expected a map of keys'] },
    'a list': { text: '- a\n', said: ['plumbline.yaml:1:1: is a list; expected a map'] },
    'a tab': {
      text: 'server:\n\tport: 1\n',
      said: ['plumbline.yaml:2:1: the line is indented with a tab; expected spaces'],
    },
    'a quote that is not closed': {
      text: 'scrape: { job: "x }\n',
      said: ['plumbline.yaml:2:1: this is not YAML; the parser says: Missing closing "quote'],
    },
    'a reference without quotes in braces': {
      text: 'server: { port: ${PORT} }\n',
      said: [
        'plumbline.yaml:1:18: the line is not YAML; expected quotes around ${NAME} where it stands inside { } or [ ]',
      ],
    },
    'a second document': {
      text: 'cost: {}\n---\ncost: {}\n',
      said: ['plumbline.yaml:2:1: a second document begins here; expected one document in the file'],
    },
    'a key twice': {
      text: 'page_days: 1\nseries_limit: 5\npage_days: 2\n',
      said: ['plumbline.yaml:3:1: page_days is given a second time; expected it once, and line 1 has it already'],
    },
    'an unknown key with a neighbour': {
      text: 'server: { prot: 1 }\n',
      said: ['plumbline.yaml:1:11: server.prot is not a known key; did you mean port?'],
    },
    'an unknown key without one': {
      text: 'links: { wiki: "http://x" }\n',
      said: ['plumbline.yaml:1:10: links.wiki is not a known key; expected one of runbooks, grafana'],
    },
    'a number out of range': {
      text: 'server:\n  port: 70000\n',
      said: ['plumbline.yaml:2:9: server.port is 70000; expected a number of at most 65535'],
    },
    'text for a number': {
      text: 'page_days: many\n',
      said: ['plumbline.yaml:1:12: page_days is "many"; expected a number'],
    },
    'a number for text': {
      text: 'scrape: { job: 0123 }\n',
      said: ['plumbline.yaml:1:16: scrape.job is 0123; expected text, so write it in quotes'],
    },
    'a word that is not one of those': {
      text: 'daily_writer: pages\n',
      said: [
        'plumbline.yaml:1:15: daily_writer is "pages"; expected one of remote_write, page, none (did you mean page?)',
      ],
    },
    'a missing key': {
      text: 'remote_write:\n  - url: http://x/w\n',
      said: ['plumbline.yaml:2:5: remote_write[0].name is missing; expected text'],
    },
    'a name twice': {
      text: 'remote_write:\n  - { name: a, url: "http://x" }\n  - { name: a, url: "http://y" }\n',
      said: ['plumbline.yaml:3:13: remote_write[1].name is "a"; expected a name of its own; another has the same'],
    },
    'a writer without a target': {
      text: 'daily_writer: remote_write\n',
      said: ['plumbline.yaml:1:15: daily_writer is "remote_write"; expected a target under remote_write beside it'],
    },
    'a team token without a team': {
      text: 'server: { tokens: [{ name: a, token: t, role: team }] }\n',
      said: ['plumbline.yaml:1:47: server.tokens[0].role is "team"; expected a key team beside the role team'],
    },
    'a token without a secret': {
      text: 'server: { tokens: [{ name: a, role: admin }] }\n',
      said: ['plumbline.yaml:1:20: server.tokens[0].token is missing; expected token or token_file'],
    },
    'a variable that is not set': {
      text: 'server:\n  host: "${HOST}"\n',
      said: [
        'plumbline.yaml:2:9: server.host reads ${HOST}, which the environment does not have; expected it to be set, or a default written as ${HOST:-value}',
      ],
    },
    'a number from the environment that is none': {
      text: 'server: { port: "${PORT}" }\n',
      env: { PORT: 'http' },
      said: ['plumbline.yaml:1:17: server.port is "${PORT}"; expected a number'],
    },
    'a secret file that is not there': {
      text: 'server: { tokens: [{ name: a, role: admin, token_file: nope }] }\n',
      said: [
        'plumbline.yaml:1:56: server.tokens[0].token_file is "nope", which could not be read (ENOENT); expected a file that holds the secret',
      ],
    },
    'two tokens of one name': {
      text: `server:
  tokens:
    - { name: a, role: admin, token: one }
    - { name: a, role: reader, token: two }
`,
      said: ['plumbline.yaml:4:15: server.tokens[1].name is "a"; expected a name of its own; another has the same'],
    },
    'two tokens of one secret': {
      text: `server:
  tokens:
    - { name: ci, role: reader, token: "\${T}" }
    - { name: b, role: team, team: x, token: "\${U}" }
    - { name: c, role: admin, token: same }
`,
      env: { T: 'same', U: 'other' },
      said: [
        'plumbline.yaml:5:38: server.tokens[2].token is ***; expected a secret of its own; the token ci has the same',
      ],
    },
    'a token that no header can carry': {
      text: `server:
  tokens:
    - { name: ci, role: reader, token: "\${T}" }
`,
      env: { T: 'two words' },
      said: [
        'plumbline.yaml:3:40: server.tokens[0].token is ***; expected a secret without blanks, as it is sent in a header',
      ],
    },
    'a secret and its file': {
      text: 'server: { tokens: [{ name: a, role: admin, token: hunter2, token_file: nope }] }\n',
      said: ['plumbline.yaml:1:72: server.tokens[0].token_file stands beside token; expected one of the two'],
    },
    'a rule of no kind': {
      text: 'ownership:\n  rules:\n    - { name: p, resource: "*x*" }\n',
      said: ['plumbline.yaml:3:7: ownership.rules[0] is a map; expected one of team, service, environment, split'],
    },
    'an unknown key in one of several forms': {
      text: 'ownership:\n  rules:\n    - name: t\n      tag: { keys: [team], givs: team }\n',
      said: [
        'plumbline.yaml:4:7: ownership.rules[0].tag.gives is missing; expected one of team, service, environment',
        'plumbline.yaml:4:28: ownership.rules[0].tag.givs is not a known key; did you mean gives?',
      ],
    },
    'an alias of nothing': {
      text: 'scrape: { job: *x }\n',
      said: [
        'plumbline.yaml:1:16: scrape.job is an alias that leads nowhere; expected a value, in quotes where it begins with *',
      ],
    },
    'several, in the order of the file': {
      text: 'page_days: 0\nserver: { prot: 1 }\nseries_limit: x\n',
      said: [
        'plumbline.yaml:1:12: page_days is 0; expected a number of at least 1',
        'plumbline.yaml:2:11: server.prot is not a known key; did you mean port?',
        'plumbline.yaml:3:15: series_limit is "x"; expected a number',
      ],
    },
  };
  for (const [name, { text, env, said }] of Object.entries(cases))
    it(`is told with its place: ${name}`, async () => assert.deepEqual(await mistakes(text, env), said));

  it('is told where the file is not there', async () => {
    await assert.rejects(loadConfig(path.join(folder, 'none.yaml')), { code: 'CONFIG_MISSING' });
    await assert.rejects(loadConfig(folder), { code: 'CONFIG_UNREADABLE' });
  });
});

describe('a secret', () => {
  const secret = 'hunter2-S3cret';
  const leaks: Record<string, string> = {
    'in a list': `server: { tokens: [${secret}] }`,
    'as text where a map is wanted': `remote_write: [{ name: a, url: "http://x", basic_auth: "u:${secret}" }]`,
    'as a user of a URL': `remote_write: [{ name: a, url: "ftp://u:${secret}@x/y" }]`,
    'in a query of a URL': `remote_write: [{ name: a, url: "ftp://x/y?key=${secret}" }]`,
    'in a header': `remote_write: [{ name: a, url: "http://x", headers: { Authorization: [${secret}] } }]`,
    'under a mistyped key': `server: { tokens: [{ name: a, role: admin, tokn: ${secret} }] }`,
    'from the environment': 'server: { port: "${PASSWORD}" }',
    'on a line that is not YAML': `server: { token: ${secret}: : }`,
    'as an alias': `server: { tokens: [{ name: a, role: admin, token: *${secret} }] }`,
    'beside its file': `server: { tokens: [{ name: a, role: admin, token: ${secret}, token_file: x }] }`,
    'as a user of a URL without a scheme': `remote_write: [{ name: a, url: "u:${secret}@host/api/v1/write" }]`,
    'as a user without a password': `remote_write: [{ name: a, url: "${secret}@host/write" }]`,
    'before a slash in a password': `remote_write: [{ name: a, url: "ftp://u:1/${secret}@host/write" }]`,
    'after a slash in a password': `remote_write: [{ name: a, url: "u:${secret}/more@host/write" }]`,
    'in a query without a scheme': `remote_write: [{ name: a, url: "host/write?token=${secret}" }]`,
    'in a fragment': `remote_write: [{ name: a, url: "host/write#access_token=${secret}" }]`,
    'in a parameter where no URL is wanted': `server: { port: "X-Amz-Signature=${secret}" }`,
    'in a connection string': `server: { port: "AccountName=a;AccountKey=${secret}==;Suffix=b" }`,
    'in a header where a number is wanted': `server: { port: "Authorization: Bearer ${secret}" }`,
    'in an unquoted map': `remote_write: [{ name: a, url: "http://x", basic_auth: {"admin:${secret}": 1} }]`,
    'in an unquoted map of the wrong place': `server: {"token:${secret}": 1}`,
    'as a key': `remote_write: [{ name: a, url: "http://x", basic_auth: { ${secret}: } }]`,
    'as the name of its file, from the environment':
      'server: { tokens: [{ name: a, role: admin, token_file: "${PASSWORD}" }] }',
    'as the name of its file': `server: { tokens: [{ name: a, role: admin, token_file: ${secret}${secret} }] }`,
    'from the environment in a longer text': 'remote_write: [{ name: a, url: "ftp://x/${PASSWORD}/write" }]',
    twice: `server: { tokens: [{ name: a, role: admin, token: ${secret} }, { name: b, role: reader, token: ${secret} }] }`,
    'in the wrong kind': `remote_write: [{ name: a, url: "http://x", bearer_token: [${secret}] }]`,
  };
  for (const [name, text] of Object.entries(leaks))
    it(`is in no sentence: ${name}`, async () => {
      const said = (await mistakes(`${text}\n`, { PASSWORD: secret })).join('\n');
      assert.notEqual(said, '');
      assert.ok(!said.includes(secret), said);
    });
});

describe('a secret of a configuration that is accepted', () => {
  it('is masked wherever another system says it again', async () => {
    const env = { API_TOKEN: 'hunter2-in-a-path', TENANT: 'tenant-seven', HOOK: 'hooks-are-public' };
    await load(
      `server: { tokens: [{ name: a, role: admin, token: hunter2-server }] }
remote_write:
  - name: a
    url: "http://x/\${API_TOKEN}/\${HOOK}"
    headers: { Authorization: "Bearer hunter2-header", X-Scope-OrgID: "\${TENANT}" }
    basic_auth: { username: user-of-it, password: "hunter2\\"quoted" }
`,
      env,
    );
    const said = describeError(
      new Error('no: hunter2-in-a-path hunter2-server hunter2-header hunter2"quoted hunter2%22quoted'),
    );
    assert.doesNotMatch(said, /hunter2/);
    assert.equal(maskSecrets('tenant-seven hooks-are-public user-of-it'), 'tenant-seven hooks-are-public user-of-it');
  });

  it('is not the name of a variable that is not set', async () => {
    const [said = ''] = await mistakes('server: { tokens: [{ name: a, role: admin, token: "${ADMIN_TOKEN_X}" }] }\n');
    assert.match(maskSecrets(said), /token reads \$\{ADMIN_TOKEN_X\}, which the environment does not have/);
  });

  it('is masked in the environment too, where it is refused', async () => {
    const env = { PLUMBLINE_REMOTE_WRITE_URL: 'u:hunter2-S3cret@host/api/v1/write' };
    await assert.rejects(load('cost: {}\n', env), (error: unknown) => {
      assert.ok(error instanceof PlumblineError);
      assert.deepEqual([error.code, error.kind], ['CONFIG_ENVIRONMENT_INVALID', 'usage']);
      assert.match(
        error.message,
        /PLUMBLINE_REMOTE_WRITE_URL of the environment is "\*\*\*@host\/api\/v1\/write"; exp/,
      );
      return true;
    });
  });
});

describe('the JSON Schema', () => {
  const committed = path.join(import.meta.dirname, '..', 'exporters', 'plumbline.schema.json');

  it('is the one that the code makes', () => assert.equal(readFileSync(committed, 'utf8'), renderConfigSchema()));

  it('takes what the loader takes, and refuses an unknown key', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(renderConfigSchema()));
    assert.ok(validate(parse('cost: { focus: [{ path: b.csv }] }')), JSON.stringify(validate.errors));
    assert.ok(!validate(parse('cots: {}')));
  });
});
