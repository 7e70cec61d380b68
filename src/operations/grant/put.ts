/** Lets a project use a queue, up to a priority. */
import { PutQueueGrant, QueueGrantView } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { checkSeesProject } from '../visible.ts';
import { viewGrant } from './view.ts';

export const putGrant = defineOperation({
  name: 'grant.put',
  summary: 'Let a project use a queue, up to a priority',
  input: PutQueueGrant,
  output: QueueGrantView,
  permission: 'grant:write',
  target: ({ project, queue }) => ({ project, queue }),
  effect: 'write',
  audit: 'change',
  http: { method: 'PUT', path: '/api/v1/queuegrants/{project}/{queue}' },
  async handler({ input, principal, ports, now }) {
    const { project, queue } = input;
    checkSeesProject(principal, project);
    if (!(await ports.projects.get(project))) throw new Refused('project.not_found', { project });
    if (!(await ports.queues.get(queue))) throw new Refused('queue.not_found', { queue });
    return viewGrant(await ports.grants.put(input, now));
  },
});
