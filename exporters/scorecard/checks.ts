/**
 * The golden path as it comes: the checks that the scorecard has unless the configuration says otherwise. Each is fed by
 * subject facts: a domain's (`cost/tags`), the catalog's (`catalog/owner`) or those of `slos` and `prometheus`.
 */

export const levels = ['bronze', 'silver', 'gold'] as const;
export type Level = (typeof levels)[number];

export interface Check {
  /** Lower case with dashes. */
  readonly id: string;
  readonly title: string;
  /** What passes, in a sentence. */
  readonly means: string;
  readonly why: string;
  /** How to mend it, in a sentence. */
  readonly fix: string;
  /** Where to: {service}, {team} and {repository} are filled in; what is explained of the service unless given. */
  readonly link?: string;
  /** Whose facts: EXPORTER/CHECK. */
  readonly facts: string;
  readonly level: Level;
  readonly weight: number;
  /** A service that loses it is told (ServiceLostConformance). */
  readonly isRequired: boolean;
  /** Facts of these environments alone; of all where there are none. Patterns. */
  readonly environments?: readonly string[];
}

const check = (given: Omit<Check, 'weight' | 'isRequired'> & Partial<Pick<Check, 'weight' | 'isRequired'>>): Check => ({
  ...{ weight: 1, isRequired: false },
  ...given,
});

export const builtIn: readonly Check[] = [
  check({
    ...{ id: 'owner', title: 'Has an owner', facts: 'catalog/owner', level: 'bronze', weight: 2, isRequired: true },
    means: 'The catalog names a team that owns the service, and that team exists.',
    why: 'What nobody owns nobody mends: cost, findings and incidents have no one to go to.',
    fix: 'Set spec.owner of its catalog-info.yaml to a Group of the catalog.',
  }),
  check({
    ...{ id: 'catalog-entry', title: 'Catalog entry complete', facts: 'catalog/entry', level: 'bronze' },
    means: 'The catalog has a description, type, lifecycle and system of the service, and where its source is.',
    why: 'Search, ownership rules and everyone new to the service begin there.',
    fix: 'Fill in metadata.description, spec.type, spec.lifecycle, spec.system and a source annotation in catalog-info.yaml.',
  }),
  check({
    ...{ id: 'on-call', title: 'On-call known', facts: 'catalog/on-call', level: 'silver', isRequired: true },
    means:
      'The service or its team says who is called: an annotation of PagerDuty, Opsgenie, Splunk On-Call, Grafana OnCall, or a receiver of Plumbline.',
    why: 'An alert that reaches no one is found by customers.',
    fix: 'Add pagerduty.com/service-id (or another) to catalog-info.yaml, or plumbline.dev/slack-channel to the Group.',
  }),
  check({
    ...{ id: 'runbook', title: 'Runbook linked', facts: 'catalog/runbook', level: 'silver' },
    means: 'The catalog entry links a runbook: a link of that title or type, or the annotation plumbline.dev/runbook.',
    why: 'At night the one who is called need not be the one who wrote it.',
    fix: 'Add a link with the title Runbook to metadata.links of catalog-info.yaml.',
  }),
  check({
    ...{ id: 'documentation', title: 'Documentation published', facts: 'catalog/documentation', level: 'silver' },
    means: 'The catalog entry names its documentation: backstage.io/techdocs-ref, or a link of that title or type.',
    why: 'Other teams build on what they can read about.',
    fix: 'Add backstage.io/techdocs-ref to catalog-info.yaml, or a link with the title Documentation.',
  }),
  check({
    ...{ id: 'cost-tags', title: 'Cost tags complete', facts: 'cost/tags', level: 'bronze' },
    means: "No more than a few percent of the service's taggable cost is untagged.",
    why: 'Untagged cost is nobody’s, and is shared out among all.',
    fix: 'Add the tags that ownership rules read to its resources, in the templates they are made from.',
  }),
  check({
    ...{ id: 'cost-budget', title: 'Cost within budget', facts: 'cost/budget', level: 'silver' },
    means: 'The budget of the service, else of its team, is not exceeded this month.',
    why: 'A budget that is exceeded without a word is no budget.',
    fix: 'Look at what grew on the cost page, and bring it down or have the budget changed.',
  }),
  check({
    ...{
      id: 'pipeline',
      title: 'Deploys through the declared pipeline',
      facts: 'dora/pipeline',
      level: 'bronze',
      isRequired: true,
    },
    means:
      'Every deployment of the last 30 days was made by a declared pipeline, from a commit; what is known by its tag alone says nothing of it.',
    why: 'What is deployed by hand can be neither repeated nor traced.',
    fix: 'Deploy by the platform’s workflow; close the other ways to production.',
  }),
  check({
    ...{ id: 'deploys', title: 'Deployed within 90 days', facts: 'dora/deploys', level: 'silver' },
    means: 'It was deployed to production within 90 days.',
    why: 'A service that has not been deployed for long is one whose deployment no longer works.',
    fix: 'Deploy it, if only for its dependencies; or set its lifecycle to deprecated.',
  }),
  check({
    ...{ id: 'lead-time', title: 'Lead time known', facts: 'dora/lead-time', level: 'silver' },
    means: 'It is known which changes its deployments brought.',
    why: 'What cannot be traced to commits cannot be measured, nor reverted with confidence.',
    fix: 'Let its deployments name the commit that they bring; see the delivery page for the reason.',
  }),
  check({
    ...{
      id: 'enforced-violations',
      title: 'No enforced violation',
      facts: 'policy/enforced-violations',
      level: 'bronze',
      weight: 2,
      isRequired: true,
    },
    means: 'No violation of an enforced policy is open.',
    why: 'The next deployment of it will be refused.',
    fix: 'Mend what the policy page lists for it, or ask for an exception with an end.',
  }),
  check({
    ...{ id: 'exceptions', title: 'No expired exception', facts: 'policy/exceptions', level: 'silver' },
    means: 'None of its exceptions from policies has expired.',
    why: 'An exception without an end is a policy that does not hold.',
    fix: 'Mend what it excepts and remove it, or have it renewed.',
  }),
  check({
    ...{ id: 'sbom', title: 'SBOM fresh', facts: 'supply-chain/sbom', level: 'silver' },
    means: 'Every image of it that runs has a fresh bill of materials.',
    why: 'When the next library is found to be broken, the answer to “where” must be there.',
    fix: 'Make a bill of materials in its pipeline (syft, trivy) and attach or post it.',
  }),
  check({
    ...{ id: 'signature', title: 'Image signed and verified', facts: 'supply-chain/signature', level: 'gold' },
    means: 'Every image of it that runs has a signature that verifies.',
    why: 'It proves that what runs is what was built.',
    fix: 'Sign in its pipeline (cosign) by a key or identity that the platform trusts.',
  }),
  check({
    ...{ id: 'provenance', title: 'Provenance at the asked level', facts: 'supply-chain/provenance', level: 'gold' },
    means: 'Every image of it that runs has verified SLSA provenance of the level that is asked for.',
    why: 'It proves from which source, and by which builder.',
    fix: 'Build it with the platform’s builder, which attests provenance.',
  }),
  check({
    ...{
      id: 'sla',
      title: 'No finding past its SLA',
      facts: 'supply-chain/sla',
      level: 'bronze',
      weight: 2,
      isRequired: true,
    },
    means: 'No vulnerability or secret of what runs is past the limit of its severity.',
    why: 'A limit that is passed by all protects nobody.',
    fix: 'Take the versions that the supply-chain page names; rebuild and deploy.',
  }),
  check({
    ...{ id: 'slo', title: 'SLO defined', facts: 'slos/defined', level: 'silver' },
    means: 'The service has a service level objective.',
    why: 'Without one, nobody can say whether it is reliable enough.',
    fix: 'Add one under slos in plumbline.yaml, or as an OpenSLO document.',
  }),
  check({
    ...{ id: 'slo-budget', title: 'Error budget left', facts: 'prometheus/slo-budget', level: 'gold' },
    means: 'None of its service level objectives has spent its error budget.',
    why: 'Where it is spent, reliability goes before features.',
    fix: 'See the SLO page for what spent it; hold risky changes until it recovers.',
  }),
  check({
    ...{ id: 'scorecards', title: 'First level of other scorecards', facts: 'experience/scorecards', level: 'silver' },
    means: 'It has reached the first level of the scorecards that are read of other tools.',
    why: 'They ask for what this one does not.',
    fix: 'See the scorecard in the portal for the rules that it misses.',
  }),
];

/** Those that the catalog's own facts feed; catalog-facts.ts judges them. */
export const catalogChecks = ['owner', 'entry', 'on-call', 'runbook', 'documentation'] as const;
export type CatalogCheck = (typeof catalogChecks)[number];
