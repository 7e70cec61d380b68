/** `capstan explain`: the fields of a file, from the schema that checks it. Asks no server. */
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { Field } from '../files/field-schema.ts';
import type { ObjectKind } from '../files/objects.ts';
import { columns, type Row } from '../output/columns.ts';
import { openSession, type Session, type Shell } from '../session.ts';

export function explainVerb(shell: Shell): Command {
  return new Command('explain')
    .summary('show the fields of a job file')
    .description(
      'Shows the fields of a job, queue, flavor, project, queuegrant or schedule file: name, type, default, meaning.',
    )
    .argument(
      '<field>',
      'job, queue, flavor, project, queuegrant or schedule; then a path, such as job.retry.backoff',
    )
    .option('--recursive', 'with the fields of fields')
    .addHelpText(
      'after',
      `
Examples:
  capstan explain job
  capstan explain job.roles.resources
  capstan explain job --recursive
  capstan explain queue.quota
  capstan explain schedule.missed`,
    )
    .action(async (path: string, { recursive }: { recursive?: boolean }, command: Command) => {
      shell.end(await explain(openSession(shell, command), path, recursive === true));
    });
}

const KINDS: Readonly<Record<string, ObjectKind>> = {
  job: 'AIJob',
  jobs: 'AIJob',
  aijob: 'AIJob',
  queue: 'Queue',
  queues: 'Queue',
  project: 'Project',
  projects: 'Project',
  flavor: 'Flavor',
  flavors: 'Flavor',
  queuegrant: 'QueueGrant',
  queuegrants: 'QueueGrant',
  schedule: 'Schedule',
  schedules: 'Schedule',
};

/** Any other first step of a path means: within the spec. */
const ENVELOPE = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);

async function explain(session: Session, path: string, recursive: boolean): Promise<number> {
  const [first = '', ...steps] = path.split('.');
  const kind = KINDS[first.toLowerCase()];
  if (!kind)
    throw new UsageError(
      `${JSON.stringify(first)} has no file`,
      'Known: job, queue, flavor, project, queuegrant, schedule.',
    );
  const full = steps[0] === undefined || ENVELOPE.has(steps[0]) ? steps : ['spec', ...steps];
  const { OBJECTS } = await import('../files/objects.ts');
  const { fieldsOf } = await import('../files/field-schema.ts');
  const field = await fieldAt(fieldsOf(OBJECTS[kind], kind), full);
  session.print(describeField(field, { kind, path: full, recursive }));
  return EXIT.done;
}

async function fieldAt(root: Field, path: readonly string[]): Promise<Field> {
  const { findField } = await import('../files/field-schema.ts');
  const result = findField(root, path);
  if ('found' in result) return result.found;
  const { nearest } = await import('../../contract/problems.ts');
  const { missing, known } = result;
  const hint = nearest(missing, known) ?? (known.length > 0 ? `Known here: ${known.join(', ')}.` : undefined);
  throw new UsageError(`there is no field ${missing} in ${[root.name, ...path].join('.')}`, hint);
}

interface Shown {
  readonly kind: ObjectKind;
  readonly path: readonly string[];
  readonly recursive: boolean;
}

function describeField(field: Field, { kind, path, recursive }: Shown): string {
  const whole = path.length === 0;
  const head: Row[] = [
    ['KIND:', kind],
    ['VERSION:', 'capstan.dev/v1alpha1'],
  ];
  if (!whole) head.push(['FIELD:', path.join('.')], ['TYPE:', field.type]);
  if (!whole && field.required) head.push(['REQUIRED:', 'yes']);
  if (field.default !== undefined) head.push(['DEFAULT:', field.default]);
  // Of a whole object the fields of metadata and spec are what is asked for.
  const fields = fieldTable(field, whole && !recursive ? 1 : recursive ? Number.POSITIVE_INFINITY : 0);
  return [columns(head), field.description, fields].filter((part) => part !== '').join('\n\n');
}

/** @param depth how many levels of fields of fields */
function fieldTable(field: Field, depth: number): string {
  if (field.fields.length === 0) return '';
  return `FIELDS:\n${columns(rowsOf(field.fields, depth, '  '))}`;
}

function rowsOf(fields: readonly Field[], depth: number, indent: string): readonly Row[] {
  return fields.flatMap((field) => {
    const facts = [
      field.required ? 'required' : '',
      field.default === undefined ? '' : `default ${field.default}`,
    ];
    const row = [indent + field.name, field.type, facts.filter(Boolean).join(', '), field.description];
    return [row, ...(depth > 0 ? rowsOf(field.fields, depth - 1, `${indent}  `) : [])];
  });
}
