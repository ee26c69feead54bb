/** The errors of the GitLab client. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  GITLAB_UNAUTHORIZED: {
    sentence: 'the token was refused by GitLab: {url} answered 401: {said}',
    remedy:
      'give a personal, group or project access token with the scope read_api in token_file, and check that it has not expired; what was read before is kept',
    kind: 'remote',
  },
  GITLAB_FORBIDDEN: {
    sentence: 'the token may not read {url} at GitLab: {said}',
    remedy:
      'give it the role Reporter there and the scope read_api, or leave out by "read" what this GitLab has switched off',
    kind: 'remote',
  },
  GITLAB_NOT_FOUND: {
    sentence: 'found no {what} at GitLab: {url} answered 404',
    remedy: 'check its path or id, and that the token may see it: GitLab answers 404 for what it hides as well',
    kind: 'remote',
  },
  GITLAB_ANSWER: {
    sentence: 'could not understand what GitLab answered for {what}: {reason}',
    remedy: 'check the url: it is that of GitLab itself, without /api/v4; report it where it comes again',
    kind: 'remote',
  },
  GITLAB_NEXT_PAGE: {
    sentence: 'the next page of {url} is on another server: {next}',
    remedy: 'check url: it must be the external_url of that GitLab; a token is sent to that server alone',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
