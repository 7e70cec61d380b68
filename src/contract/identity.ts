/** Keys, roles, bindings and sessions on the wire. No secret is ever shown twice. */
import { z } from 'zod';
import { Cursor, Flag, Limit, listOf } from './meta.ts';
import { Name, PositiveDuration } from './scalars.ts';
import { HandlerName } from './task.ts';

const Names = z.array(Name).min(1).max(100);

const scope = {
  projects: Names.optional().describe('Only in these projects'),
  queues: Names.optional().describe('Only for these queues'),
  handlers: z.array(HandlerName).min(1).max(100).optional().describe('Of a worker: only these handlers'),
};

const ScopeView = z.object({
  projects: z.array(z.string()).optional(),
  queues: z.array(z.string()).optional(),
  handlers: z.array(z.string()).optional(),
});

/** A day less than ten years: longer is for ever. */
const LONGEST_KEY = 3650 * 86_400_000;

export const CreateKey = z.strictObject({
  name: Name.describe('Who uses it: its owner is shown as key/NAME'),
  roles: z.array(Name).min(1).max(20).describe('Built-in or custom roles'),
  ...scope,
  expiresIn: PositiveDuration.refine((ms) => ms <= LONGEST_KEY, 'at most 3650d')
    .optional()
    .describe('Absent: until it is revoked'),
});

export const KeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe('What the key begins with, to recognise it by'),
    roles: z.array(z.string()),
    scope: ScopeView,
    state: z.enum(['active', 'expired', 'revoked']),
    createdAt: z.string(),
    createdBy: z.string().optional(),
    expiresAt: z.string().optional(),
    revokedAt: z.string().optional(),
    previousEndsAt: z
      .string()
      .optional()
      .describe('Until then the secret before the last rotation is taken, too'),
  })
  .meta({ id: 'Key' });

export type KeyView = z.output<typeof KeyView>;

export const NewKeyView = KeyView.extend({
  key: z.string().describe('The key itself: shown this once'),
}).meta({ id: 'NewKey' });

export const KeyList = listOf(KeyView).meta({ id: 'KeyList' });

export const KeyRef = z.strictObject({ key: z.union([z.uuid(), Name]).describe('Name or id') });

export const ListKeys = z.strictObject({
  all: Flag.default(false).describe('Those that have ended as well'),
  cursor: Cursor.optional(),
  limit: Limit,
});

export const RotateKey = KeyRef.extend({
  grace: PositiveDuration.refine((ms) => ms <= 30 * 86_400_000, 'at most 30d')
    .optional()
    .describe('How long the old secret is taken as well (default 1h)'),
});

const OperationName = z
  .string()
  .regex(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/, 'an operation such as job.submit');

export const PutRole = z.strictObject({
  name: Name,
  description: z.string().max(500).default(''),
  operations: z
    .array(OperationName)
    .min(1)
    .max(200)
    .describe('What it allows; `capstan auth matrix` lists them'),
});

export const RoleView = z
  .object({
    name: z.string(),
    builtIn: z.boolean(),
    description: z.string(),
    operations: z.array(z.string()),
    createdAt: z.string().optional(),
    createdBy: z.string().optional(),
  })
  .meta({ id: 'Role' });

export type RoleView = z.output<typeof RoleView>;

export const RoleList = z.object({ items: z.array(RoleView) }).meta({ id: 'RoleList' });

export const Subject = z
  .string()
  .max(255)
  .regex(/^(user|group|service):[\x21-\x7e]+$/, 'user:NAME, group:NAME or service:NAME');

export const PutBinding = z.strictObject({
  name: Name,
  subject: Subject.describe('Who: user:ada@example.org, group:research, service:github:repo:…'),
  role: Name.describe('Built-in or custom'),
  ...scope,
});

export const BindingView = z
  .object({
    name: z.string(),
    subject: z.string(),
    role: z.string(),
    scope: ScopeView,
    createdAt: z.string(),
    createdBy: z.string(),
  })
  .meta({ id: 'RoleBinding' });

export type BindingView = z.output<typeof BindingView>;

export const BindingList = listOf(BindingView).meta({ id: 'RoleBindingList' });

const GrantView = z.object({
  role: z.string(),
  permissions: z.array(z.string()),
  operations: z.array(z.string()),
  scope: ScopeView,
});

export const WhoAmI = z
  .object({
    id: z.string(),
    kind: z.string(),
    groups: z.array(z.string()),
    grants: z.array(GrantView),
    credential: z.string().optional().describe('Id of the key or session'),
    tokenEndsAt: z.string().optional().describe('When the access token that was shown ends'),
  })
  .meta({ id: 'WhoAmI' });

export const CanI = z.strictObject({
  operation: OperationName,
  project: Name.optional(),
  queue: Name.optional(),
});

export const CanIView = z.object({ allowed: z.boolean(), why: z.string() }).meta({ id: 'CanI' });

export const MatrixView = z
  .object({
    roles: z.array(z.string()),
    operations: z.array(
      z.object({
        name: z.string(),
        summary: z.string(),
        permission: z.string(),
        effect: z.string(),
        roles: z.array(z.string()).describe('Roles that may'),
      }),
    ),
  })
  .meta({ id: 'PermissionMatrix' });
