/**
 * Scanners whose SARIF is about packages or secrets, by their tool's name: the supply chain's, and no policy's. Trivy alone
 * tells of misconfigurations beside them, in one run.
 */
import { listOf } from '../json.ts';
import type { SarifResult } from './result.ts';

const packages = {
  trivy: 'trivy',
  grype: 'grype',
  snyk: 'snyk',
  'snyk container': 'snyk',
  'snyk open source': 'snyk',
  'osv scanner': 'osv_scanner',
} as const;

const secrets = {
  gitleaks: 'gitleaks',
  betterleaks: 'betterleaks',
  ggshield: 'ggshield',
  'detect secrets': 'detect_secrets',
  trufflehog: 'trufflehog',
} as const;

export type ArtifactScanner =
  | { readonly of: 'packages'; readonly scanner: (typeof packages)[keyof typeof packages] }
  | { readonly of: 'secrets'; readonly scanner: (typeof secrets)[keyof typeof secrets] };

/** Undefined of a tool that is none of them. */
export function artifactScanner(tool: string): ArtifactScanner | undefined {
  const name = tool
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();
  if (Object.hasOwn(packages, name)) return { of: 'packages', scanner: packages[name as keyof typeof packages] };
  if (Object.hasOwn(secrets, name)) return { of: 'secrets', scanner: secrets[name as keyof typeof secrets] };
  return undefined;
}

/** Of Trivy: by its tag, else by the line that only these have, else where nothing of it is of a package or a secret. */
export function isMisconfiguration({ rule, ruleProperties, message = '', help }: SarifResult): boolean {
  const tags = listOf(ruleProperties.tags);
  if (tags.includes('misconfiguration')) return true;
  if (['vulnerability', 'secret', 'license'].some(tag => tags.includes(tag))) return false;
  if (/^\s*Message\s*:/im.test(message)) return true;
  return (
    !/(?:CVE|GHSA)-/.test(rule) &&
    !/^(?:Package|PkgName)\s*:|^(?:Vulnerability|Secret|License) /im.test(`${message}\n${help}`)
  );
}
