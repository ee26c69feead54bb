/** The shapes of the API's answers that every object shares; what an object is about stays unknown to the client. */
import { z } from 'zod';

export const metadataSchema = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: z.string().nullish(),
});

export const objectSchema = z.looseObject({ metadata: metadataSchema });
export type KubernetesItem = z.infer<typeof objectSchema>;

export const listSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().optional(), continue: z.string().optional() }),
  // A list of nothing is null where the server is written in Go.
  items: z.array(z.unknown()).nullish(),
});

export const statusSchema = z.looseObject({
  message: z.string().optional(),
  reason: z.string().optional(),
  code: z.number().optional(),
});

export const groupSchema = z.looseObject({
  versions: z.array(z.looseObject({ version: z.string() })),
  preferredVersion: z.looseObject({ version: z.string() }).optional(),
});

export const resourcesSchema = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

export const eventSchema = z.looseObject({ type: z.string(), object: z.unknown() });
