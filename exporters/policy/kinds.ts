/** The kinds of reports that arrive as files and posts. A new one is a line here. */
import type { ReportKind } from './reading.ts';
import { azurePolicy } from './sources/azure-policy/report-kind.ts';
import { checkov } from './sources/checkov/index.ts';
import { codeScanning } from './sources/code-scanning/index.ts';
import { conftest } from './sources/conftest/index.ts';
import { gatekeeper } from './sources/gatekeeper/index.ts';
import { gator } from './sources/gator/index.ts';
import { kics } from './sources/kics/index.ts';
import { policyReportKind } from './sources/policyreport/index.ts';
import { sarif } from './sources/sarif/index.ts';
import { sentinel } from './sources/sentinel/report-kind.ts';
import { snyk } from './sources/snyk/index.ts';
import { terrascan } from './sources/terrascan/index.ts';
import { tfsec } from './sources/tfsec/index.ts';
import { trivy } from './sources/trivy/index.ts';

export const reportKinds: readonly ReportKind[] = [
  azurePolicy,
  checkov,
  codeScanning,
  conftest,
  gatekeeper,
  gator,
  kics,
  policyReportKind,
  sarif,
  sentinel,
  snyk,
  terrascan,
  tfsec,
  trivy,
];
