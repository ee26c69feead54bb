/** An item of `policy.hcp_terraform` in plumbline.yaml. */
import { z } from 'zod';
import { staleHours } from '../../../findings/stale.ts';

const text = z.string().trim().min(1);

export const hcpTerraformSchema = z
  .strictObject({
    name: text
      .default('hcp-terraform')
      .describe('Names the source; what was read is kept by this name, so several need one each, and keep it.'),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://tfe.example.com' })
      .default('https://app.terraform.io')
      .describe('Where HCP Terraform or Terraform Enterprise is, without /api/v2.'),
    token: text.optional().describe('A team token that may read workspaces, runs and policies; better in token_file.'),
    token_file: text.optional().describe('A file that holds the token.'),
    organizations: z.array(text).min(1).describe('The organizations that are read.'),
    search: text.optional().describe('Only workspaces with this in their names; * is any text.'),
    tags: z.array(text).default([]).describe('Only workspaces that have all of these tags.'),
    exclude_tags: z.array(text).default([]).describe('No workspaces that have one of these tags.'),
    projects: z.array(text).default([]).describe('Only workspaces of these projects, by their ids.'),
    every: z.int().min(1).default(300).describe('Seconds between two refreshes.'),
    history_days: z
      .int()
      .min(1)
      .max(3650)
      .default(14)
      .describe(
        'How many days of runs the first reading goes back; of a workspace without one its newest run counts. Runs are listed 100 a request, 30 requests a minute.',
      ),
    speculative: z
      .boolean()
      .default(true)
      .describe('Whether plan-only runs, such as those of pull requests, count among what was refused.'),
    environment: text.optional().describe('The environment of all workspaces.'),
    stale: staleHours
      .default(720)
      .describe('Hours after which findings of a workspace are unknown unless a newer run was evaluated.'),
    timeout: z.int().min(1).max(600).default(60).describe('Seconds that one request may take.'),
  })
  .refine(({ token }) => token !== undefined, { path: ['token'], error: 'expected token or token_file' })
  .describe('Policy checks and policy evaluations of HCP Terraform and Terraform Enterprise.');

export type HcpTerraformConfig = z.infer<typeof hcpTerraformSchema>;
