// Runs a TypeScript entry with the repository's own Node, installing what is missing first.
// Plain JavaScript for old runtimes: on a fresh clone this is the only file that any Node ≥ 20 runs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const marker = join(root, 'node_modules', '.capstan-installed');

/** What is installed is what the lock file says, or it is installed again. */
function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted && existsSync(join(bin, 'node'))) return;
  process.stderr.write('Installing the packages of package-lock.json (once) …\n');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) {
    process.stderr.write('npm ci failed: see above. It needs the npm registry that your npm is set to.\n');
    process.exit(done.status ?? 1);
  }
  writeFileSync(marker, wanted);
}

install();
const [entry, ...args] = process.argv.slice(2);
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
const child = spawnSync(join(bin, 'node'), [join(root, entry), ...args], {
  cwd: root,
  env,
  stdio: 'inherit',
});
if (child.error) throw child.error;
process.exit(child.status ?? 128);
