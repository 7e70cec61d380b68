/** From the flags of `run` to a spec, checked as a file is: every problem at once, by its flag. */
import { resolve } from 'node:path';
import { JobSpecInput, type JobSpecWire } from '../../contract/job-spec.ts';
import { problemsOf } from '../../contract/problems.ts';
import { InvalidInput } from '../errors.ts';

export interface JobFlags {
  readonly type?: JobSpecWire['type'];
  readonly queue?: string;
  readonly priority?: number;
  readonly members?: number;
  readonly cpu?: string;
  readonly memory?: string;
  readonly gpu?: string;
  readonly env?: Record<string, string>;
  readonly image?: string;
  readonly workdir?: string;
  readonly timeout?: string;
  readonly retries?: number;
}

/** Which flag a field came from. */
const FLAG_OF: Readonly<Record<string, string>> = {
  'resources.cpu': '--cpu',
  'resources.memory': '--memory',
  'resources.nvidia.com/gpu': '--gpu',
  'retry.limit': '--retries',
  workingDir: '--workdir',
  command: 'COMMAND',
};

/** Throws InvalidInput. @param directory what a relative --workdir is relative to, and its default */
export function specFromFlags(flags: JobFlags, command: readonly string[], directory: string): JobSpecWire {
  const { type, queue, priority, members, env, image, timeout, retries } = flags;
  const fields: JobSpecWire = {
    type,
    queue,
    priority,
    members,
    image,
    command: [...command],
    workingDir: resolve(directory, flags.workdir ?? '.'),
    env,
    resources: resourcesOf(flags),
    timeout,
    retry: retries === undefined ? undefined : { limit: retries },
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const spec: JobSpecWire = Object.fromEntries(given);
  const checked = JobSpecInput.safeParse(spec);
  if (checked.success) return spec;
  const problems = problemsOf(checked.error, spec, JobSpecInput).map(({ path, ...problem }) => ({
    ...problem,
    where: FLAG_OF[path] ?? `--${path.replace('.', ' ')}`,
    path: '',
  }));
  throw new InvalidInput(
    'the command line',
    problems,
    'Nothing was sent. `capstan run --help` shows each flag.',
  );
}

function resourcesOf({ cpu, memory, gpu }: JobFlags): JobSpecWire['resources'] {
  const asked = Object.entries({ cpu, memory, 'nvidia.com/gpu': gpu }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return asked.length === 0 ? undefined : Object.fromEntries(asked);
}
