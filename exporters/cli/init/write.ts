/** The text of a new plumbline.yaml, with comments that say what each part is for and what was found. */
import type { RepositoryLook } from '../../dora/index.ts';
import type { DeploymentProposal } from './deployments.ts';
import type { AccountProposal, Proposal, TagProposal } from './propose.ts';
import type { ReportFolder } from './reports.ts';
import { type ProposedSurvey, surveyLines } from './surveys.ts';
import { type OwnedWorkloads, workloadRuleLines } from './workloads.ts';
import { costLines, type ProposedBill } from './write-bills.ts';
import { imageRuleLines, type ProposedDocuments, supplyChainLines } from './write-supply-chain.ts';
import { comment, list, quoted } from './yaml.ts';

export interface ProposedRepository {
  readonly look: RepositoryLook;
  /** As written in the file: a path relative to it, or an address. */
  readonly where: string;
  readonly deployments: DeploymentProposal;
  /** The Component of the catalog that is called as it is. */
  readonly service: string | undefined;
}

export interface ProposedReports extends ReportFolder {
  /** As written in the file. */
  readonly where: string;
  /** The Component of the catalog that is called as the folder. */
  readonly service: string | undefined;
}

export interface ConfigInput {
  /** The schema's path or URL for editors. */
  readonly schema: string;
  /** As written in the file: relative to it; empty where there is no catalog. */
  readonly catalogGlobs: readonly string[];
  readonly bills: readonly ProposedBill[];
  readonly repositories: readonly ProposedRepository[];
  readonly reports: readonly ProposedReports[];
  readonly workloads: OwnedWorkloads;
  readonly surveys: readonly ProposedSurvey[];
  /** The file of the secret that pseudonyms are made with, as written in the file. */
  readonly pseudonymKey: string;
  /** The server that has history written to it. */
  readonly prometheus: string | undefined;
  readonly documents: ProposedDocuments;
  readonly proposal: Proposal;
}

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} % of cost`;
const catalogLines = (globs: readonly string[]) =>
  globs.length > 0
    ? ['# Who owns what: Backstage entities.', 'catalog:', `  files: ${list(globs)}`]
    : [
        '# Who owns what: Backstage entities. Without them the rules below say it, and the rest is team="unowned".',
      ].concat('# catalog:', '#   files: ["catalog/**/*.yaml"]');
export function configText({
  schema,
  catalogGlobs,
  bills,
  repositories,
  reports,
  workloads,
  documents,
  surveys,
  pseudonymKey,
  prometheus,
  proposal,
}: ConfigInput): string {
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# Plumbline. Relative paths are relative to this file; \${NAME} is taken from the environment.`,
    '',
    '# Ledgers are kept here.',
    'data_dir: .plumbline',
    '',
    'server:',
    '  host: 127.0.0.1',
    '  port: 9464',
    '  # Who may post, and read what names a resource or a person:',
    '  # tokens:',
    `  #   - { name: platform, role: admin, token: "\${PLUMBLINE_TOKEN}" }`,
    '',
    '# The labels that Prometheus adds when it scrapes; history is written under the same.',
    'scrape: { job: plumbline, instance: "127.0.0.1:9464" }',
    '',
    ...remoteWriteLines(prometheus),
    '',
    '# Servers that do not scrape (a collector of OpenTelemetry, Mimir) are pushed the page by OTLP:',
    '# otlp: { endpoint: "http://127.0.0.1:4318", bearer_token_file: otlp.token }',
    '',
    ...catalogLines(catalogGlobs),
    '',
    '# Rules give a charge or a deployment its team, service and environment. For each, the first rule that says it wins.',
    '# What no rule gives to anyone is team="unowned".',
    'ownership:',
    ...aliasLines(proposal),
    '  rules:',
    ...proposal.tags.flatMap(tagLines),
    ...(proposal.tags.length === 0 && bills.length > 0
      ? [
          '    # No tag that names a team, a service or an environment was found. It would be:',
          '    # - name: team tag',
          '    #   tag: { keys: [team, owner], gives: team }',
        ]
      : []),
    ...otherTagLines(proposal),
    ...accountLines(proposal.accounts),
    ...(bills.length === 0 ? [] : resourceLines(proposal)),
    ...repositoryLines(repositories),
    ...workloadRuleLines(workloads),
    ...imageRuleLines(documents),
    '  # Shared cost that a rule gives to a split (split: shared) is divided among teams:',
    '  # splits:',
    '  #   - { name: shared, method: even }',
    '',
    ...(bills.length === 0 ? [] : costLines(bills)),
    ...(repositories.length === 0 ? [] : deliveryLines(repositories)),
    ...(reports.length === 0 ? [] : policyLines(reports)),
    ...(surveys.length === 0 ? [] : surveyLines(surveys, pseudonymKey)),
    ...(documents.places.length === 0 ? [] : supplyChainLines(documents)),
  ].join('\n');
}

const remoteWriteLines = (prometheus: string | undefined) => {
  const at = (url: string) => `  - { name: prometheus, url: ${JSON.stringify(url)} }`;
  return prometheus === undefined
    ? [
        '# Where history and the daily facts are written to. Without it the page carries the last 40 days.',
        '# remote_write:',
        `#${at('http://127.0.0.1:9090/api/v1/write')}`,
      ]
    : [
        '# Where history and the daily facts are written to; "plumbline check --prometheus" says what it lacks for that.',
        'remote_write:',
        at(`${prometheus.replace(/\/+$/, '')}/api/v1/write`),
      ];
};

function aliasLines({ aliases }: Proposal): string[] {
  const entries = Object.entries(aliases);
  if (entries.length === 0) return ['  # Other words for a team:', '  # aliases: { payments: [pay, team-pay] }'];
  return [
    '  # Other words for a team, as the tags write them.',
    '  aliases:',
    ...entries.map(([team, words]) => `    ${quoted(team)}: ${list(words)}`),
  ];
}

function tagLines({ gives, keys, values }: TagProposal): string[] {
  const spellings = Object.entries(values);
  return [
    `    - name: ${gives} tag`,
    '      tag:',
    `        keys: ${list(keys)}`,
    `        gives: ${gives}`,
    ...(spellings.length === 0
      ? []
      : ['        values:', ...spellings.map(([name, words]) => `          ${quoted(name)}: ${list(words)}`)]),
  ];
}

function otherTagLines({ otherTags }: Proposal): string[] {
  if (otherTags.length === 0) return [];
  const named = otherTags.slice(0, 15).map(({ key, share }) => `${comment(key)} (${percent(share)})`);
  return ['    # Tags that no rule reads:', ...named.map(text => `    #   ${text}`)];
}

function accountLines(accounts: readonly AccountProposal[]): string[] {
  if (accounts.length === 0) return [];
  const says = ({ team, service, environment }: AccountProposal) =>
    Object.entries({ team, service, environment }).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}: ${quoted(value)}`],
    );
  const note = ({ name, share }: AccountProposal) => `# ${comment(name)}${name === '' ? '' : ', '}${percent(share)}`;
  const guessed = accounts.filter(account => says(account).length > 0);
  const others = accounts.filter(account => says(account).length === 0);
  return [
    ...(guessed.length === 0
      ? ['    # - name: accounts', '    #   account:']
      : [
          '    # What the names of accounts say; correct it where it is a wrong guess.',
          '    - name: accounts',
          '      account:',
        ]),
    ...guessed.map(
      account => `        ${JSON.stringify(account.id)}: { ${says(account).join(', ')} } ${note(account)}`,
    ),
    ...others
      .slice(0, 30)
      .map(account => `        # ${comment(JSON.stringify(account.id))}: { team: … } ${note(account)}`),
  ];
}

function resourceLines({ resources }: Proposal): string[] {
  if (resources.length === 0)
    return [
      '    # Patterns of resource ids, for what has neither tag nor account:',
      '    # - { name: checkout resources, resource: "*checkout*", service: checkout }',
    ];
  return [
    '    # Components whose names stand in the ids of resources without those tags.',
    ...resources.map(
      ({ value, share }) =>
        `    - { name: ${quoted(`resources of ${value}`)}, resource: ${JSON.stringify(`*${value}*`)}, service: ${quoted(value)} } # ${percent(share)}`,
    ),
  ];
}

function repositoryLines(repositories: readonly ProposedRepository[]): string[] {
  if (repositories.length === 0) return [];
  const known = repositories.filter(({ service }) => service !== undefined);
  return [
    ...(known.length === 0
      ? [
          '    # Whose a repository is, where neither the catalog nor what deploys it says so:',
          `    # - { name: the shop, repository: acme/shop, service: shop }`,
        ]
      : ['    # Components that are called as a repository is.']),
    ...known.map(
      ({ look: { repository }, service = '' }) =>
        `    - { name: ${quoted(`repository ${repository}`)}, repository: ${quoted(repository)}, service: ${quoted(service)} }`,
    ),
  ];
}

function deliveryLines(repositories: readonly ProposedRepository[]): string[] {
  return [
    'dora:',
    '  # Repositories: their commits, and what of them is a deployment to production.',
    '  git:',
    ...repositories.flatMap(({ look, where, deployments: { rules, reason } }, index) => [
      `    # ${comment(look.repository)}: ${comment(reason)}.`,
      `    - ${look.isLocal ? 'path' : 'url'}: ${quoted(where)}`,
      ...(repositories.length > 1 ? [`      name: git-${index + 1}`] : []),
      '      deployments:',
      ...rules.flatMap(rule =>
        rule.from === 'tags'
          ? [
              '        - from: tags',
              `          tags: ${list(rule.tags)}`,
              ...(rule.except.length === 0 ? [] : [`          except: ${list(rule.except)}`]),
              ...(rule.service === undefined ? [] : [`          service: ${quoted(rule.service)}`]),
            ]
          : [
              '        - from: branch',
              ...(rule.branch === undefined ? [] : [`          branch: ${quoted(rule.branch)}`]),
            ],
      ),
    ]),
    '  # What deploys knows more than tags and branches do: dora.github, dora.gitlab, and POST /push/dora/events.',
    '  # Recovery times and the fail rate are truer with incidents: dora.pagerduty, dora.jira.',
    '  # A part of a repository that is a service of its own:',
    '  # services:',
    '  #   - { service: checkout, repository: acme/shop, paths: ["services/checkout/**"] }',
    '',
  ];
}

function policyLines(reports: readonly ProposedReports[]): string[] {
  const kinds = Map.groupBy(reports, ({ kind }) => kind);
  return [
    'policy:',
    '  # Reports of policy engines and scanners. What was looked at is guessed by the name of their folder: correct it, or let',
    '  # paths say it, as in reports/{repository}/*.json. By kind: auto each file is what its content is; PolicyReports and',
    '  # Gatekeeper are of the cluster, scans and pipelines of the repository.',
    '  files:',
    ...reports.flatMap(({ kind, where, files, of, name, service }) => [
      `    # ${files === 1 ? '1 file' : `${files} files`}`,
      `    - kind: ${kind}`,
      `      path: ${quoted(where)}`,
      // Each of several of a kind is a source with a name of its own.
      ...((kinds.get(kind)?.length ?? 0) > 1
        ? [`      name: ${quoted(`${kind}-${reports.findIndex(one => one.where === where) + 1}`)}`]
        : []),
      ...of.map(word => `      ${word}: ${quoted(name)}`),
      // Nobody's service is a whole cluster.
      ...(service === undefined || (of.includes('cluster') && of.length > 1)
        ? []
        : [`      service: ${quoted(service)}`]),
    ]),
    '  # Clusters, Azure and HCP Terraform are asked by policy.kyverno, policy.gatekeeper, policy.azure_policy and',
    '  # policy.hcp_terraform; pipelines post to /ingest/policy/KIND, and Open Policy Agents to policy.opa.',
    '',
  ];
}
