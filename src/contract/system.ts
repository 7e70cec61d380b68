/** The server about itself. */
import { z } from 'zod';

export const Nothing = z.strictObject({});

export const VersionView = z
  .object({ version: z.string(), apiVersion: z.string(), runtime: z.string() })
  .meta({ id: 'Version' });

export const NodeView = z.object({
  agent: z.string(),
  name: z.string(),
  connected: z.boolean(),
  allocatable: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
  lastHeard: z.string(),
});

export const NodeList = z.object({ items: z.array(NodeView) }).meta({ id: 'NodeList' });
