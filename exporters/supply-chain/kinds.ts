/** The kinds of documents that arrive as files and posts. A new one is a line here; the first that recognises one reads it. */
import type { DocumentKind } from './reading.ts';
import { runningKind } from './sources/running/index.ts';

export const documentKinds: readonly DocumentKind[] = [runningKind];
