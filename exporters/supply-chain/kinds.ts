/** The kinds of documents that arrive as files and posts. A new one is a line here; the first that recognises one reads it. */
import type { DocumentKind } from './reading.ts';
import { dependabot } from './sources/dependabot/index.ts';
import { dependencyTrack } from './sources/dependency-track/index.ts';
import { epss } from './sources/epss/index.ts';
import { githubSecrets } from './sources/github-secrets/index.ts';
import { gitlab } from './sources/gitlab/index.ts';
import { grype } from './sources/grype/index.ts';
import { harbor } from './sources/harbor/index.ts';
import { kev } from './sources/kev/index.ts';
import { osvScanner } from './sources/osv-scanner/index.ts';
import { sarif } from './sources/sarif/index.ts';
import { snyk } from './sources/snyk/index.ts';
import { trivy } from './sources/trivy/index.ts';
import { trivyOperator } from './sources/trivy-operator/index.ts';

export const documentKinds: readonly DocumentKind[] = [
  dependabot,
  dependencyTrack,
  epss,
  githubSecrets,
  gitlab,
  grype,
  harbor,
  kev,
  osvScanner,
  sarif,
  snyk,
  trivy,
  trivyOperator,
];
