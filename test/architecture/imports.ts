/** Reads what every source file imports, and holds it to DESIGN's import table. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

export interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

/** A room of the house: the first folders of a path that the table names. */
const ROOMS = [
  'core',
  'contract',
  'ports',
  'operations',
  'controllers',
  'adapters',
  'serve',
  'agent',
  'cli/remote',
  'cli/local',
  'cli',
  'main',
] as const;

export type Room = (typeof ROOMS)[number];

/** Who may import whom (DESIGN.md, "Layout"). `cli` itself only registers its verbs. */
export const MAY_IMPORT: Readonly<Record<Room, readonly Room[]>> = {
  core: ['core'],
  contract: ['contract', 'core'],
  ports: ['ports', 'core'],
  operations: ['operations', 'core', 'ports', 'contract'],
  controllers: ['controllers', 'core', 'ports', 'contract'],
  adapters: ['core', 'ports', 'contract'],
  serve: ['serve', 'operations', 'contract', 'core', 'ports'],
  agent: ['agent', 'core', 'ports', 'contract'],
  'cli/remote': ['cli/remote', 'cli', 'contract'],
  'cli/local': ['cli/local', 'cli', 'core', 'contract', 'ports'],
  cli: ['cli', 'cli/remote', 'cli/local', 'contract'],
  main: [
    'main',
    'core',
    'contract',
    'ports',
    'operations',
    'controllers',
    'adapters',
    'serve',
    'agent',
    'cli',
    'cli/remote',
    'cli/local',
  ],
};

/** Packages that a room may use besides its neighbours; a room that is not named may use any. */
export const MAY_USE: Partial<Record<Room, readonly string[]>> = {
  core: [],
  contract: ['zod', 'fastest-levenshtein'],
  ports: [],
  operations: ['zod', '@opentelemetry/api', 'node:crypto', 'node:timers/promises'],
  controllers: [],
};

export function roomOf(file: string): Room | undefined {
  const path = file.split(sep).join('/');
  return ROOMS.find((room) => path === room || path.startsWith(`${room}/`));
}

export function sourceFiles(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** Files that ship: tests and what they are built with may import what they test. */
export function ships(file: string): boolean {
  return !file.endsWith('.test.ts') && !file.split(sep).includes('testing');
}

/** Static, dynamic and re-exporting imports alike; a dynamic one must name its module. */
export function importsOf(root: string, file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const { module } = parseSync(file, text);
  const named = [
    ...module.staticImports.map((found) => found.moduleRequest),
    ...module.staticExports.flatMap((found) => found.entries.flatMap((entry) => entry.moduleRequest ?? [])),
  ];
  const dynamic = module.dynamicImports.map(({ moduleRequest }) => {
    const written = text.slice(moduleRequest.start, moduleRequest.end);
    return { value: /^['"`](.*)['"`]$/s.exec(written)?.[1] ?? written, start: moduleRequest.start };
  });
  return [...named, ...dynamic].map(({ value, start }) => ({
    from: file,
    to: value.startsWith('.') ? relative(root, resolve(root, dirname(file), value)) : value,
    line: text.slice(0, start).split('\n').length,
  }));
}

/** Why an import is forbidden, or undefined. */
export function verdict({ from, to, line }: Import): string | undefined {
  const room = roomOf(from);
  if (!room) return `${from}: lies in no room of the table`;
  const where = `${from}:${line}`;
  const target = roomOf(to);
  if (!target) return packageVerdict(where, room, to);
  if (room === 'adapters' && target === 'adapters') return adapterVerdict(where, from, to);
  if (room === 'serve' && target === 'core' && !isCoreForServe(to))
    return `${where}: serve may use of core only errors and types, not ${to}`;
  return MAY_IMPORT[room].includes(target) ? undefined : `${where}: ${room} may not import ${target} (${to})`;
}

function packageVerdict(where: string, room: Room, to: string): string | undefined {
  const allowed = MAY_USE[room];
  if (to.startsWith('..')) return `${where}: ${to} lies outside src`;
  return allowed && !allowed.includes(to) ? `${where}: ${room} may not use the package ${to}` : undefined;
}

function adapterVerdict(where: string, from: string, to: string): string | undefined {
  const own = (path: string) => path.split(sep)[1];
  return own(from) === own(to)
    ? undefined
    : `${where}: adapter ${own(from)} may not import adapter ${own(to)}`;
}

/** Errors, and the shapes that pass through the agent link; no decisions. */
function isCoreForServe(to: string): boolean {
  return /^core\/(errors\/|access\/principal|job\/attempt)/.test(to.split(sep).join('/'));
}
