/** How projects and pull requests are named in Infracost's `vcs*` metadata. */

/** A project's path in its repository, without `./` before and `/` behind; `.` is the repository itself. */
export const projectOf = (path: string): string =>
  path
    .trim()
    .replace(/^(\.\/)+/, '')
    .replace(/\/+$/, '') || '.';

/** The number at the end of a pull or merge request's URL. */
export const pullRequestOfUrl = (url: string): string => /\/(\d+)\/?(?:[?#].*)?$/.exec(url.trim())?.[1] ?? '';

/** How GitHub, GitLab, Bitbucket and Azure DevOps name the pull request in the message of the commit that merges it. */
const mergeMessages = [
  /^Merge pull request #(\d+)\b/,
  /^Merged PR (\d+):/,
  /^Pull request #(\d+):/,
  /\(pull request #(\d+)\)/,
  /^See merge request \S*!(\d+)\s*$/m,
  /^[^\n]*\(#(\d+)\)\s*$/m,
] as const;

/** The pull request that a commit message says is merged; '' where it names none. */
export function mergedPullRequest(message: string): string {
  for (const pattern of mergeMessages) {
    const number = pattern.exec(message.trim())?.[1];
    if (number !== undefined) return number;
  }
  return '';
}
