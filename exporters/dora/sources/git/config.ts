/** An item of `dora.git` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';
import { addressFault } from './address.ts';

const text = z.string().trim().min(1);
const branch = text.regex(/^[^-\s~^:?*[\\]\S*$/, 'expected the name of a branch, such as main');

const address = text.check(ctx => {
  const fault = addressFault(ctx.value);
  if (fault !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, message: fault });
});

const pattern = text.refine(
  value => value.split('*').length <= 4,
  'expected at most three *: what each stands for can be put into service and version',
);

const placeholders = '{tag}, {branch}, {sha}, {repository}, {name} (its last part), {1} to {3} (what a * stands for)';

const shared = {
  environment: text.default('production').describe('The environment that is deployed to.'),
  service: text
    .optional()
    .describe(`The service, from ${placeholders}; unless given, as dora.services, ownership rules or the catalog say.`),
  since: z.iso
    .date()
    .optional()
    .describe('A UTC day in quotes; what is older is no deployment, though its commits are read.'),
};

const tagDeployments = z
  .strictObject({
    from: z.literal('tags'),
    tags: z.array(pattern).min(1).describe('Tags that are deployments, such as v*; * is any text, ? is one character.'),
    except: z.array(text).default([]).describe('Tags that are none all the same, such as *-rc*.'),
    version: text.optional().describe(`The version, from ${placeholders}; the tag unless given.`),
    ...shared,
  })
  .describe('Every tag is a deployment of its commit, at the time of the tag (of the commit, where the tag has none).');

const branchDeployments = z
  .strictObject({
    from: z.literal('branch'),
    branch: branch.optional().describe('The branch; main, else master, unless given.'),
    which: z
      .enum(['merges', 'commits'])
      .default('merges')
      .describe(
        "Which commits of the branch's first-parent line are deployments: merges, also squashed ones that name their pull request, or all.",
      ),
    version: text.optional().describe(`The version, from ${placeholders}; the commit unless given.`),
    ...shared,
  })
  .describe('What is merged into a branch is deployed by that, at the time of the commit.');

const oneOrMore = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.array(schema).min(1)]);

export const gitSchema = z
  .strictObject({
    name: sourceName('git'),
    every: every(300),
    path: oneOrMore(text)
      .optional()
      .describe('A repository on this machine, or a list of them, relative to this file. It is read and not changed.'),
    url: oneOrMore(address)
      .optional()
      .describe(
        'A repository to clone (https, ssh, git or file), or a list of them; the clone has commits and no files, and lies beside the ledger.',
      ),
    repository: text
      .optional()
      .describe(
        'How the repository is called, such as acme/shop; the path of its URL, or of its remote origin, unless given.',
      ),
    username: text
      .default('x-access-token')
      .describe('The user that goes with the token; most hosts take any, Bitbucket wants x-token-auth.'),
    token: text.optional().describe('A token or password for https; better from the environment or from a file.'),
    token_file: text.optional().describe('A file that holds the token.'),
    credentials_file: text
      .optional()
      .describe("A file in the format of git's credential store: a line https://user:password@host for each host."),
    ssh_key_file: text.optional().describe("The private key for ssh; the agent's and the user's own unless given."),
    known_hosts_file: text.optional().describe('The known hosts for ssh.'),
    timeout: z.int().min(1).default(1800).describe('Seconds for a fetch, and for a read in which git says nothing.'),
    deployments: z
      .array(z.discriminatedUnion('from', [tagDeployments, branchDeployments]))
      .default([])
      .describe('What of this repository is a deployment; nothing unless given: another source knows them.'),
  })
  .check(ctx => {
    const { path, url, repository, token, credentials_file } = ctx.value;
    const fault = (key: string, message: string) =>
      ctx.issues.push({ code: 'custom', input: ctx.value, path: [key], message });
    const count = placesOf(path).length + placesOf(url).length;
    if (count === 0) fault('path', 'expected a path or a url');
    if (repository !== undefined && count > 1) fault('repository', 'stands beside several repositories; expected one');
    if (token !== undefined && credentials_file !== undefined)
      fault('credentials_file', 'stands beside token; expected one of the two');
  });

/** A value or a list of them, as a list. */
export const placesOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

export type GitConfig = z.infer<typeof gitSchema>;
export type DeploymentRule = GitConfig['deployments'][number];
