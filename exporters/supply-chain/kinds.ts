/** The kinds of documents that arrive as files and posts. A new one is a line here; the first that recognises one reads it. */
import type { DocumentKind } from './reading.ts';
import { csaf } from './sources/csaf/index.ts';
import { cyclonedx } from './sources/cyclonedx/index.ts';
import { githubSnapshot } from './sources/github-snapshot/index.ts';
import { openvex } from './sources/openvex/index.ts';
import { spdx } from './sources/spdx/index.ts';
import { syft } from './sources/syft/index.ts';

export const documentKinds: readonly DocumentKind[] = [csaf, cyclonedx, githubSnapshot, openvex, spdx, syft];
