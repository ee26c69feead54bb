/** `experience.features` in plumbline.yaml: what the platform offers, and how its use is recognised. */
import { z } from 'zod';

const text = z.string().trim().min(1);
const patterns = (what: string) => z.array(text).min(1).optional().describe(`${what}; * is any text.`);

export const featureSchema = z
  .strictObject({
    feature: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'expected lower case letters, digits, hyphens and underscores, 64 at most')
      .describe('The label "feature" of its use.'),
    plugins: patterns('Plug-ins of the portal that it is'),
    routes: patterns('Routes, as the portal names them'),
    subjects: patterns('What is acted on: paths, templates, entities'),
    actions: patterns('Actions; any unless given'),
    templates: patterns('Templates whose tasks are its use, such as node-service'),
    is_golden_path: z
      .boolean()
      .default(false)
      .describe('It leads to something that works: time to first success is told.'),
  })
  .refine(({ plugins, routes, subjects, templates }) => plugins ?? routes ?? subjects ?? templates, {
    path: ['plugins'],
    error: 'expected plugins, routes, subjects or templates',
  });
export type FeatureConfig = z.infer<typeof featureSchema>;
