/**
 * What is asked of Linear: issues with their state, cycle, project, labels and days; titles, descriptions and names are
 * not. A page of 50 with its history costs some 7,500 of the 10,000 points that a query may cost.
 */
const issue = `
fragment issue on Issue {
  id identifier url createdAt updatedAt startedAt completedAt canceledAt archivedAt trashed dueDate
  state { type name }
  team { key name }
  project { name targetDate }
  cycle { number startsAt endsAt }
  labels(first: 20) { nodes { name parent { name } } }
}`;

/** Newest changes first; archived issues and those in the trash too. */
export const issuesQuery = `query RoadmapIssues($filter: IssueFilter, $after: String, $first: Int!, $history: Boolean!) {
  issues(filter: $filter, first: $first, after: $after, orderBy: updatedAt, includeArchived: true) {
    pageInfo { hasNextPage endCursor }
    nodes {
      ...issue
      creator { id displayName }
      comments(first: 20) { pageInfo { hasNextPage endCursor } nodes { createdAt user { id displayName } } }
      stateHistory(first: 30) @include(if: $history) {
        pageInfo { hasNextPage }
        nodes { startedAt state { type name } }
      }
    }
  }
}
${issue}`;

/** All of them, in an order that no change alters. */
export const listQuery = `query RoadmapList($filter: IssueFilter, $after: String, $first: Int!) {
  issues(filter: $filter, first: $first, after: $after, orderBy: createdAt, includeArchived: true) {
    pageInfo { hasNextPage endCursor }
    nodes { ...issue }
  }
}
${issue}`;

/** The comments of an issue beyond those that came with it, for which of them was the first answer is no matter of order. */
export const commentsQuery = `query RoadmapComments($id: String!, $after: String) {
  issue(id: $id) {
    comments(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { createdAt user { id displayName } }
    }
  }
}`;

export const pageSizes = { issues: 50, list: 200 } as const;
