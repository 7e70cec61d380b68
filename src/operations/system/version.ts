/** What is running here. */
import { API_VERSION } from '../../contract/meta.ts';
import { Nothing, VersionView } from '../../contract/system.ts';
import { VERSION } from '../../core/version.ts';
import { defineOperation } from '../define.ts';

export const getVersion = defineOperation({
  name: 'system.version',
  summary: 'Version of the server',
  input: Nothing,
  output: VersionView,
  permission: 'system:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/version' },
  async handler() {
    return { version: VERSION, apiVersion: API_VERSION, runtime: `node ${process.versions.node}` };
  },
});
