/** Every verb that is a client of the API, by the group in which help shows it. */
import type { Command } from 'commander';
import type { Shell } from '../session.ts';
import { applyVerb } from './apply.ts';
import { auditVerb } from './audit.ts';
import { authVerb } from './auth.ts';
import { cancelVerb } from './cancel.ts';
import { completeVerb, completionVerb } from './completion.ts';
import { contextVerb } from './context.ts';
import { deleteVerb } from './delete.ts';
import { describeVerb } from './describe.ts';
import { eventsVerb } from './events.ts';
import { explainVerb } from './explain.ts';
import { getVerb } from './get.ts';
import { keyVerb } from './key.ts';
import { loginVerb } from './login.ts';
import { logoutVerb } from './logout.ts';
import { logsVerb } from './logs.ts';
import { outputVerb } from './output.ts';
import { redriveVerb } from './redrive.ts';
import { resultVerb } from './result.ts';
import { resumeVerb } from './resume.ts';
import { roleVerb } from './role.ts';
import { runVerb } from './run.ts';
import { scheduleVerb } from './schedule.ts';
import { sessionVerb } from './session.ts';
import { submitVerb } from './submit.ts';
import { suspendVerb } from './suspend.ts';
import { taskVerb } from './task.ts';
import { updateVerb } from './update.ts';
import { versionVerb } from './version.ts';
import { watchVerb } from './watch.ts';
import { webhookVerb } from './webhook.ts';
import { whatIfVerb } from './what-if.ts';
import { whoamiVerb } from './whoami.ts';
import { whyVerb } from './why.ts';

type MakeVerb = (shell: Shell) => Command;

export const REMOTE_VERBS: Readonly<Record<string, readonly MakeVerb[]>> = {
  'Run jobs:': [runVerb, submitVerb, taskVerb],
  'Look:': [
    getVerb,
    describeVerb,
    whyVerb,
    whatIfVerb,
    logsVerb,
    watchVerb,
    eventsVerb,
    outputVerb,
    resultVerb,
  ],
  'Steer jobs:': [cancelVerb, suspendVerb, resumeVerb, redriveVerb, updateVerb, deleteVerb],
  'Set up:': [applyVerb, scheduleVerb, contextVerb, webhookVerb],
  'Who may what:': [loginVerb, logoutVerb, whoamiVerb, authVerb, keyVerb, roleVerb, sessionVerb, auditVerb],
  'Help:': [explainVerb, versionVerb, completionVerb],
};

/** Not shown: for other programs. */
export const HIDDEN_VERBS: readonly MakeVerb[] = [completeVerb];
