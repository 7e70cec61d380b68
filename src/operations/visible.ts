/** Which projects a list may speak of: without this, a list would tell that hidden ones exist. */
import { type Asked, may, type Principal, projectsOf } from '../core/access/principal.ts';
import { Refused } from '../core/errors/refused.ts';

/** Undefined: every project. @param named the project that was asked for; the gate has checked it */
export function visibleProjects(
  principal: Principal,
  asked: Asked,
  named?: string | undefined,
): readonly string[] | undefined {
  if (named !== undefined) return undefined;
  const visible = projectsOf(principal, asked);
  return visible === 'all' ? undefined : visible;
}

const SEE = { name: 'project.get', permission: 'project:read' } as const;

/**
 * For what is done to a queue and a project at once: who holds the queue alone must not learn which
 * projects there are. Throws Refused `project.not_found`.
 */
export function checkSeesProject(principal: Principal, project: string): void {
  if (!may(principal, SEE, { project })) throw new Refused('project.not_found', { project });
}
