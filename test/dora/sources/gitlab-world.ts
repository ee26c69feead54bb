/** A small company on GitLab: one shop with a history of a month, as the fake GitLab tells it. */
import { type FakeProject, fakeProject, type GitLabWorld, type Thing } from '../vendors/gitlab.ts';

const sha = (n: number) => n.toString(16).padStart(40, '0');

export const deployment = (id: number, at: string, more: Thing = {}): Thing => ({
  ...{ id, iid: id - 100, ref: 'main', sha: sha(id - 100), status: 'success', user: { username: 'ada' } },
  ...{ created_at: `${at}:00:00.109Z`, updated_at: `${at}:10:00.647Z`, environment: { id: 1, name: 'production' } },
  deployable: {
    ...{ id: id * 10, name: 'deploy', status: 'success', tag: false, created_at: `${at}:00:00.100Z` },
    ...{ started_at: `${at}:01:00.200Z`, finished_at: `${at}:09:59.640Z` },
  },
  ...more,
});

const pipeline = (id: number, at: string, more: Thing = {}): Thing => ({
  ...{ id, iid: id, sha: sha(id % 10), ref: 'main', status: 'success', source: 'push' },
  ...{ created_at: `${at}:00:00.000Z`, updated_at: `${at}:20:00.009Z`, web_url: `https://gitlab/p/${id}` },
  ...{ started_at: `${at}:00:05.000Z`, finished_at: `${at}:20:00.000Z` },
  ...more,
});

const mergeRequest = (iid: number, at: string, more: Thing = {}): Thing => ({
  ...{ id: 7000 + iid, iid, title: `Change ${iid}`, description: '', state: 'merged', author: { username: 'ada' } },
  ...{ source_branch: `feature-${iid}`, target_branch: 'main', sha: sha(90 + iid), merge_commit_sha: sha(iid) },
  ...{ squash_commit_sha: null, labels: ['backend'], web_url: `https://gitlab/mr/${iid}`, draft: false },
  ...{ created_at: `${at}:00:00.000Z`, updated_at: `${at}:50:00.000Z`, merged_at: `${at}:49:00.000Z`, closed_at: null },
  ...more,
});

export const incident = (id: number, at: string, more: Thing = {}): Thing => ({
  ...{ id, iid: id - 500, title: 'Checkout is down', description: 'root cause: 00000000aa', state: 'opened' },
  ...{ issue_type: 'incident', severity: 'HIGH', labels: [], web_url: `https://gitlab/i/${id}` },
  ...{ created_at: `${at}:00:00.000Z`, updated_at: `${at}:00:00.000Z`, closed_at: null },
  ...more,
});

export const shop = (more: Partial<FakeProject> = {}): FakeProject =>
  fakeProject(1, 'Acme/Shop', {
    commits: [1, 2, 3, 4, 5].map(n => ({ id: sha(n), at: `2026-10-0${n}T08:00:00.000Z` })),
    tags: [
      { name: 'v2', created_at: null, commit: tagged(4, '2026-10-04T08:00:00.000Z') },
      { name: 'v1', created_at: '2026-10-02T09:00:00.000Z', commit: tagged(2, '2026-10-02T08:00:00.000Z') },
    ],
    deployments: [
      deployment(101, '2026-10-01T10'),
      deployment(102, '2026-10-02T10', { status: 'failed' }),
      deployment(103, '2026-10-03T10'),
      deployment(104, '2026-10-04T10', { status: 'canceled' }),
      deployment(105, '2026-10-05T10', { status: 'running', updated_at: '2026-10-05T10:01:00.200Z' }),
    ],
    pipelines: [
      pipeline(201, '2026-10-01T09'),
      pipeline(202, '2026-10-02T09', { status: 'failed' }),
      pipeline(203, '2026-10-03T09', { status: 'manual', finished_at: null }),
      pipeline(204, '2026-10-04T09', { status: 'running', finished_at: null, source: 'merge_request_event' }),
    ],
    merge_requests: [
      mergeRequest(1, '2026-10-01T07'),
      mergeRequest(2, '2026-10-02T07', { squash_commit_sha: sha(2), merge_commit_sha: sha(33) }),
      mergeRequest(3, '2026-10-03T07', { state: 'opened', merged_at: null, merge_commit_sha: null }),
      mergeRequest(4, '2026-10-04T07', {
        ...{
          title: 'Revert "Change 2"',
          description: 'This reverts merge request !2',
          author: { username: 'project_1_bot_f00' },
        },
      }),
    ],
    mergeRequestCommits: {
      1: [
        { id: sha(92), at: '2026-09-30T12:00:00.000Z' },
        { id: sha(91), at: '2026-09-30T11:00:00.000Z', authored: '2026-09-29T09:00:00.000Z' },
      ],
      2: [{ id: sha(93), at: '2026-10-01T12:00:00.000Z' }],
    },
    notes: {
      1: [
        note('marked this merge request as **ready**', '2026-10-01T07:05:00.000Z', 'ada', true),
        note('I will look', '2026-10-01T07:06:00.000Z', 'ada'),
        note('looks fine', '2026-10-01T07:10:00.000Z', 'bob'),
        note('approved this merge request', '2026-10-01T07:20:00.000Z', 'bob', true),
        note('approved this merge request', '2026-10-01T07:30:00.000Z', 'eve', true),
        note('unapproved this merge request', '2026-10-01T07:40:00.000Z', 'eve', true),
      ],
    },
    issues: [
      incident(501, '2026-10-03T11', {
        state: 'closed',
        closed_at: '2026-10-03T12:00:00.000Z',
        updated_at: '2026-10-03T12:00:01.000Z',
      }),
      incident(502, '2026-10-05T11'),
      incident(503, '2026-10-05T12', { issue_type: 'issue', labels: ['Incident'] }),
      incident(504, '2026-10-05T13', { issue_type: 'issue', labels: ['Bug'] }),
    ],
    ...more,
  });

function tagged(n: number, at: string): Thing {
  return { id: sha(n), parent_ids: [], authored_date: at, committed_date: at, title: `change ${n}` };
}

function note(body: string, at: string, username: string, system = false): Thing {
  return { id: at, body, system, created_at: at, author: { username } };
}

export const world = (more: Partial<GitLabWorld> = {}): GitLabWorld => ({ projects: [shop()], pageSize: 2, ...more });
