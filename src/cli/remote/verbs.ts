/** Every verb that is a client of the API, by the group in which help shows it. */
import type { Command } from 'commander';
import type { Shell } from '../session.ts';
import { describeVerb } from './describe.ts';
import { getVerb } from './get.ts';
import { logsVerb } from './logs.ts';
import { submitVerb } from './submit.ts';

type MakeVerb = (shell: Shell) => Command;

export const REMOTE_VERBS: Readonly<Record<string, readonly MakeVerb[]>> = {
  'Run jobs:': [submitVerb],
  'Look:': [getVerb, describeVerb, logsVerb],
};
