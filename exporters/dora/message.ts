/** What a commit's message says of the pull or merge request that it brings in, as GitHub and GitLab write it. */

/** Its number: of the subject, else of GitLab's line `See merge request …!12`. */
export function pullRequestNamed(message: string): number | undefined {
  const subject = message.split('\n')[0] ?? '';
  const named =
    /^Merge pull request #(\d+)\b|\(#(\d+)\)\s*$/.exec(subject) ?? /^See merge request \S*!(\d+)\s*$/m.exec(message);
  const number = named?.[1] ?? named?.[2];
  return number === undefined ? undefined : Number(number);
}
