/** The kinds of documents that arrive as files and posts. A new one is a line here; the first that recognises one reads it. */
import type { DocumentKind } from './reading.ts';
import { clearlyDefined } from './sources/clearlydefined/index.ts';
import { cosignKind } from './sources/cosign/index.ts';
import { csaf } from './sources/csaf/index.ts';
import { cyclonedx } from './sources/cyclonedx/index.ts';
import { dependabot } from './sources/dependabot/index.ts';
import { dependencyTrack } from './sources/dependency-track/index.ts';
import { endOfLife } from './sources/endoflife/index.ts';
import { epss } from './sources/epss/index.ts';
import { githubAdvisories } from './sources/github-advisories/index.ts';
import { githubSecrets } from './sources/github-secrets/index.ts';
import { githubSnapshot } from './sources/github-snapshot/index.ts';
import { gitlab } from './sources/gitlab/index.ts';
import { grype } from './sources/grype/index.ts';
import { harbor } from './sources/harbor/index.ts';
import { inTotoKind, slsaKind } from './sources/in-toto/index.ts';
import { kev } from './sources/kev/index.ts';
import { openvex } from './sources/openvex/index.ts';
import { osvScanner } from './sources/osv-scanner/index.ts';
import { runningKind } from './sources/running/index.ts';
import { sarif } from './sources/sarif/index.ts';
import { scorecard } from './sources/scorecard/index.ts';
import { sigstoreKind } from './sources/sigstore/index.ts';
import { snyk } from './sources/snyk/index.ts';
import { spdx } from './sources/spdx/index.ts';
import { syft } from './sources/syft/index.ts';
import { trivy } from './sources/trivy/index.ts';
import { trivyOperator } from './sources/trivy-operator/index.ts';
import type { ReadInner } from './verification/inner.ts';

/** What is signed is read by its own kind; nothing that is signed is signed again inside. */
const readInner: ReadInner = async (document, context) =>
  documentKinds.find(kind => !signed.includes(kind) && kind.recognises(document))?.read(document, context);

const signed: readonly DocumentKind[] = [
  cosignKind(readInner),
  sigstoreKind(readInner),
  inTotoKind(readInner),
  slsaKind(readInner),
];

export const documentKinds: readonly DocumentKind[] = [
  // Its statements are in-toto's, of a package: what they carry is worth more than that nobody signed it.
  clearlyDefined,
  ...signed,
  ...[csaf, cyclonedx, githubSnapshot, openvex, spdx, syft],
  ...[dependencyTrack, gitlab, grype, harbor, osvScanner, sarif, trivy, trivyOperator],
  runningKind,
  ...[githubAdvisories, dependabot, epss, githubSecrets, kev, snyk],
  ...[endOfLife, scorecard],
];
