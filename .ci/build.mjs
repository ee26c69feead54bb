/** `npm run build`: compiles what runs in production to dist/, and copies what it reads (SQL, JSON, YAML, pages) beside it. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const rooms = ['exporters', 'dashboards', 'alerts', 'compose'];

rmSync(dist, { recursive: true, force: true });
const tsc = join(root, 'node_modules', '.bin', 'tsc');
const { status, error } = spawnSync(tsc, ['-p', join(root, '.ci', 'tsconfig.build.json')], { stdio: 'inherit' });
if (error) throw error;
if (status !== 0) process.exit(status ?? 1);

const isAsset = path => !path.endsWith('.ts') && relative(root, path) !== join('compose', 'secrets');
for (const room of rooms) cpSync(join(root, room), join(dist, room), { recursive: true, filter: isAsset });
cpSync(join(root, 'package.json'), join(dist, 'package.json'));
