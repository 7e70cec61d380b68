/** The types of clients/typescript: made by a tool of that package, which is installed only when it is needed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installClient, runInClient } from '../clients/typescript.ts';

/** Whether they were made from another document than that of now. */
export function isStale(root: string): boolean {
  const digest = createHash('sha256')
    .update(readFileSync(join(root, 'docs/openapi.json')))
    .digest('hex');
  return !readFileSync(join(root, 'clients/typescript/src/api.gen.ts'), 'utf8').includes(
    `sha256 ${digest}\n`,
  );
}

/** @throws Error when the package can not be installed, or its tool fails */
export function writeClientTypes(root: string): void {
  installClient(root);
  if (!runInClient(root, 'run', 'generate')) throw new Error('the types of the client could not be made');
  console.log('wrote clients/typescript/src/api.gen.ts');
}
