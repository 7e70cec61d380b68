/** The package as it would be published: compiled, packed, and installed into a directory that has nothing else. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** What building and packing read. The checkout itself is not built in: its own commands would then run `dist`. */
const NEEDED = [
  'bin',
  'docs/openapi.json',
  'src',
  'tools',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'package.json',
  'package-lock.json',
  'tsconfig.build.json',
  'tsconfig.json',
];

/** Errors of npm that say that the registry is out of reach, rather than that the package is wrong. */
const NO_NETWORK =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Packed {
  /** Paths inside the package. */
  readonly files: readonly string[];
  /** An empty directory but for what `npm install` made. */
  readonly dir: string;
  /** Paths of this machine that nothing published may hold. */
  readonly machinePaths: readonly string[];
  /** Why it could not be installed: there is no way to the registry. */
  readonly offline: string | undefined;
  remove(): void;
}

/** The path with Node of a directory in front of everything else. */
export function withNode(dir: string): Record<string, string> {
  return { PATH: `${dir}${delimiter}${process.env.PATH ?? ''}` };
}

/** This run's own Node, the one that the package is made for. */
export const NODE_DIR = dirname(process.execPath);

export async function packAndInstall(): Promise<Packed> {
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-package-'));
  // As root, jobs run as another user, who must be able to come here.
  chmodSync(scratch, 0o755);
  const [source, dir] = [join(scratch, 'source'), join(scratch, 'installed')];
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  try {
    const { file, files } = await pack(source, scratch);
    mkdirSync(dir);
    const offline = await install(join(scratch, file), dir);
    return { files, dir, machinePaths: [ROOT, scratch], offline, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function pack(source: string, to: string): Promise<{ file: string; files: string[] }> {
  for (const path of NEEDED) cpSync(join(ROOT, path), join(source, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  const env = withNode(join(ROOT, 'node_modules/.bin'));
  mustWork(await run(process.execPath, ['tools/build.ts'], { cwd: source, env }));
  // `prepack` would build it again, after installing into what is linked here.
  const packing = ['pack', '--ignore-scripts', '--json', '--pack-destination', to];
  const { stdout } = mustWork(await run('npm', packing, { cwd: source, env }));
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { file: packed.filename, files: packed.files.map(({ path }) => path) };
}

async function install(tarball: string, dir: string): Promise<string | undefined> {
  const args = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball];
  const installed = await run('npm', args, { cwd: dir, env: withNode(NODE_DIR) });
  if (installed.code !== 0 && NO_NETWORK.test(installed.stderr)) {
    return `npm can not reach its registry: ${installed.stderr.split('\n')[0]}`;
  }
  mustWork(installed);
  return undefined;
}

function mustWork(ran: Ran): Ran {
  if (ran.code !== 0) throw new Error(`ended with ${ran.code}: ${ran.stdout}${ran.stderr}`);
  return ran;
}

/** Without what an npm that started this run says to the npm that it starts. */
export function cleanEnv(extra: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(npm_(?!config_)|INIT_CWD$|NODE_OPTIONS$|VITEST)/.test(entry[0]),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

export function run(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<Ran> {
  const child = spawn(command, args, { cwd, env: cleanEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

/** A Node of this machine that is too old for the package. */
export async function oldNode(): Promise<string | undefined> {
  for (const dir of ['/usr/bin', '/usr/local/bin']) {
    if (!existsSync(join(dir, 'node'))) continue;
    const { stdout } = await run(join(dir, 'node'), ['-p', 'process.versions.node'], { cwd: '/', env: {} });
    if (Number(stdout.split('.')[0]) < 24) return dir;
  }
  return undefined;
}
