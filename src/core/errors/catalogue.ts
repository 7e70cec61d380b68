/**
 * The one catalogue of errors that reach a person: code → HTTP status, what happened, what to do next.
 * `docs/errors.md` is generated from it. `{name}` is filled in from the error's facts.
 */

import type { ErrorKind } from './error-kind.ts';
import { QUEUE_ERRORS } from './queue-errors.ts';

export const CATALOGUE = {
  'input.invalid': {
    status: 400,
    message: 'the request has {count} problem(s)',
    next: 'Mend each of the details and send it again; `capstan explain job` lists the fields of a job file.',
  },
  'input.too_large': {
    status: 413,
    message: 'the body is larger than {limit} bytes',
    next: 'Send less: put data in a volume or an object store and name it in the job.',
  },
  'input.not_json': {
    status: 400,
    message: 'the body is not JSON: {why}',
    next: 'Send a JSON object with content-type application/json.',
  },
  'input.media_type': {
    status: 415,
    message: 'the body has a content type that is not taken here',
    next: 'Send a JSON object with content-type application/json.',
  },
  'request.malformed': {
    status: 400,
    message: 'the request is not well formed: {why}',
    next: 'Look at what sends it: a client library or a proxy in between has made it so.',
  },
  'request.method': {
    status: 405,
    message: '{path} has no {method}',
    next: 'It takes {allowed}; GET /openapi.json lists every route.',
  },
  'request.too_slow': {
    status: 408,
    message: 'the request did not arrive whole within its time',
    next: 'Send it again; when it happens often, look at the network and at proxies in between.',
  },
  'request.headers_too_large': {
    status: 431,
    message: 'the request line and headers are larger than {limit} bytes',
    next: 'Send shorter headers and a shorter URL.',
  },
  'auth.in_url': {
    status: 400,
    message: 'the parameter {name} looks like a key in the URL, where logs would keep it',
    next: 'Send `Authorization: Bearer KEY` instead, and replace that key.',
  },
  'auth.missing': {
    status: 401,
    message: 'no key was given',
    next: 'Send `Authorization: Bearer KEY`; the CLI takes it from CAPSTAN_KEY, CAPSTAN_KEY_FILE or its context.',
  },
  'auth.invalid': {
    status: 401,
    message: 'the key is not known, has ended or was revoked',
    next: 'Use another key; `capstan up` writes the first one to admin.key in its data directory.',
  },
  'auth.forbidden': {
    status: 403,
    message: '{principal} may not do {operation}',
    next: 'Ask an administrator for a role that has the permission {permission}.',
  },
  'auth.beyond': {
    status: 403,
    message: '{principal} can not give away what it lacks there: {lacking}',
    next: 'Ask for less, or for a narrower scope; `capstan whoami` shows what you hold.',
  },
  'auth.from_token': {
    status: 403,
    message: 'an access token can not be exchanged for another',
    next: 'Show the key itself, or prolong the session with its refresh secret.',
  },
  'auth.redirect': {
    status: 400,
    message: 'browsers are not sent back to that redirect URI',
    next: 'The command line takes http://127.0.0.1:PORT/callback; an administrator lists those of the console in CAPSTAN_OIDC_REDIRECT_URIS.',
  },
  'auth.sign_in': {
    status: 401,
    message: 'the sign-in was not completed: it took too long, was begun elsewhere, or its code is not good',
    next: 'Begin it again.',
  },
  'auth.forged': {
    status: 403,
    message: 'the request has the session of a browser, but does not come from the console',
    next: 'Programs send `Authorization: Bearer KEY`; the console sends the header X-Capstan-Console and is served at the origin of one of CAPSTAN_OIDC_REDIRECT_URIS.',
  },
  'auth.no_issuer': {
    status: 404,
    message: 'this server trusts no issuer for that',
    next: 'An administrator sets CAPSTAN_OIDC_ISSUER (people) or CAPSTAN_WORKLOAD_ISSUERS (CI); keys work without.',
  },
  'auth.issuer_unavailable': {
    status: 503,
    message: 'the issuer of the sign-in does not answer',
    next: 'Try again in a moment; keys work without it.',
  },
  'key.not_found': {
    status: 404,
    message: 'there is no key {key}',
    next: '`capstan key list` lists those within your scope.',
  },
  'key.name_taken': {
    status: 409,
    message: 'a key called {key} exists',
    next: 'Choose another name, or revoke that one first; `capstan key rotate` gives it a new secret.',
  },
  'key.ended': {
    status: 409,
    message: 'key {key} has ended, or changed meanwhile',
    next: '`capstan key list --all` shows it; make another with `capstan key create`.',
  },
  'role.not_found': {
    status: 404,
    message: 'there is no role {role}',
    next: '`capstan role list` lists them.',
  },
  'role.built_in': {
    status: 409,
    message: 'role {role} is built in and can not be changed',
    next: 'Make one of your own under another name.',
  },
  'role.in_use': {
    status: 409,
    message: 'role {role} is used by {count} binding(s) and key(s)',
    next: 'Take those back first.',
  },
  'binding.not_found': {
    status: 404,
    message: 'there is no role binding {binding}',
    next: '`capstan role bindings` lists those within your scope.',
  },
  'session.not_found': {
    status: 404,
    message: 'there is no session {session}',
    next: '`capstan session list` lists those that you may see.',
  },
  'operation.unknown': {
    status: 404,
    message: 'there is no operation {operation}',
    next: '`capstan auth matrix` lists them.',
  },
  'route.unknown': {
    status: 404,
    message: 'there is no {method} {path}',
    next: 'GET /openapi.json lists every route.',
  },
  'job.not_found': {
    status: 404,
    message: 'there is no job {job} in project {project}',
    next: '`capstan get jobs -A` lists those you may see.',
  },
  'job.name_taken': {
    status: 409,
    message: 'a live job {job} with another spec exists in project {project} (it is {state})',
    next: 'Choose another name, or cancel that one first.',
  },
  'job.conflict': {
    status: 409,
    message: 'job {job} changed while this was decided',
    next: 'Read it again and repeat the request on its new resourceVersion.',
  },
  'job.wrong_state': {
    status: 409,
    message: 'job {job} is {state}: {why}',
    next: '`capstan describe job {job}` shows what it is doing.',
  },
  'job.unsupported': {
    status: 422,
    message: 'no connected runner can honour {count} field(s) of the job',
    next: 'Remove them, or connect a cluster: the process runner starts plain processes on this machine.',
  },
  'job.no_attempt': {
    status: 404,
    message: 'job {job} has no attempt {attempt} with files',
    next: '`capstan describe job {job}` lists its attempts; a job that has not started has no log yet.',
  },
  'job.no_output': {
    status: 404,
    message: 'job {job} has no output {name}',
    next: 'Outputs are declared in spec.outputs and kept after a success.',
  },
  'idempotency.reused': {
    status: 409,
    message: 'the idempotency key was used for another submission',
    next: 'Use a new key for a new submission.',
  },
  'project.not_found': {
    status: 404,
    message: 'there is no project {project}',
    next: '`capstan get projects` lists those you may see; an administrator makes one by `capstan apply -f`.',
  },
  'project.in_use': {
    status: 409,
    message: 'project {project} still has {count} live job(s)',
    next: 'Cancel them, or wait until they have ended.',
  },
  ...QUEUE_ERRORS,
  'webhook.url': {
    status: 422,
    message: 'a webhook can not lead there: {why}',
    next: 'Use https and a public address; an administrator allows others with CAPSTAN_WEBHOOKS_ALLOW_HTTP and CAPSTAN_WEBHOOKS_ALLOW_PRIVATE.',
  },
  'webhook.name_taken': {
    status: 409,
    message: 'project {project} has a webhook {webhook}',
    next: 'Choose another name, or delete that one first.',
  },
  'webhook.not_found': {
    status: 404,
    message: 'project {project} has no webhook {webhook}',
    next: '`capstan webhook list` lists them.',
  },
  'schedule.not_found': {
    status: 404,
    message: 'project {project} has no schedule {schedule}',
    next: '`capstan get schedules` lists them.',
  },
  'schedule.conflict': {
    status: 409,
    message: 'schedule {schedule} changed while this was decided, or has another resourceVersion',
    next: 'Read it again and repeat the request on its new resourceVersion.',
  },
  'schedule.overlap': {
    status: 409,
    message: 'job {job} of schedule {schedule} has not ended, and its overlap is forbidden',
    next: 'Wait for its end, or cancel it: `capstan cancel {job}`.',
  },
  'schedule.too_many': {
    status: 409,
    message: 'project {project} has {limit} schedules, as many as it may',
    next: 'Delete some, or let one job do the work of several.',
  },
  'schedule.job_taken': {
    status: 409,
    message: 'job {job} was not submitted: a live job has its name, or the unique key of its task',
    next: 'Wait for the end of that job, or cancel it.',
  },
  'agent.unavailable': {
    status: 503,
    message: 'agent {agent}, which has the files of this attempt, is not connected',
    next: 'Try again when it is back: what it holds is kept.',
  },
  'cursor.expired': {
    status: 410,
    message: 'the cursor is too old, or belongs to another store',
    next: 'List again and continue from there.',
  },
  'store.unavailable': {
    status: 503,
    message: 'the database does not answer',
    next: 'Try again: nothing acknowledged is lost, and running jobs go on.',
  },
  'limit.rate': {
    status: 429,
    message: 'too many requests of the kind {kind}: the limit is {limit} a second',
    next: 'Send it again after {seconds} second(s), as Retry-After says; an administrator sets the limits.',
  },
  'limit.streams': {
    status: 429,
    message: 'this key already holds {limit} event streams open',
    next: 'Close streams that nobody reads, or follow several jobs by one.',
  },
  'limit.connections': {
    status: 429,
    message: 'there are already {limit} connections from this address',
    next: 'Use connections again instead of making new ones, or close those that wait.',
  },
  'limit.busy': {
    status: 503,
    message: 'the server has as much to do as it can hold',
    next: 'Send it again after a moment, as Retry-After says; nothing of it was done.',
  },
  'server.slow': {
    status: 504,
    message: 'there was no answer within {seconds} seconds',
    next: 'Look whether a change was made before repeating it; with the same idempotency key a submission is safe to repeat.',
  },
  'server.stopping': {
    status: 503,
    message: 'the server is shutting down',
    next: 'Try again in a moment.',
  },
  internal: {
    status: 500,
    message: 'something went wrong here',
    next: 'Look for the request id in the server log, and report it with what you did.',
  },
  'job.batch_taken': {
    status: 409,
    message: 'none of {count} jobs was submitted: a name or a unique key of one of them is taken',
    next: 'Give them other names, or submit with mode each to see which.',
  },
  'task.unknown_dependency': {
    status: 422,
    message: 'there is no task {ref} in project {project} to wait for',
    next: 'Submit it first, or within a batch before the task that waits for it; `capstan get jobs` lists the project.',
  },
  'task.too_large': {
    status: 413,
    message: 'the {what} has {bytes} bytes, more than {limit}',
    next: 'Put the data where the worker can read it (an object store, a volume), and name it in the payload.',
  },
  'task.no_lease': {
    status: 409,
    message: 'the lease {uid}/{attempt} is not current, or is another worker\u2019s',
    next: 'Drop what it was for: the task is with another worker, or has ended.',
  },
  'task.no_result': {
    status: 404,
    message: 'task {job} has no result: it is {state}',
    next: 'Wait for its end: POST /api/v1/jobs:wait, or `capstan wait job NAME`.',
  },
  'task.none': {
    status: 422,
    message: 'job {job} is no task',
    next: 'Jobs with roles have outputs: `capstan describe job` lists them, `capstan output` reads one.',
  },
  'worker.message': {
    status: 400,
    message: 'the message breaks the protocol: {why}',
    next: 'docs/worker-protocol.md has the messages; use an SDK where there is one.',
  },
  'worker.queue': {
    status: 403,
    message: '{principal} may not work for queue {queue}',
    next: 'Give the key the role worker for that queue: `capstan key create NAME --role worker --in-queue QUEUE`.',
  },
  'worker.handler': {
    status: 403,
    message: '{principal} may not serve handler {handler}',
    next: 'Give the key a scope that has the handler, or announce only those that it has.',
  },
  'worker.slow': {
    status: 429,
    message: 'the worker does not read what it is sent',
    next: 'Connect again with the session; read messages apart from the handlers.',
  },
  'worker.replaced': {
    status: 409,
    message: 'the session goes on over another connection, or has ended because its worker was not heard',
    next: 'Use the other connection, or connect again without the session.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof CATALOGUE;
