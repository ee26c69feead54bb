/**
 * What is asked in GraphQL, where it saves requests: a pull request with its commits, reviews and drafts would be four
 * requests of REST, and the statuses of a hundred deployments a hundred.
 */

export const pullRequestsQuery = `query PullRequests($owner: String!, $name: String!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: $first, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title body state url createdAt updatedAt mergedAt closedAt baseRefName headRefName headRefOid
        mergeCommit { oid }
        author { __typename login }
        labels(first: 50) { nodes { name } }
        commits(first: 100) { totalCount nodes { commit { oid authoredDate committedDate } } }
        reviews(first: 100) { totalCount nodes { fullDatabaseId state submittedAt author { __typename login } } }
        timelineItems(last: 1, itemTypes: [READY_FOR_REVIEW_EVENT]) {
          nodes { ... on ReadyForReviewEvent { createdAt } }
        }
      }
    }
  }
}`;

export const deploymentStatusesQuery = `query DeploymentStatuses($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Deployment { id statuses(first: 30) { totalCount nodes { state createdAt } } }
  }
}`;

export const issuesQuery = `query Issues($owner: String!, $name: String!, $after: String, $filter: IssueFilters!) {
  repository(owner: $owner, name: $name) {
    issues(first: 100, after: $after, orderBy: {field: UPDATED_AT, direction: ASC}, filterBy: $filter) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title body state stateReason url createdAt updatedAt closedAt
        labels(first: 50) { nodes { name } }
        timelineItems(first: 50, itemTypes: [LABELED_EVENT]) { nodes { ... on LabeledEvent { label { name } } } }
      }
    }
  }
}`;

/** Asks for issues by their numbers, which are whole numbers; one that is gone is null, one that moved lives elsewhere. */
export const knownIssuesQuery = (
  numbers: readonly number[],
): string => `query KnownIssues($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    ${numbers.map(number => `i${number}: issue(number: ${number}) { number repository { nameWithOwner } }`).join('\n    ')}
  }
}`;

export const releasesQuery = `query Releases($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    releases(first: 50, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes { tagName isDraft isPrerelease url createdAt publishedAt updatedAt tagCommit { oid } }
    }
  }
}`;

export const defaultBranchQuery = `query DefaultBranch($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { defaultBranchRef { name target { oid } } }
}`;

export const historyQuery = `query History($owner: String!, $name: String!, $head: GitObjectID!, $after: String, $since: GitTimestamp!) {
  repository(owner: $owner, name: $name) {
    object(oid: $head) {
      ... on Commit {
        history(first: 100, after: $after, since: $since) {
          pageInfo { hasNextPage endCursor }
          nodes { oid message authoredDate committedDate author { name email } parents(first: 50) { nodes { oid } } }
        }
      }
    }
  }
}`;
