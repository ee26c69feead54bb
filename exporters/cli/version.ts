import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { print } from './output.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export { version };

export const versionCommand = (): Command =>
  new Command('version')
    .description('print the version, and that of Node.js')
    .action(() => print(`plumbline ${version} (Node.js ${process.versions.node})\n`));
