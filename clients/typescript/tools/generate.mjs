/**
 * Writes src/api.gen.ts, the types of the API, from docs/openapi.json of the repository. With --check it
 * writes nothing, and fails when the file is not what it would write. The file names the document's digest, so that
 * whoever has not installed this package's tools still sees that it is stale.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = join(import.meta.dirname, '../../../docs/openapi.json');
const WRITTEN = join(import.meta.dirname, '../src/api.gen.ts');

const bytes = readFileSync(DOCUMENT);
const digest = createHash('sha256').update(bytes).digest('hex');
const head = `// Made from docs/openapi.json by \`npm run generate\`: not to be edited.\n// sha256 ${digest}\n`;
const document = JSON.parse(bytes.toString());
const text = head + astToString(await openapiTS(document, { immutable: false, defaultNonNullable: false }));
if (!process.argv.includes('--check')) {
  writeFileSync(WRITTEN, text);
} else if (text !== readFileSync(WRITTEN, 'utf8')) {
  console.error(
    'src/api.gen.ts is not what docs/openapi.json says: run `npm run generate` in clients/typescript',
  );
  process.exit(1);
}
