/** What `capstan config show` prints: never a secret. */
import type { ShownSetting } from '../../cli/local/config.ts';
import { type ConfigInput, readConfig, settingsOf } from './load.ts';
import type { ResolvedSetting } from './resolve.ts';

const MASK = '********';

/** @throws InvalidInput with every problem */
export async function shownSettings(input: ConfigInput): Promise<readonly ShownSetting[]> {
  const resolved = await readConfig(input);
  settingsOf(resolved);
  return resolved.values.map(shown);
}

function shown({ leaf, written, source }: ResolvedSetting): ShownSetting {
  const value = written === undefined ? null : leaf.secret ? MASK : (written as string | number | boolean);
  return { name: leaf.name, value, source, reload: leaf.reload === true };
}
