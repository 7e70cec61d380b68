/** The first administrator's key: made when its file is not there, or no longer opens the door. */
import { readFile } from 'node:fs/promises';
import type { KeyStore } from '../ports/key-store.ts';
import { authenticator, makeKey, writeSecret } from './identity.ts';
import { systemChance, systemClock } from './system.ts';

export async function firstKey(file: string, keys: KeyStore, pepper: Uint8Array): Promise<void> {
  const existing = await readFile(file, 'utf8').catch(() => undefined);
  const opens = authenticator(keys, pepper, systemClock.now);
  if (existing !== undefined && (await opens(existing.trim()))) return;
  const now = systemClock.now();
  const { key, record } = makeKey(
    { id: systemChance.uid(now), name: 'admin', roles: ['admin'], now },
    pepper,
  );
  await keys.put(record);
  await writeSecret(file, key);
}
