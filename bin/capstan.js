#!/usr/bin/env node
// The entry of the command. Only syntax that any Node from 12 on parses: an old one must get to the
// line that says what to do. Published it runs the compiled files, in the repository the sources.
const REQUIRED = 24;

function start() {
  const needed = [import('node:fs'), import('node:module'), import('node:url')];
  return Promise.all(needed).then(([fs, module, url]) => {
    const sources = new URL('../src/main/cli.ts', import.meta.url);
    // A `dist` beside the sources is a left-over of a build, and older than they are.
    if (!fs.existsSync(sources)) return import(new URL('../dist/main/cli.js', import.meta.url).href);
    // Stripping the types of every file takes longer than the rest of a start: 165 ms, with the cache 75.
    const cache = new URL('../node_modules/.cache/capstan', import.meta.url);
    module.enableCompileCache(url.fileURLToPath(cache));
    return import(sources.href);
  });
}

if (Number(process.versions.node.split('.')[0]) < REQUIRED) {
  process.stderr.write(
    `capstan needs Node ${REQUIRED} or newer (this is ${process.version}): install it from https://nodejs.org, or put one that you have first on the PATH\n`,
  );
  process.exitCode = 2;
} else {
  start()
    .then((cli) => cli.main(process))
    .catch((error) => {
      process.stderr.write(`capstan cannot start: ${error instanceof Error ? error.stack : error}\n`);
      process.exitCode = 70;
    });
}
