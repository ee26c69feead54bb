/** The errors of the GitHub client. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  GITHUB_UNAUTHORIZED: {
    sentence: '{identity} was refused: {url} answered 401: {said}',
    remedy: 'check whether the token has expired or was revoked, or whether the App still has this key',
    kind: 'remote',
  },
  GITHUB_FORBIDDEN: {
    sentence: '{identity} may not read {url}: {said}',
    remedy:
      "give it the permission that the sentence names (read access to Actions, Contents, Dependabot alerts, Deployments, Issues, Pull requests), or authorize the token for the organization's SSO",
    kind: 'remote',
  },
  GITHUB_NOT_FOUND: {
    sentence: 'found nothing at {url}, or {identity} may not see it',
    remedy: 'check the name, and that the token or the App has access: GitHub answers 404 for what one may not see',
    kind: 'remote',
  },
  GITHUB_RATE_LIMITED: {
    sentence: 'the {limit} rate limit of {identity} is used up for {seconds} s more: {url}',
    remedy:
      'nothing is lost: the next refresh goes on from there; raise "every" or "longest_wait", or use a GitHub App, whose limits are higher',
    kind: 'remote',
  },
  GITHUB_GRAPHQL: {
    sentence: 'the query {query} was answered with errors: {said}',
    remedy: 'see what it says; a GitHub Enterprise Server may be too old for the query (3.12 and later are tried for)',
    kind: 'remote',
  },
  GITHUB_APP_KEY: {
    sentence: 'could not sign as the GitHub App {app}: {reason}',
    remedy: 'check that app.private_key_file holds the whole PEM file that GitHub gave',
    kind: 'usage',
  },
  GITHUB_APP_INSTALLATION: {
    sentence: 'the GitHub App {app} has {count} installations ({accounts}); expected one',
    remedy: 'install it, or give app.installation the ID of the one that is meant',
    kind: 'usage',
  },
  GITHUB_FOREIGN_PAGE: {
    sentence: 'a page of {url} is on another server: {next}',
    remedy: 'check url; a token is sent to that server alone',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
