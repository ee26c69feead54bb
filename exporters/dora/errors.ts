/** The errors of the dora exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  GIT_MISSING: {
    sentence: 'could not {what} {where}: there is no program git',
    remedy: 'install git 2.36 or later, or take the repository out of dora.git',
  },
  GIT_NOT_FOUND: {
    sentence: 'could not {what} {where}, where no git repository was found: {said}',
    remedy:
      'correct the path or the address; hosts answer so too where a private repository is asked for without rights',
  },
  GIT_REFUSED: {
    sentence: 'could not {what} {where}: access was refused: {said}',
    remedy: 'check token, credentials_file or ssh_key_file, and their right to read this repository',
    kind: 'remote',
  },
  GIT_UNREACHABLE: {
    sentence: 'could not {what} {where}: it could not be reached: {said}',
    remedy: 'check the address, the network, certificates and known hosts; the next refresh tries again',
    kind: 'remote',
  },
  GIT_TIMEOUT: {
    sentence: 'could not {what} {where} within {seconds} s',
    remedy: 'raise timeout for a large repository or a slow network; the next refresh tries again',
    kind: 'remote',
  },
  GIT_BROKEN: {
    sentence: 'could not {what} {where}: the repository is damaged: {said}',
    remedy: 'look at it with "git fsck"; what was read before is kept',
  },
  GIT_SHALLOW: {
    sentence: 'refused to read {where}: it is a shallow clone, whose history ends before its beginning',
    remedy: 'run "git fetch --unshallow" in it, or give its url: what is cloned here has all commits and no files',
  },
  GIT_EMPTY: {
    sentence: 'fetched {where}, and got no branch and no tag',
    remedy:
      'push to it where it is new, else check the address: a web page answers like this; what was read before is kept',
    kind: 'remote',
  },
  GIT_NOT_TRUSTED: {
    sentence: 'could not {what} {where}: git does not trust it, as it belongs to another user: {said}',
    remedy: 'name it in safe.directory of the git configuration of the user that runs this',
  },
  GIT_NO_BRANCH: {
    sentence: 'found no branch {branch} in {repository}, whose merges are to be deployments',
    remedy: 'correct branch in deployments of dora.git; its commits and tags were read',
  },
  GIT_TWICE: {
    sentence: 'found the repository {repository} at {where} and at {other}, under one name',
    remedy: 'take one of them out, or give each a source of its own with its own "repository"',
  },
  GIT_SOME_FAILED: {
    sentence: 'could not read {count} of {total} repositories, the first because: {first}',
    remedy: 'see the log for each of them; all others were read',
  },
  GIT_FAILED: {
    sentence: 'could not {what} {where}: {said}',
    remedy: 'see what git says; what was read before is kept',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
