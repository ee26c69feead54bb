/** What Infracost writes in CI, made up: a run of one or several projects. */
export interface Run {
  readonly repository?: string;
  readonly branch?: string;
  readonly base?: string;
  readonly pullRequest?: string;
  readonly commit: string;
  readonly at: string;
  readonly message?: string;
  readonly command?: 'diff' | 'breakdown';
  readonly currency?: string;
  readonly projects: readonly {
    readonly path: string;
    readonly workspace?: string;
    readonly monthly: string | null;
    readonly past?: string | null;
    readonly diff?: string | null;
    readonly errors?: readonly { readonly code: number; readonly message: string }[];
  }[];
}

const total = (amount: string | null | undefined) =>
  amount === undefined ? undefined : { resources: [], totalHourlyCost: null, totalMonthlyCost: amount };

export const infracostJson = (run: Run): string =>
  JSON.stringify({
    version: '0.2',
    currency: run.currency ?? 'USD',
    timeGenerated: run.at,
    metadata: {
      infracostCommand: run.command ?? 'diff',
      vcsRepositoryUrl: run.repository ?? 'https://github.com/acme/checkout.git',
      vcsBranch: run.branch ?? 'feature',
      ...(run.base === undefined ? {} : { vcsBaseBranch: run.base }),
      ...(run.pullRequest === undefined ? {} : { vcsPullRequestId: run.pullRequest }),
      vcsCommitSha: run.commit,
      vcsCommitTimestamp: run.at,
      vcsCommitMessage: run.message ?? 'change a thing',
    },
    projects: run.projects.map(({ path, workspace, monthly, past, diff, errors }) => ({
      name: `acme/checkout/${path}`,
      metadata: {
        path: `./${path}/`,
        type: 'terraform_dir',
        vcsSubPath: path,
        ...(workspace === undefined ? {} : { terraformWorkspace: workspace }),
        ...(errors === undefined ? {} : { errors }),
      },
      pastBreakdown: total(past),
      breakdown: total(monthly),
      diff: total(diff),
      summary: { totalDetectedResources: 3, unsupportedResourceCounts: { aws_x: 1 }, noPriceResourceCounts: {} },
    })),
  });
