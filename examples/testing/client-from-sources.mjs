/** For tests, by `node --import`: `@capstan/client` is what lies in clients/typescript, without an installation. */
import { registerHooks } from 'node:module';

const SOURCES = new URL('../../clients/typescript/src/index.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => next(specifier === '@capstan/client' ? SOURCES : specifier, context),
});
