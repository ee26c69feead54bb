/**
 * What the README tells to run is run: here, or by the test that is named here, or it says that it needs a Docker engine
 * or a cluster. What it tells to write into plumbline.yaml, the program takes.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { createProgram } from '../exporters/cli/program.ts';
import { loadConfig } from '../exporters/config.ts';
import { type Workplace, workplace } from './cli/command.ts';
import { eventually } from './e2e/lib/eventually.ts';
import { scan } from './e2e/lib/stranger.ts';
import { freePort } from './tools/ports.ts';
import { commandsOf, readmeBlocks, readmeCommands } from './tools/readme.ts';
import { requireTool } from './tools/tools.ts';

const root = path.join(import.meta.dirname, '..');
const needs = /needs a (Docker engine|cluster)/;

/** The first words of a command, and the test that runs it with what proves so; `here` is below. */
const runBy: readonly (readonly [begin: string, by: 'here' | { readonly file: string; readonly proof: RegExp }])[] = [
  ['npm start -- --config', { file: 'e2e/stranger.test.ts', proof: /sh\('\*\*Use it\*\*'\)/ }],
  ['npm start', { file: 'e2e/panels.test.ts', proof: /await startDemo\(t\)/ }],
  ['npm ci', { file: 'commands.test.ts', proof: /runs npm ci when the lock file/ }],
  ['npx plumbline init', { file: 'e2e/stranger.test.ts', proof: /done\(desk, init\)/ }],
  ['npx plumbline serve', { file: 'e2e/stranger.test.ts', proof: /begin\(serve\)/ }],
  ['npx plumbline check', { file: 'e2e/stranger.test.ts', proof: /run\(check\)/ }],
  ['npx plumbline render dashboards --push', { file: 'cli/grafana/push.test.ts', proof: /'--push'/ }],
  [
    'npx plumbline render dashboards --out dashboards-json',
    { file: 'e2e/stranger.test.ts', proof: /done\(desk, dash/ },
  ],
  ['npx plumbline render', 'here'],
  ['(cd rules && promtool test rules', 'here'],
  ['checkov ', 'here'],
  ['trivy ', 'here'],
  ['curl ', 'here'],
  // What runs the tests can't be run by one: these are what a developer sees at once.
  ['npm test', { file: '../package.json', proof: /"test": "node/ }],
  ['npm run check', { file: '../package.json', proof: /"check": "node/ }],
  ['npm run generate', { file: '../package.json', proof: /"generate": "node/ }],
  ['npm run bench', { file: '../package.json', proof: /"bench": "node/ }],
];

describe('the commands of the README', () => {
  it('are run by a test each, or say what they need', () => {
    const blocks = readmeBlocks().filter(({ language }) => language === 'sh');
    const commands = blocks.flatMap(commandsOf);
    assert.ok(commands.length > 15, `${commands.length} commands`);
    for (const block of blocks)
      for (const command of commandsOf(block)) {
        if (needs.test(block.text)) continue;
        const [, by] = runBy.find(([begin]) => command.startsWith(begin)) ?? [];
        assert.ok(by, `README.md:${block.line}: no test runs ${command}`);
        if (by !== 'here')
          assert.match(readFileSync(path.join(root, 'test', by.file), 'utf8'), by.proof, `${command}: ${by.file}`);
      }
  });

  it('have no option and no subcommand that the program has not', () => {
    const commands = readmeCommands();
    assert.ok(commands.length > 15, commands.join('\n'));
    for (const command of commands) assert.equal(unknownIn(command), undefined, command);
    assert.equal(unknownIn('plumbline init --catalogue x'), '--catalogue');
    assert.equal(unknownIn('plumbline render everything'), 'everything');
  });
});

/** The first word of a command that its program doesn't know. */
function unknownIn(command: string): string | undefined {
  const words = command.replace(/^npx /, '').split(/\s+/).slice(1);
  let at: Command = createProgram();
  for (const word of words) {
    if (word.startsWith('-')) {
      const name = word.split('=')[0] ?? '';
      const isKnown = [at, at.parent].some(each =>
        each?.options.some(({ long, short }) => [long, short].includes(name)),
      );
      if (!isKnown && name !== '--help') return name;
      continue;
    }
    if (at.commands.length === 0) continue;
    const next = at.commands.find(each => each.name() === word);
    if (next === undefined) return word;
    at = next;
  }
  return undefined;
}

describe('what the README tells to write', () => {
  it('is a configuration that the program takes', async t => {
    const place = workplace(t);
    let taken = 0;
    for (const { language, line, text } of readmeBlocks()) {
      if (language !== 'yaml') continue;
      // Of Kubernetes, of Open Policy Agent and of Prometheus.
      if (/^(apiVersion|services|scrape_configs):/m.test(text)) continue;
      for (const [, file = ''] of text.matchAll(/_file: ([^\s,}]+)/g))
        place.write(file, 'a secret of its own that nobody guesses\n');
      place.write('plumbline.yaml', text);
      await assert.doesNotReject(
        loadConfig(path.join(place.folder, 'plumbline.yaml'), { env: {} }),
        `README.md:${line}`,
      );
      taken += 1;
    }
    assert.ok(taken >= 6, `${taken} blocks`);
  });

  it('makes a key that a survey can be read with', async t => {
    const { folder } = workplace(t);
    const [, make = ''] =
      /# (head -c 32 \S+ \| base64 > \S+),/.exec(readFileSync(path.join(root, 'README.md'), 'utf8')) ?? [];
    await promisify(execFile)('sh', ['-c', make], { cwd: folder });
    assert.equal(statSync(path.join(folder, 'pseudonym.key')).size, 45);
  });

  it('makes SLOs whose rules hold in their own tests', async t => {
    const promtool = await requireTool(t, 'promtool');
    if (promtool === undefined) return;
    const place = workplace(t);
    const [yaml, sh] = readmeBlocks('## Your first SLO');
    assert.ok(yaml && sh);
    place.write('plumbline.yaml', yaml.text);
    const said = await inShell(place, sh.text, { promtool: `exec "${promtool.path}" "$@"` });
    assert.match(said, /slo-detail\.json\n/);
    assert.match(said, /SUCCESS/);
    const rules = readFileSync(path.join(place.folder, 'rules', 'slo-checkout-availability.rules.yml'), 'utf8');
    assert.match(rules, /SloBudgetBurnFast/);
  });
});

describe('what pipelines post', () => {
  it('arrives by the commands that the README tells', async t => {
    const place = workplace(t);
    const port = await freePort();
    const token = 'a-token-of-the-shop-that-nobody-guesses';
    place.write(
      'plumbline.yaml',
      stringify({
        server: { port, tokens: [{ name: 'shop', role: 'team', team: 'payments', token }] },
        catalog: { files: ['catalog/*.yaml'] },
        ownership: {
          rules: [
            { name: 'repository', repository: 'acme/shop', service: 'checkout' },
            { name: 'image', image: 'ghcr.io/acme/shop', service: 'checkout' },
          ],
        },
        ...{ policy: {}, supply_chain: {} },
      }),
    );
    copyFileSync(path.join(root, 'test', 'fixtures', 'policy', 'checkov.json'), path.join(place.folder, 'found.json'));
    place.write('scan.json', JSON.stringify(scan('shop', ['HIGH', 'LOW'], new Date())));
    const server = place.begin('serve');
    let said = '';
    server.stderr!.on('data', chunk => (said += String(chunk)));
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => {
      assert.equal(server.exitCode, null, said);
      assert.ok((await fetch(`${url}/-/healthy`)).ok);
    }, 300_000);
    const scanners = { checkov: 'cat found.json', trivy: 'cat scan.json' };
    const environment = { PLUMBLINE_TOKEN: token };
    for (const from of ['## Policy reports as they come', '## Images as they come'])
      for (const block of readmeBlocks(from).filter(({ language }) => language === 'sh'))
        await inShell(place, block.text.replaceAll('https://plumbline.example', url), scanners, environment);
    await eventually(async () => {
      const page = await (await fetch(`${url}/metrics`)).text();
      assert.match(
        page,
        /^policy_violations\{team="payments",service="checkout",.*engine="checkov".*state="open"\} [1-9]/m,
      );
      assert.match(
        page,
        /^supply_chain_findings\{team="payments",service="checkout",.*severity="high".*state="open"\} 1$/m,
      );
    }, 300_000);
    // A pipeline fails where its token is refused.
    const [refused = ''] = readmeBlocks('## Images as they come').flatMap(block =>
      block.language === 'sh' ? [block.text] : [],
    );
    await assert.rejects(
      inShell(place, refused.replaceAll('https://plumbline.example', url), scanners, { PLUMBLINE_TOKEN: 'none' }),
      /401/,
    );
  });
});

/** Runs a block as it stands, in a shell that stops at the first error; `npx` and programs of others are as given. */
async function inShell(
  { folder, write }: Workplace,
  text: string,
  programs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const cli = path.join(root, 'exporters', 'cli.ts');
  const all = { npx: `shift; exec "${process.execPath}" "${cli}" "$@"`, ...programs };
  for (const [name, script] of Object.entries(all)) {
    write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(folder, 'bin', name), 0o755);
  }
  const env = { ...process.env, ...environment, PATH: `${path.join(folder, 'bin')}:${process.env.PATH}` };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', text], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${text}\n${said}`);
  return said;
}
