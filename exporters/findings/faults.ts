/** Why a whole document can't be read, in words for whoever posted it. */

const sentences: Readonly<Record<string, string>> = {
  empty: 'it is empty',
  not_json: 'it is not JSON',
  not_text: 'it is no text in UTF-8 or UTF-16',
  truncated_gzip: 'its gzip stream is cut',
  corrupt_gzip: 'its gzip stream is damaged',
  unknown_format: 'nothing here recognises its format; post it to the endpoint of its kind to be told why',
  nothing_found_by_whom:
    'it is `null`, which several programs write where they find nothing; post it to the endpoint of its kind',
  missing_scope: 'nothing says what it is a report of; name the repository, cluster or scope in the address',
  missing_cluster: 'it is of a cluster, and nothing says of which',
  missing_repository: 'it is of a repository, and nothing says of which',
  missing_subject: 'nothing says what it is of; name the image or the repository in the address',
  belongs_to_policy: 'it is of code or infrastructure; post it to /ingest/policy',
  belongs_to_supply_chain: 'it is of packages; post it to /ingest/supply-chain',
  code_scanning:
    'it is an alert about code; post it to /ingest/policy/code-scanning, or what its tool wrote to /ingest/policy/sarif',
  missing_checks: 'it has a score, and none of the checks that it is made of',
  package_manifest: 'it says what a package asks for and not what is installed; post a bill of materials',
  names_alone: 'it lists names alone',
  one_page: 'it is one page of a list, and the list takes the place of what was known',
  incomplete_list: 'it has fewer entries than it counts itself',
  schema: 'it is a schema',
  junit_xml:
    'it is JUnit XML: of Conftest it names no rule and tells warnings as failures, of Checkov it leaves out what could not be parsed (checkov -o junitxml -o json --output-file-path DIR writes both); have the tool write JSON or SARIF',
  tap: 'it is TAP, which says little more than ok or not ok; have the tool write JSON or SARIF',
  not_hcp_terraform:
    'it is no answer of HCP Terraform or Terraform Enterprise about runs, policy checks or policy evaluations; what the sentinel command prints is about tests and trials',
  table_for_people: 'it is a table for people; have the tool write JSON or SARIF',
  unknown_version: 'it is SARIF of another version than 2.1.0; have the tool write that one',
  unsupported_version: 'its version is none that is read: CycloneDX 1.x, SPDX 2.x and 3.0',
  no_misconfigurations:
    'it lists nothing that was looked at; have Trivy look for misconfigurations (trivy config, or --scanners misconfig)',
  no_readable_digest: 'none of its subjects has a digest or a package URL that it can be known by',
  truncated: 'it breaks off within a line',
};

/** The fault's sentence; its own word where it has none: `not_checkov` reads `it is not checkov`. */
export const faultSentence = (fault: string): string =>
  `${sentences[fault] ?? `it is ${fault.replaceAll('_', ' ')}`} (${fault})`;

/** What text is that should be JSON and isn't: what several tools write beside it, else `not_json`. */
export function whyNotJson(bytes: Buffer): string {
  const head = bytes
    .toString('utf8', 0, 1024)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^(?:<\?xml[^>]*>\s*)?<testsuites?[\s>]/.test(head)) return 'junit_xml';
  if (/^(?:TAP version \d|1\.\.\d+\s|(?:not )?ok \d+ -)/.test(head)) return 'tap';
  return /^(?:[+|]-{3}|[┌╔|]\S*[─═-]{3})/.test(head) ? 'table_for_people' : 'not_json';
}
