#!/usr/bin/env node
// The entry of the command. Only syntax that any Node from 12 on parses: an old one must get to the
// line that says what to do. In the repository it runs the sources, published the compiled files.
const REQUIRED = 24;

function start() {
  return import('node:fs')
    .then((fs) => {
      const compiled = new URL('../dist/main/cli.js', import.meta.url);
      const sources = new URL('../src/main/cli.ts', import.meta.url);
      return import((fs.existsSync(compiled) ? compiled : sources).href);
    })
    .then((cli) => cli.main(process));
}

if (Number(process.versions.node.split('.')[0]) < REQUIRED) {
  process.stderr.write(
    `capstan needs Node ${REQUIRED} or newer (this is ${process.version}): install it from https://nodejs.org, or put one that you have first on the PATH\n`,
  );
  process.exitCode = 2;
} else {
  start().catch((error) => {
    process.stderr.write(`capstan cannot start: ${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 70;
  });
}
