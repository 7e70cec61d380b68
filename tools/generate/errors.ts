/** docs/errors.md: every error that reaches a person, from the one catalogue. */
import { CATALOGUE } from '../../src/core/errors/catalogue.ts';
import type { ErrorKind } from '../../src/core/errors/error-kind.ts';

const HEAD = `# Errors

<!-- Made from src/core/errors/catalogue.ts by \`npm run generate\`; checked for drift. Do not edit. -->

Every refusal, on every surface, has the same shape:

\`\`\`json
{"error": {"code": "…", "message": "…", "next": "…", "details": [], "request_id": "…"}}
\`\`\`

\`code\` is stable and meant for programs; \`message\` says what happened and \`next\` what to do about it.
\`details\` lists every problem of an input with its \`path\`, what was \`expected\`, what was \`got\` and,
where there is one, a \`hint\`. \`request_id\` is also in the header \`x-request-id\` and in the server's log.
Words in braces are filled in.
`;

export function renderErrors(): string {
  const entries = Object.entries<ErrorKind>(CATALOGUE).map(([code, kind]) => entry(code, kind));
  return `${HEAD}\n${entries.join('\n')}`;
}

function entry(code: string, { status, message, next }: ErrorKind): string {
  return `## \`${code}\`\n\nHTTP ${status}: ${escaped(message)}.\n\n${escaped(next)}\n`;
}

/** Markdown takes `<` for the start of a tag. */
function escaped(text: string): string {
  return text.replaceAll('<', '&lt;');
}
