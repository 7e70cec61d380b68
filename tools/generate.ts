/** Writes what is made from the code: `npm run generate`. With `--check`, says what would change and exits 1. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderClient } from './generate/client.ts';
import { isStale, writeClientTypes } from './generate/client-types.ts';
import { renderConfiguration } from './generate/configuration.ts';
import { renderErrors } from './generate/errors.ts';
import { renderOpenApiFile } from './generate/openapi.ts';
import { renderPermissions } from './generate/permissions.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const FILES: Record<string, (root: string) => Promise<string> | string> = {
  'src/cli/remote/api.gen.ts': renderClient,
  'docs/openapi.json': renderOpenApiFile,
  'docs/errors.md': renderErrors,
  'docs/permissions.md': renderPermissions,
  'docs/configuration.md': renderConfiguration,
};

const checkOnly = process.argv.includes('--check');
let stale = 0;
for (const [file, render] of Object.entries(FILES)) {
  const wanted = await render(root);
  const path = join(root, file);
  if (read(path) === wanted) continue;
  stale += 1;
  if (checkOnly) console.error(`${file} is stale: run \`npm run generate\``);
  else {
    writeFileSync(path, wanted);
    console.log(`wrote ${file}`);
  }
}
// The clients have tools of their own.
if (isStale(root)) {
  stale += 1;
  if (checkOnly) console.error('clients/typescript/src/api.gen.ts is stale: run `npm run generate`');
  else writeClientTypes(root);
}
process.exit(checkOnly && stale > 0 ? 1 : 0);

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
