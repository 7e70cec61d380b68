/** `capstan webhook`: who is told when jobs end. A secret is shown once, and nowhere else. */
import { Command } from 'commander';
import type { WebhookView } from '../../contract/webhook.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { columns } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { oneLine } from '../output/safe-text.ts';
import { age } from '../output/span.ts';
import { openSession, type Shell } from '../session.ts';
import { collect } from './options.ts';
import { handOver } from './secret-out.ts';

export function webhookVerb(shell: Shell): Command {
  return new Command('webhook')
    .summary('tell a URL when jobs end')
    .description(
      'Posts a signed message to a URL when jobs of the project end. docs/webhooks.md shows how to verify one.',
    )
    .addCommand(createVerb(shell))
    .addCommand(listVerb(shell))
    .addCommand(deleteVerb(shell))
    .addHelpText(
      'after',
      `
Examples:
  capstan webhook create ci https://ci.example.com/capstan --to ci.secret
  capstan webhook create pager https://page.example.com/x --event failed --label team=ocr
  capstan webhook list
  capstan webhook delete ci`,
    );
}

interface CreateFlags {
  readonly event?: readonly WebhookView['events'][number][];
  readonly label?: readonly string[];
  readonly to?: string;
}

function createVerb(shell: Shell): Command {
  return new Command('create')
    .description('Makes a webhook and shows the secret that signs its messages, this once.')
    .argument('<name>', 'how it is called in the project')
    .argument('<url>', 'https, and a public address')
    .option('--event <event>', 'succeeded, failed or cancelled (may be repeated; default: all)', collect)
    .option('--label <key=value>', 'only of jobs with this label (may be repeated)', collect)
    .option('--to <file>', 'write the secret to this file, readable by you only')
    .action(async (name: string, url: string, flags: CreateFlags, command: Command) => {
      const session = openSession(shell, command);
      const [client, project] = [await session.client(), await session.project()];
      const labels = Object.fromEntries((flags.label ?? []).map(label));
      const events = flags.event === undefined ? undefined : [...flags.event];
      const { secret, ...view } = await client.call('webhook.create', { project, name, url, events, labels });
      if (isDocument(session.output)) {
        const whole = flags.to === undefined ? { ...view, secret } : view;
        await writeDocument(session.io.stdout, session.output, whole);
        if (flags.to !== undefined) await handOver(session, secret, flags.to);
      } else {
        await handOver(session, secret, flags.to);
        session.note(oneLine(`webhook/${view.name} created: ${view.events.join(',')} to ${view.url}`));
      }
      shell.end(EXIT.done);
    });
}

function label(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--label ${text} is no KEY=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function listVerb(shell: Shell): Command {
  return new Command('list')
    .description('Lists the webhooks of the project; never a secret.')
    .action(async (_options: object, command: Command) => {
      const session = openSession(shell, command);
      const [client, project] = [await session.client(), await session.project()];
      const { items } = await client.call('webhook.list', { project });
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, { items });
      else session.print(columns([HEAD, ...items.map((webhook) => row(webhook, session.io.now()))]));
      shell.end(EXIT.done);
    });
}

const HEAD = ['NAME', 'URL', 'EVENTS', 'LABELS', 'AGE', 'BY'];

function row(webhook: WebhookView, now: number): string[] {
  const labels = Object.entries(webhook.labels).map(([key, value]) => `${key}=${value}`);
  return [
    webhook.name,
    oneLine(webhook.url),
    webhook.events.join(','),
    labels.length === 0 ? '-' : labels.join(','),
    age(webhook.createdAt, now),
    webhook.createdBy,
  ];
}

function deleteVerb(shell: Shell): Command {
  return new Command('delete')
    .description('Ends a webhook, with what it was still to be told.')
    .argument('<name>', 'its name')
    .action(async (name: string, _options: object, command: Command) => {
      const session = openSession(shell, command);
      const [client, project] = [await session.client(), await session.project()];
      await client.call('webhook.delete', { project, name });
      session.print(`webhook/${name} deleted`);
      shell.end(EXIT.done);
    });
}
