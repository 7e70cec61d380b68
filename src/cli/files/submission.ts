/** From a job file to the body of a submission. */
import type { z } from 'zod';
import type { SubmitJob } from '../../contract/job.ts';
import { UsageError } from '../errors.ts';
import type { Written } from './objects.ts';

export interface ProjectChoice {
  /** When the file names none. */
  readonly project: string;
  /** As given by a flag: it must not contradict the file. */
  readonly flag: string | undefined;
}

/** Throws UsageError when file and flag name different projects. */
export function submissionOf(
  { metadata = {}, spec }: Written<'AIJob'>,
  choice: ProjectChoice,
): z.input<typeof SubmitJob> {
  const { name, namespace, labels } = metadata;
  return {
    project: projectOf(namespace, choice),
    spec,
    ...(name === undefined ? {} : { name }),
    ...(labels === undefined ? {} : { labels }),
  };
}

/** Throws UsageError when file and flag name different projects. @param namespace as the file has it */
export function projectOf(namespace: string | undefined, { project, flag }: ProjectChoice): string {
  if (flag !== undefined && namespace !== undefined && flag !== namespace) {
    throw new UsageError(
      `the file is for project ${namespace}, --project says ${flag}`,
      'Leave one of the two out.',
    );
  }
  return namespace ?? project;
}
