/** SARIF 2.1.0. */
export { isSarif, readSarif, readSarifValue, type SarifFault, type SarifRun } from './document.ts';
export { relativePath } from './paths.ts';
export type { SarifResult } from './result.ts';
export { artifactScanner, isMisconfiguration } from './scanners.ts';
