/** The verbs that are the server themselves. What they do is given by who wires them. */
import type { Command } from 'commander';
import { InvalidInput, LocalError, UsageError } from '../errors.ts';
import type { Shell } from '../session.ts';
import { type BackupVerbs, backupVerb } from './backup.ts';
import { configVerb, type ReadSettings } from './config.ts';
import { databaseVerb, type RotatePassword } from './database.ts';
import { type Diagnose, type DiagnoseServer, doctorVerb } from './doctor.ts';
import { type RestoreFacts, type RestoreOptions, restoreVerb } from './restore.ts';
import { type ServerOptions, serverVerb } from './server.ts';
import { type UpOptions, upVerb } from './up.ts';

/** Each resolves to the exit code when it has ended. */
export interface LocalVerbs extends BackupVerbs {
  up(options: UpOptions): Promise<number>;
  server(options: ServerOptions): Promise<number>;
  readonly settings: ReadSettings;
  readonly diagnose: Diagnose;
  readonly rotatePassword: RotatePassword;
  restore(options: RestoreOptions): Promise<RestoreFacts>;
}

/** @param examine how `doctor` looks at a server that is elsewhere */
export function localVerbs(shell: Shell, verbs: LocalVerbs, examine: DiagnoseServer): readonly Command[] {
  return [
    upVerb(shell, reported(verbs.up)),
    serverVerb(shell, reported(verbs.server)),
    configVerb(shell, reported(verbs.settings)),
    doctorVerb(shell, reported(verbs.diagnose), examine),
    backupVerb(shell, { backup: reported(verbs.backup), verifyBackup: reported(verbs.verifyBackup) }),
    restoreVerb(shell, reported(verbs.restore)),
    databaseVerb(shell, reported(verbs.rotatePassword)),
  ];
}

/** What these throw says itself what to do; it is no defect of the command line. */
function reported<T, R>(verb: (options: T) => Promise<R>): (options: T) => Promise<R> {
  return async (options) => {
    try {
      return await verb(options);
    } catch (error) {
      throw error instanceof UsageError || error instanceof InvalidInput ? error : new LocalError(error);
    }
  };
}
