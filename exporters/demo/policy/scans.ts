/**
 * What pipelines scanned: Checkov on Mondays in the repositories of some services, one of which it can't read wholly
 * one where it fell silent five weeks before the story, and one that is nobody's; conftest in CI of others, whose last run of one broke.
 */
import { chance } from '../chance.ts';
import { repositoryOf } from '../infracost.ts';
import { services } from '../world.ts';
import { enforced, episodesOf, isOpen, mondays, type Span, storyDay, tuesday } from './story.ts';

type Files = ReadonlyMap<string, { readonly at: Date; readonly text: string }>;

const scanned = [
  'checkout-api',
  'ledger',
  'search-api',
  'warehouse',
  'login',
  'observability',
  'training',
  'push-notifications',
];
/** Somebody's, whom nobody remembers: no entry of the catalog has this repository. */
const nobodys = 'hack-week';
const silentRepository = 'training';
const unreadable = 'warehouse';

/** Days from the story. */
const silentFrom = -35;
const nobodysFrom = -63;
const unreadableFrom = -60;

/** Checks by the resources that they look at. */
const checks: Readonly<Record<string, readonly (readonly [id: string, name: string])[]>> = {
  'aws_s3_bucket.data': [
    ['CKV_AWS_19', 'Ensure all data stored in the S3 bucket is securely encrypted at rest'],
    ['CKV_AWS_20', 'S3 Bucket has an ACL defined which allows public READ access.'],
    ['CKV2_AWS_6', 'Ensure that S3 bucket has a Public Access block'],
    ['CKV_AWS_21', 'Ensure all data stored in the S3 bucket have versioning enabled'],
  ],
  'aws_db_instance.main': [
    ['CKV_AWS_16', 'Ensure all data stored in the RDS is securely encrypted at rest'],
    ['CKV_AWS_17', 'Ensure all data stored in RDS is not publicly accessible'],
    ['CKV_AWS_161', 'Ensure RDS database has IAM authentication enabled'],
  ],
  'aws_lb_listener.public': [
    ['CKV_AWS_2', 'Ensure ALB protocol is HTTPS'],
    ['CKV_AWS_103', 'Ensure that load balancer is using at least TLS 1.2'],
  ],
  'aws_iam_policy.service': [
    ['CKV_AWS_63', 'Ensure no IAM policies documents allow "*" as a statement\'s actions'],
    ['CKV_AWS_355', 'Ensure no IAM policies documents allow "*" as a statement\'s resource for restrictable actions'],
  ],
  'aws_security_group.service': [['CKV_AWS_24', 'Ensure no security groups allow ingress from 0.0.0.0:0 to port 22']],
  'aws_ecr_repository.service': [['CKV_AWS_51', 'Ensure ECR Image Tags are immutable']],
  'aws_autoscaling_group.workers': [['CKV_AWS_153', 'Autoscaling groups should supply tags to launch configurations']],
  'aws_lambda_function.hook': [['CKV_AWS_45', 'Ensure no hard-coded secrets exist in lambda environment']],
};

const teamOf = (service: string) => services.find(({ name }) => name === service)?.team ?? '';
const dayOf = (at: Date) => at.toISOString().slice(0, 10);

export function checkovFiles(span: Span, story: Date): Files {
  const files = new Map<string, { at: Date; text: string }>();
  for (const service of [...scanned, nobodys]) {
    const spots = Object.entries(checks).flatMap(([resource, own], index) =>
      own.map(([id, name]) => {
        const key = `checkov ${service} ${resource} ${id}`;
        return { resource, id, name, line: 1 + index * 20, episodes: episodesOf(teamOf(service), key, story) };
      }),
    );
    for (const at of mondays(span, story, 2)) {
      if (service === silentRepository && at.getTime() >= storyDay(story, silentFrom)) break;
      if (service === nobodys && at.getTime() < storyDay(story, nobodysFrom)) continue;
      const told = spots.map(({ resource, id, name, line, episodes }) => {
        const isFailed = isOpen(episodes, at.getTime());
        return {
          ...{ check_id: id, check_name: name, check_result: { result: isFailed ? 'FAILED' : 'PASSED' } },
          ...{ file_path: '/infrastructure/main.tf', repo_file_path: '/infrastructure/main.tf' },
          ...{ file_line_range: [line, line + 12], resource, severity: null },
        };
      });
      const failed = told.filter(({ check_result: { result } }) => result === 'FAILED');
      const passed = told.filter(check => !failed.includes(check));
      const broken =
        service === unreadable && at.getTime() >= storyDay(story, unreadableFrom) ? ['/infrastructure/legacy.tf'] : [];
      const document = {
        check_type: 'terraform',
        results: { passed_checks: passed, failed_checks: failed, skipped_checks: [], parsing_errors: broken },
        summary: {
          ...{ passed: passed.length, failed: failed.length, skipped: 0, parsing_errors: broken.length },
          ...{ resource_count: Object.keys(checks).length, checkov_version: '3.2.470' },
        },
      };
      files.set(`${repositoryOf(service)}/${dayOf(at)}.json`, { at, text: `${JSON.stringify(document)}\n` });
    }
  }
  return files;
}

const tested = ['cart', 'payments-api', 'inference', 'mobile-gateway'];
const brokenRun = 'mobile-gateway';
/** Rules of the platform's package; `refuses` is the day of the story from which a violation is no warning any more. */
const rules = [
  { rule: 'untagged', refuses: -400, msg: 'image of container "app" has no tag', severity: 'high' },
  { rule: 'run_as_root', refuses: -120, msg: 'container "app" may run as root', severity: 'high' },
  { rule: 'memory_limit', refuses: -50, msg: 'container "app" has no memory limit', severity: 'medium' },
  {
    rule: 'plaintext_secret',
    refuses: undefined,
    msg: 'container "app" has a secret in its environment',
    severity: 'high',
  },
  { rule: 'required_labels', refuses: undefined, msg: 'container "app" has no cost-center', severity: 'low' },
] as const;

export function conftestFiles({ from, until }: Span, story: Date): Files {
  const files = new Map<string, { at: Date; text: string }>();
  const span = { from: new Date(Math.max(from.getTime(), storyDay(story, -300))), until };
  for (const service of tested) {
    const spots = ['deploy/api.yaml', 'deploy/worker.yaml'].flatMap(filename =>
      rules.map(one => {
        const key = `conftest ${service} ${filename} ${one.rule}`;
        const inForce = one.refuses === undefined ? [] : [{ from: tuesday(story, one.refuses), to: Number.MAX_VALUE }];
        const { kept } = enforced(episodesOf(teamOf(service), key, story), inForce, chance('mended', key));
        return { ...one, filename, inForce, kept };
      }),
    );
    for (const at of mondays(span, story, 10)) {
      const time = at.getTime();
      const rows = [...Map.groupBy(spots, ({ filename }) => filename)].map(([filename, own]) => {
        const open = own.filter(({ kept }) => isOpen(kept, time));
        const said = (isRefused: boolean) =>
          open
            .filter(({ inForce }) => isOpen(inForce, time) === isRefused)
            .map(({ rule, msg, severity }) => ({
              msg,
              metadata: { query: `data.platform.kubernetes.${isRefused ? 'deny' : 'warn'}_${rule}`, severity },
            }));
        return {
          ...{ filename, namespace: 'platform.kubernetes', successes: own.length - open.length },
          ...{ warnings: said(false), failures: said(true) },
        };
      });
      // A policy that doesn't compile ends a run without a word.
      const isBroken = service === brokenRun && time >= storyDay(story, -10);
      files.set(`${repositoryOf(service)}/${dayOf(at)}.json`, {
        at,
        text: isBroken ? '' : `${JSON.stringify(rows)}\n`,
      });
    }
  }
  return files;
}
