/** `backup` and `restore` as verbs: where the passphrase comes from, and what is loaded when they run. */
import { UsageError } from '../cli/errors.ts';
import type { Env, Io } from '../cli/io.ts';
import type { BackupVerbs } from '../cli/local/backup.ts';
import type { LocalVerbs } from '../cli/local/verbs.ts';

export function backupVerbs(io: Io, env: Env): BackupVerbs & Pick<LocalVerbs, 'restore'> {
  const { cwd } = io;
  const say = (line: string) => void io.stderr.write(`${line}\n`);
  return {
    backup: async ({ withKeys, ...options }) => {
      const { runBackup } = await import('./backup.ts');
      const passphrase = withKeys ? await passphraseOf(io, env) : undefined;
      return runBackup({ ...options, passphrase, env, cwd, say });
    },
    verifyBackup: async (file) => {
      const { runVerifyBackup } = await import('./backup.ts');
      return runVerifyBackup(file, cwd);
    },
    restore: async ({ withKeys, ...options }) => {
      const { runRestore } = await import('./restore.ts');
      const passphrase = withKeys ? await passphraseOf(io, env) : undefined;
      return runRestore({ ...options, passphrase, cwd, say });
    },
  };
}

/** Never a flag: flags are seen by every user of the machine. */
async function passphraseOf(io: Io, env: Env): Promise<string> {
  const given = env.CAPSTAN_BACKUP_PASSPHRASE;
  if (given) return given;
  if (io.stdin.isTTY === true && io.stderr.isTTY === true) {
    const { isCancel, password } = await import('@clack/prompts');
    const typed = await password({ message: 'Passphrase of the backup', input: io.stdin, output: io.stderr });
    if (!isCancel(typed)) return typed;
  }
  throw new UsageError(
    '--with-keys needs a passphrase',
    'Set CAPSTAN_BACKUP_PASSPHRASE, or run it in a terminal to be asked.',
  );
}
