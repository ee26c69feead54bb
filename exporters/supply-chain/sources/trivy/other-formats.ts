/**
 * Formats that Trivy writes and that say less than its JSON: refused by name, so that a person knows what to change. Its
 * SARIF, GitLab's security report, CycloneDX and SPDX are read by their own kinds.
 */
import { isObject, listOf, objectOf } from '../../../formats/json.ts';
import type { RawDocument } from '../../reading.ts';

/** A fault; undefined for what is none of them. */
export function otherFormat({ json, bytes }: RawDocument): string | undefined {
  if (json === undefined) return junit(bytes);
  const [first] = listOf(json);
  if (isObject(json)) {
    const [finding] = listOf(json.Findings);
    if (isObject(finding) && 'ProductArn' in finding) return 'asff_without_packages';
    if (objectOf(json.detector).name === 'trivy' && isObject(json.manifests)) return 'github_dependency_snapshot';
  }
  if (isObject(first) && 'check_name' in first && 'fingerprint' in first && isObject(first.location))
    return 'gitlab_code_quality_without_packages';
  return isObject(first) && 'ProductArn' in first && 'Resources' in first ? 'asff_without_packages' : undefined;
}

const junit = (bytes: Buffer): string | undefined =>
  /<testsuites\b[^>]*\bname="trivy"/.test(bytes.subarray(0, 2000).toString('latin1'))
    ? 'junit_without_packages'
    : undefined;
