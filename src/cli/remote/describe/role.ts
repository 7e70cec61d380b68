/** A role of a job. */
import { oneLine } from '../../output/safe-text.ts';
import { countText, type RoleView, resourcesText } from '../job-facts.ts';
import { entries } from './sheet.ts';

/** Values of variables are not shown: they may be secrets. */
export function describeRole(role: RoleView): string {
  const command = [...(role.command ?? []), ...(role.args ?? [])].map(quoted).join(' ');
  const variables = Object.keys(role.env ?? {}).join(', ');
  return `  ${role.name}:\n${entries(
    [
      ['Members', countText(role.members)],
      ['Image', role.image],
      ['Command', oneLine(command)],
      ['Directory', role.workingDir],
      ['Variables', variables || undefined],
      ['Resources', resourcesText(role.resources)],
    ],
    '    ',
  )}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
