/**
 * Azure's words for charges, and FOCUS's. Sources: the FinOps Foundation's conversion rules for Azure, and Microsoft's
 * "Understand cost details fields".
 */

export const azureProvider = 'Microsoft';

const categories: Readonly<Record<string, string>> = {
  usage: 'Usage',
  unusedreservation: 'Usage',
  unusedsavingsplan: 'Usage',
  purchase: 'Purchase',
  tax: 'Tax',
};

/** Refund, RoundingAdjustment and what is not known yet. */
export const otherCategory = 'Adjustment';

/** Charge types, in lower case without blanks, that FOCUS has a category for. */
export const chargeCategories: Readonly<Record<string, string>> = categories;

/** The FOCUS ChargeCategory of a ChargeType. */
export const chargeCategory = (chargeType: string): string =>
  categories[chargeType.replace(/\s/g, '').toLowerCase()] ?? otherCategory;

/** Charge types for what was committed to and not used. */
export const unusedTypes = ['unusedreservation', 'unusedsavingsplan'] as const;

export const isUnused = (chargeType: string): boolean =>
  unusedTypes.some(type => type === chargeType.replace(/\s/g, '').toLowerCase());

/** Pricing models of what a commitment covers, in lower case without blanks; exports of some agreements write a plural. */
export const commitmentModels = ['reservation', 'reservations', 'savingsplan', 'savingsplans'] as const;

export const isCommitment = (pricingModel: string): boolean =>
  commitmentModels.some(model => model === pricingModel.replace(/\s/g, '').toLowerCase());

/** Service families whose FOCUS ServiceCategory has another name; the others have the same. */
export const serviceCategories: Readonly<Record<string, string>> = {
  'ai + machine learning': 'AI and Machine Learning',
  'azure arc': 'Multicloud',
  'azure communication services': 'Integration',
  'azure stack': 'Multicloud',
  blockchain: 'Other',
  containers: 'Compute',
  data: 'Analytics',
  'dedicated host': 'Compute',
  gaming: 'Media',
  iot: 'Internet of Things',
  microsoft365: 'Business Applications',
  'microsoft syntex': 'Business Applications',
  'mixed reality': 'Media',
  'power platform': 'Business Applications',
  quantum: 'Compute',
  saas: 'Business Applications',
  telecommunications: 'Networking',
  'windows virtual desktop': 'Compute',
};
