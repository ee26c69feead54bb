/** Words for the values of labels, as the page about the golden path shows them. */

/** Of `level`. */
export const levelWords = { none: 'no level', bronze: 'Bronze', silver: 'Silver', gold: 'Gold' } as const;

/** Of `direction`, of checks. */
export const changeWords = { failing: 'newly failing', recovered: 'recovered' } as const;

/** Of `status`, of exemptions. */
export const exemptionWords = { active: 'in force', expiring: 'about to end' } as const;

/** Of `exporter`: whose facts a check is of. */
export const exporterWords = {
  catalog: 'Catalog',
  cost: 'Cost',
  dora: 'Delivery',
  policy: 'Policy',
  'supply-chain': 'Supply chain',
  experience: 'Experience',
  slos: 'SLOs',
  prometheus: 'Prometheus',
  told: 'Told',
} as const;

/** Of `kind`, of what nothing in the catalog explains. */
export const kindWords = {
  service: 'services',
  repository: 'repositories',
  namespace: 'namespaces',
  image: 'images',
  resource: 'resources',
  account: 'accounts',
} as const;

/** Of `required`. */
export const requiredWords = { yes: 'required', no: 'optional' } as const;
