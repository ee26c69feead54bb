/** Documents of the supply chain by their names below `supply-chain/`, each as old as what it tells. */
import type { Span } from '../policy/story.ts';
import { exploitedFiles, runningFiles, sbomFiles, vexFiles } from './documents.ts';
import { scanFiles } from './scans.ts';
import { scorecardFiles } from './scorecards.ts';
import { signatureFiles } from './signing.ts';

export { builder, keyFiles } from './signing.ts';

export function supplyChainFiles(
  span: Span,
  story: Date,
): ReadonlyMap<string, { readonly at: Date; readonly text: string }> {
  const folders = [runningFiles, scanFiles, sbomFiles, signatureFiles, vexFiles, exploitedFiles, scorecardFiles];
  return new Map(folders.flatMap(filesOf => [...filesOf(span, story)]));
}
