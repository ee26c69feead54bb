/** What the demo company's platform offers by its portal, and the templates of its scaffolder. */
export const goldenPath = { feature: 'new-service', template: 'node-service' } as const;

export const features = [
  { feature: 'catalog', plugins: ['catalog*'] },
  { feature: 'documentation', plugins: ['techdocs'] },
  { feature: 'search', plugins: ['search'] },
  {
    ...{ feature: goldenPath.feature, templates: [goldenPath.template], is_golden_path: true },
    subjects: [`/create/templates/default/${goldenPath.template}*`],
  },
  {
    ...{ feature: 'infrastructure', templates: ['terraform-module'] },
    subjects: ['/create/templates/default/terraform-module*'],
  },
  { feature: 'pipelines', plugins: ['github-actions'] },
  { feature: 'api-explorer', plugins: ['api-docs'] },
  { feature: 'tech-radar', plugins: ['tech-radar'] },
  // Installed, and nobody has ever looked.
  { feature: 'cost-insights', plugins: ['cost-insights'] },
] as const;
