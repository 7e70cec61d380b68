/** docs/permissions.md: which role may do which operation, from the definitions, as the gate itself reads them. */
import { matrixOf } from '../../src/operations/auth/matrix.ts';
import { OPERATIONS } from '../../src/operations/catalogue.ts';

const HEAD = `# Permissions

<!-- Made from src/operations and src/core/access by \`npm run generate\`; checked for drift. Do not edit. -->

Every operation, on whatever surface, passes one gate. It names one permission; a role gives permissions; a
role is held everywhere or in a scope. What no role of the caller gives is refused with 403: deny by default.
\`capstan auth matrix\` shows this table with your own roles, \`capstan auth can-i OPERATION\` asks for yourself,
\`capstan whoami\` shows what you hold.

## Scopes
- A scope names projects, queues, or both. Without one, a role holds everywhere.
- **Projects**: the role holds in them alone. Lists show them alone; every other project is answered as one that
  does not exist, with the same 404.
- **Projects and queues**: reads go by project; submitting, changing, cancelling and deleting jobs only where the
  job's queue is one of those, also when the job is moved (both queues are checked) and when it names no queue
  (the project's own is checked).
- **Queues alone**: for what names a queue, such as submitting to it by name or running it. It shows no project.

## Giving away
Nobody gives away what they lack: making a key, a role or a binding, and rotating or revoking a key, needs each
permission and operation that is in it, in the whole of its scope. The two that no person holds, \`task:work\` and
\`agent:link\`, are given to machines by who has \`system:write\` there.

## Roles of your own
A list of operations: \`capstan role put redriver --allow job.get --allow job.redrive\`. It allows those and
nothing else, also when an operation is added later. Bind it like any other.

## Who holds a role
- An API key carries its roles and its scope.
- A person holds what is bound to \`user:NAME\` and to each \`group:NAME\` of theirs; a CI job what is bound to
  \`service:NAME\`: \`capstan role bind ocr --subject group:ocr --role submitter --in-project vision\`.
- A role that was taken back, a key that was revoked and a session that was ended are noticed within two seconds
  by every replica; open streams under them end.

## The matrix
\`open\` needs no key: the handshake of signing in.
`;

export function renderPermissions(): string {
  const { roles, operations } = matrixOf(Object.values(OPERATIONS));
  const head = ['operation', 'permission', 'effect', ...roles];
  const rows = operations.map(({ name, permission, effect, roles: allowed }) => [
    `\`${name}\``,
    permission === 'open' ? 'open' : `\`${permission}\``,
    effect,
    ...roles.map((role) => (allowed.includes(role) ? 'yes' : '')),
  ]);
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `${HEAD}\n${lines.join('\n')}\n`;
}
