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
  taints: z
    .array(z.object({ key: z.string(), value: z.string().optional(), effect: z.string() }))
    .optional()
    .describe('Members that do not tolerate them are not put there'),
  unschedulable: z.boolean().optional().describe('Cordoned: what runs there stays, nothing is added'),
  lastHeard: z.string(),
});

export const NodeList = z.object({ items: z.array(NodeView) }).meta({ id: 'NodeList' });

export const DoctorView = z
  .object({
    at: z.string(),
    version: z.string(),
    items: z.array(
      z.object({
        check: z.string().describe('What was looked at'),
        level: z.enum(['ok', 'warning', 'error']),
        what: z.string(),
        why: z.string().optional().describe('What comes of it'),
        next: z.string().optional().describe('How to mend it'),
      }),
    ),
  })
  .meta({ id: 'Doctor' });

export type DoctorView = z.output<typeof DoctorView>;
