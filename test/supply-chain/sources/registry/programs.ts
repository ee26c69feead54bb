/** A real OCI registry and a real Cosign, of which a test is skipped by name where they are not there. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { startServer } from '../../../../compose/server-process.ts';
import { digestOf } from '../../../../exporters/vendors/oci/manifest.ts';
import { freePort } from '../../../tools/ports.ts';
import { requireTool } from '../../../tools/tools.ts';

export interface Registry {
  readonly url: string;
  /** As images name it. */
  readonly host: string;
}

export async function startRegistry(
  t: TestContext,
  options: { readonly referrers?: boolean; readonly htpasswd?: string } = {},
): Promise<Registry | undefined> {
  const tool = await requireTool(t, 'oci-registry');
  if (!tool) return undefined;
  const port = await freePort();
  const args = [
    ...['--address', `127.0.0.1:${port}`],
    ...(options.referrers ? ['--referrers'] : []),
    ...(options.htpasswd === undefined ? [] : ['--htpasswd', options.htpasswd]),
  ];
  const readyPath = options.referrers ? '/v2/' : '/';
  const server = await startServer({ name: 'oci-registry', path: tool.path, args, port, readyPath });
  t.after(server.stop);
  return { url: server.url, host: `127.0.0.1:${port}` };
}

const authorized = (user?: string): Record<string, string> =>
  user === undefined ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` };

const good = async (answer: Response): Promise<Response> => {
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}: ${await answer.text()}`);
  return answer;
};

export interface Pushed {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export async function pushBlob(
  url: string,
  repository: string,
  body: string | Buffer,
  mediaType: string,
  user?: string,
): Promise<Pushed> {
  const bytes = Buffer.from(body);
  const digest = digestOf(bytes);
  const begun = await good(
    await fetch(`${url}/v2/${repository}/blobs/uploads/`, { method: 'POST', headers: authorized(user) }),
  );
  const place = new URL(begun.headers.get('location') ?? '', url);
  place.searchParams.set('digest', digest);
  await good(
    await fetch(place, {
      method: 'PUT',
      body: bytes,
      headers: { 'content-type': 'application/octet-stream', ...authorized(user) },
    }),
  );
  return { mediaType, digest, size: bytes.length };
}

/** Returns its descriptor. */
export async function pushManifest(
  url: string,
  repository: string,
  manifest: { readonly mediaType: string; readonly [key: string]: unknown },
  { tag, user }: { readonly tag?: string; readonly user?: string | undefined } = {},
): Promise<Pushed> {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  await good(
    await fetch(`${url}/v2/${repository}/manifests/${tag ?? digest}`, {
      ...{ method: 'PUT', body: bytes },
      headers: { 'content-type': manifest.mediaType, ...authorized(user) },
    }),
  );
  return { mediaType: manifest.mediaType, digest, size: bytes.length };
}

export const imageType = 'application/vnd.oci.image.manifest.v1+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';

/** An image of one layer that says `content`. */
export async function pushImage(
  url: string,
  repository: string,
  content: string,
  {
    tag,
    user,
    architecture = 'amd64',
  }: { readonly tag?: string; readonly user?: string; readonly architecture?: string } = {},
): Promise<Pushed & { readonly config: string }> {
  const layer = await pushBlob(url, repository, content, 'application/vnd.oci.image.layer.v1.tar', user);
  const configuration = { architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [layer.digest] } };
  const config = await pushBlob(
    url,
    repository,
    JSON.stringify(configuration),
    'application/vnd.oci.image.config.v1+json',
    user,
  );
  const manifest = { schemaVersion: 2, mediaType: imageType, config, layers: [layer] };
  return {
    ...(await pushManifest(url, repository, manifest, { ...(tag ? { tag } : {}), user })),
    config: config.digest,
  };
}

export interface Cosign {
  readonly folder: string;
  readonly publicKey: string;
  /** In its folder, with its key. Throws with what it said where it exits otherwise than by 0. */
  readonly run: (...args: readonly string[]) => Promise<string>;
  /** A file of its folder. */
  readonly file: (name: string, content: string | object) => string;
}

export async function startCosign(t: TestContext): Promise<Cosign | undefined> {
  const tool = await requireTool(t, 'cosign');
  if (!tool) return undefined;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-cosign-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, HOME: folder, COSIGN_PASSWORD: '', COSIGN_YES: 'true' };
  const run = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(tool.path, [...args], { cwd: folder, env, timeout: 60_000 })).stdout;
  await run('generate-key-pair');
  return {
    folder,
    publicKey: path.join(folder, 'cosign.pub'),
    run,
    file: (name, content) => {
      const file = path.join(folder, name);
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
  };
}

const offline = [
  '--tlog-upload=false',
  '--allow-insecure-registry',
  '--allow-http-registry',
  '--use-signing-config=false',
  '--yes',
];

/** `old`: with tags of its own; else as bundles that refer to the image. */
export const signing = (form: 'old' | 'bundle', key = 'cosign.key'): readonly string[] => [
  ...offline,
  `--new-bundle-format=${form === 'bundle'}`,
  ...['--key', key],
];
