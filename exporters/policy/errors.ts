/** The errors of the policy exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  POLICY_FILES_NOT_FOUND: {
    sentence: 'found no file at {path}, which policy.files[].path names',
    remedy: 'correct the path, or make the folder that pipelines write reports to; what was read before is kept',
  },
  AZURE_POLICY_ANSWER: {
    sentence: 'could not understand what Azure answered for {what}: {reason}',
    remedy:
      'check management_endpoint, and that no proxy answers in its place; what was read before is kept until it is stale',
    kind: 'remote',
  },
  TERRAFORM_UNAUTHORIZED: {
    sentence: 'the token was refused by HCP Terraform: {url} answered 401: {said}',
    remedy: 'give a team token in token_file, and check that it has not expired; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  TERRAFORM_NOT_FOUND: {
    sentence: 'found no organization {organization} at {url}, or the token may not see it',
    remedy: 'check its name and url, and give the token a team that may read its workspaces: both are answered 404',
    kind: 'remote',
    needsPerson: true,
  },
  TERRAFORM_ANSWER: {
    sentence: 'could not understand what HCP Terraform answered: {url}: {reason}',
    remedy: 'check url: it is that of HCP Terraform or Terraform Enterprise itself, without /api/v2',
    kind: 'remote',
  },
  TERRAFORM_NEXT_PAGE: {
    sentence: 'the next page of {path} is on another server: {next}',
    remedy: 'check url: it must be the address that Terraform Enterprise calls its own; a token is sent to that alone',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
