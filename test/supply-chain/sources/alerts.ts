/** Alerts of Dependabot as GitHub's REST API has them. */

export const alert = (more: object = {}) => ({
  ...{ number: 1, state: 'open', created_at: '2026-03-01T08:00:00Z', updated_at: '2026-03-01T08:00:00Z' },
  ...{ fixed_at: null, dismissed_at: null, dismissed_by: null, dismissed_reason: null, auto_dismissed_at: null },
  dependency: {
    package: { ecosystem: 'maven', name: 'org.apache.logging.log4j:log4j-core' },
    ...{ manifest_path: 'api/pom.xml', scope: 'runtime', relationship: 'direct' },
  },
  security_advisory: {
    ...{ ghsa_id: 'GHSA-jfh8-c2jp-5v3q', cve_id: 'CVE-2021-44228', summary: 'Remote code injection in Log4j' },
    ...{ severity: 'critical', cvss: { score: 10 } },
    identifiers: [
      { type: 'GHSA', value: 'GHSA-jfh8-c2jp-5v3q' },
      { type: 'CVE', value: 'CVE-2021-44228' },
    ],
    cvss_severities: { cvss_v3: { score: 10 }, cvss_v4: { score: 9.3 } },
  },
  security_vulnerability: { severity: 'critical', first_patched_version: { identifier: '2.15.0' } },
  url: 'https://api.github.com/repos/acme/shop/dependabot/alerts/1',
  html_url: 'https://github.com/acme/shop/security/dependabot/1',
  ...more,
});
