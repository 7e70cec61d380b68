/** Reads the sources of the configuration, and keeps it true while the server runs. */
import { readFile } from 'node:fs/promises';
import { InvalidInput, UsageError } from '../../cli/errors.ts';
import { readSource } from '../../cli/files/source.ts';
import { parseYaml } from '../../cli/files/yaml-documents.ts';
import type { ServerFlags } from '../../cli/local/options.ts';
import { type ConfigFile, type Resolved, resolveConfig, type Written } from './resolve.ts';
import type { Settings } from './schema.ts';

export interface ConfigInput {
  readonly flags: ServerFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Defaults of the verb, over those of the schema. */
  readonly defaults?: Written | undefined;
}

const NEXT = '`capstan config check` looks again without starting; docs/configuration.md lists the settings.';

/** @throws InvalidInput with every problem of every source; UsageError when the file cannot be read */
export async function loadConfig(input: ConfigInput): Promise<Settings> {
  return settingsOf(await readConfig(input));
}

/** @throws InvalidInput with every problem */
export function settingsOf({ settings, problems }: Resolved): Settings {
  if (!settings) throw new InvalidInput('the configuration', problems, NEXT);
  return settings;
}

export async function readConfig({ flags, env, cwd, defaults }: ConfigInput): Promise<Resolved> {
  const path = flags.config ?? (env.CAPSTAN_CONFIG || undefined);
  const file = path === undefined ? undefined : await readConfigFile(path, cwd);
  return resolveConfig({ flags: byName(flags), env, cwd, file, defaults });
}

function byName({ config: _, tlsCert, tlsKey, ...flags }: ServerFlags): Written {
  return { ...flags, 'tls.cert': tlsCert, 'tls.key': tlsKey };
}

async function readConfigFile(path: string, cwd: string): Promise<ConfigFile> {
  const source = await readSource(path, { cwd, stdin: process.stdin });
  const [document, ...more] = parseYaml(source);
  if (more.length > 0) throw new UsageError(`${path} holds more than one document`);
  const locate = (at: string) => document?.locate(at).where ?? path;
  return { name: path, directory: source.directory, value: document?.value ?? {}, locate };
}

/** With the secret of the client, if it is in a file. Throws UsageError when that cannot be read or is empty. */
export async function withClientSecret(settings: Settings): Promise<Settings> {
  const { oidc } = settings;
  if (oidc?.clientSecretFile === undefined) return settings;
  const clientSecret = await heldBy('oidc.clientSecretFile', oidc.clientSecretFile);
  if (clientSecret === '')
    throw new UsageError(`the oidc.clientSecretFile ${oidc.clientSecretFile} is empty`);
  return { ...settings, oidc: { ...oidc, clientSecret } };
}

async function heldBy(name: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read the ${name} ${file}: ${error.code}`, undefined, error);
  });
  return text.trim();
}
