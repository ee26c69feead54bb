/**
 * What is asked of a project: GitHub's GraphQL API, Projects v2; needs `read:project`, and to read the issues. Titles,
 * bodies and assignees are not asked for; the texts of fields, among which the title is, only where the area is one.
 */
const fieldId = 'field { ... on ProjectV2FieldCommon { id } }';

const item = `
fragment item on ProjectV2Item {
  id
  type
  isArchived
  createdAt
  updatedAt
  content {
    __typename
    ... on DraftIssue { createdAt updatedAt }
    ... on Issue {
      number url createdAt updatedAt closed closedAt stateReason
      author { login }
      repository { nameWithOwner }
      labels(first: 50) { nodes { name } }
      comments(first: 30) { nodes { createdAt author { __typename login } } }
    }
    ... on PullRequest {
      number url createdAt updatedAt closed closedAt merged
      author { login }
      repository { nameWithOwner }
      labels(first: 50) { nodes { name } }
    }
  }
  fieldValues(first: 60) {
    nodes {
      __typename
      ... on ProjectV2ItemFieldSingleSelectValue { optionId updatedAt ${fieldId} }
      ... on ProjectV2ItemFieldIterationValue { iterationId startDate duration title ${fieldId} }
      ... on ProjectV2ItemFieldDateValue { date ${fieldId} }
      ... on ProjectV2ItemFieldNumberValue { number ${fieldId} }
      ... on ProjectV2ItemFieldTextValue @include(if: $withTexts) { text ${fieldId} }
    }
  }
}`;

export const fieldsQuery = `query RoadmapFields($owner: String!, $number: Int!) {
  userOrOrganization: repositoryOwner(login: $owner) {
    ... on ProjectV2Owner {
      projectV2(number: $number) {
        fields(first: 60) {
          nodes {
            ... on ProjectV2FieldCommon { id name dataType }
            ... on ProjectV2SingleSelectField { options { id name } }
            ... on ProjectV2IterationField {
              configuration {
                iterations { id title startDate duration }
                completedIterations { id title startDate duration }
              }
            }
          }
        }
      }
    }
  }
}`;

export const itemsQuery = `query RoadmapItems($owner: String!, $number: Int!, $after: String, $withTexts: Boolean!) {
  userOrOrganization: repositoryOwner(login: $owner) {
    ... on ProjectV2Owner {
      projectV2(number: $number) {
        items(first: 100, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { ...item }
        }
      }
    }
  }
}
${item}`;

/** Items that the project doesn't list: archived ones are still there. */
export const nodesQuery = `query RoadmapArchived($ids: [ID!]!, $withTexts: Boolean!) {
  nodes(ids: $ids) { ...item }
}
${item}`;
