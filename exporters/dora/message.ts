/**
 * What a commit's message says of other commits and of the pull or merge request that it brings in, as git, GitHub,
 * GitLab, Bitbucket, Gitea and Azure DevOps write it. What `git log` prints is read by sources/git/commits.sql alike.
 */
import type { CommitFact } from './facts.ts';

type Said = Pick<CommitFact, 'subject' | 'reverts' | 'pickedFrom' | 'pullRequest'>;

const all = (message: string, pattern: RegExp) =>
  [...new Set([...message.matchAll(pattern)].map(([, found = '']) => found.toLowerCase()))].sort();

/**
 * `reverts` has shas, some cut short, and `#number` of pull requests. Where a # stands for an issue, as on GitLab, only
 * what is said of merge requests counts.
 */
export function messageOf(message: string, { isHashAnIssue = false } = {}): Said {
  const numbers = [
    ...all(message, /\bThis reverts merge request [\w./-]*!(\d+)\b/gi),
    ...(isHashAnIssue ? [] : all(message, /^Reverts [\w./-]*#(\d+)\b/gm)),
  ];
  const reverts = [
    ...all(message, /\bThis reverts (?:merge )?commit:? +([0-9a-f]{7,64})\b/gi),
    ...numbers.map(number => `#${number}`),
  ];
  const pickedFrom = all(message, /\(cherry picked from commit ([0-9a-f]{7,64})\)/gi);
  const pullRequest = isHashAnIssue ? mergeRequestNamed(message) : pullRequestNamed(message);
  return {
    subject: message.split('\n', 1)[0] ?? '',
    ...(reverts.length > 0 ? { reverts } : {}),
    ...(pickedFrom.length > 0 ? { pickedFrom } : {}),
    ...(pullRequest === undefined ? {} : { pullRequest }),
  };
}

const numberIn = (text: string, pattern: RegExp) => {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

const mergeRequestNamed = (message: string) => numberIn(message, /^See merge request [\w./-]*!(\d+)\s*$/m);

/** Its number: of the subject, else of GitLab's line `See merge request …!12`. */
function pullRequestNamed(message: string): number | undefined {
  const subject = message.split('\n', 1)[0] ?? '';
  return (
    numberIn(subject, /\((?:pull request )?#(\d+)\)(?: from \S+ into \S+)?\s*$/) ??
    numberIn(subject, /^Merge(?: pull request #|d PR )(\d+)\b/) ??
    mergeRequestNamed(message)
  );
}
