/** The typed route table of the CLI's client, from the operations. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OPERATIONS } from '../../src/operations/catalogue.ts';
import type { Operation } from '../../src/operations/define.ts';

const HEADER = `// Made from the operations by \`npm run generate\`; checked for drift. Do not edit.\n`;

export async function renderClient(root: string): Promise<string> {
  const names = await schemaNames(join(root, 'src/contract'));
  const used = new Map<string, Set<string>>();
  const nameOf = (schema: unknown): string => {
    const found = names.get(schema);
    if (!found) return 'never';
    used.set(found.file, (used.get(found.file) ?? new Set()).add(found.name));
    return `typeof ${found.name}`;
  };
  const types: string[] = [];
  const routes: string[] = [];
  for (const operation of Object.values<Operation>(OPERATIONS)) {
    if (!operation.http) continue;
    const output = operation.kind === 'bytes' ? 'Uint8Array' : `z.output<${nameOf(operation.output)}>`;
    types.push(
      `  '${operation.name}': { kind: '${operation.kind}'; input: z.input<${nameOf(operation.input)}>; output: ${output} };`,
    );
    const { method, path } = operation.http;
    routes.push(
      `  '${operation.name}': { kind: '${operation.kind}', method: '${method}', path: '${path}' },`,
    );
  }
  const imports = [...used].sort().map(([file, schemas]) => {
    return `import type { ${[...schemas].sort().join(', ')} } from '../../contract/${file}';`;
  });
  return [
    HEADER,
    "import type { z } from 'zod';",
    ...imports,
    '',
    'export interface Api {',
    ...types,
    '}',
    '',
    'export const ROUTES = {',
    ...routes,
    '} as const;',
    '',
  ].join('\n');
}

/** Every exported schema of the contract, by identity. */
async function schemaNames(folder: string): Promise<Map<unknown, { file: string; name: string }>> {
  const names = new Map<unknown, { file: string; name: string }>();
  for (const file of readdirSync(folder).filter(
    (entry) => entry.endsWith('.ts') && !entry.includes('.test.'),
  )) {
    const module: Record<string, unknown> = await import(pathToFileURL(join(folder, file)).href);
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === 'object' && value !== null && 'safeParse' in value)
        names.set(value, { file, name });
    }
  }
  return names;
}
