/** `docs/configuration.md`, from the schema of the settings. */
import { DEFAULTS, type Leaf, leaves } from '../../src/main/config/schema.ts';

const HEAD = `# Configuration of a server

Generated from \`src/main/config/schema.ts\` by \`npm run generate\`.

\`capstan up\` and \`capstan server\` take each setting from a flag, from an environment variable or from a YAML file
(\`--config FILE\` or \`CAPSTAN_CONFIG\`), in this order; what nobody sets has its default. Paths in the file are
relative to the file.

\`\`\`yaml
# /etc/capstan/server.yaml
host: 0.0.0.0
data: /var/lib/capstan
databaseUrlFile: /run/secrets/capstan-database-url   # postgres://capstan@db/capstan?sslmode=verify-full
tls: {cert: tls.crt, key: tls.key}
limits: {writesPerSecond: 200, writeBurst: 400}
retention: {jobs: 30d, events: 30d}
\`\`\`

- \`capstan config check --config server.yaml\` says every problem at once, each with its source, and exits with 2
  when there is one. A setting that is not known is a problem.
- \`capstan config show\` prints each setting with its value and its source; secrets are masked.
- Secrets have no flag: every user of a machine sees the flags of every process.
- On SIGHUP the server reads its configuration again. What is marked "on SIGHUP" is in force at once; for the others
  the log says that they wait for a restart. A configuration that is not valid changes nothing.
- \`CAPSTAN_PORT=tcp://…\`, which Kubernetes gives every pod where a service is named \`capstan\`, is not taken for a port.

| setting | variable | flag | default | changes | |
|---|---|---|---|---|---|
`;

const TAIL = `
Durations are written as \`30s\`, \`10m\`, \`12h\` or \`90d\`, sizes in bytes.

## Limits

Requests are counted for each key (all its tokens together), reads and changes apart, in a bucket that holds the burst
and is refilled every moment. Every answer tells its standing in the fields of the
[IETF draft](https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/): \`RateLimit-Policy:
"reads";q=20000;w=2\` and \`RateLimit: "reads";r=19999;t=1\`. Beyond it the answer is 429 \`limit.rate\` with
\`Retry-After\`, given before anything is done. Requests without a valid key are counted for each address (IPv6: each
/64). Counts are those of one server; two replicas allow twice as much.
`;

export function renderConfiguration(): string {
  return `${HEAD}${leaves().map(row).join('\n')}\n${TAIL}`;
}

function row(leaf: Leaf): string {
  const fallback = leaf.byDefault ?? `\`${DEFAULTS[leaf.name]}\``;
  const flag = leaf.flag ? `\`${leaf.flag}\`` : '';
  const summary = leaf.secret ? `${leaf.summary} (secret)` : leaf.summary;
  const changes = leaf.reload ? 'on SIGHUP' : 'at a restart';
  return `| \`${leaf.name}\` | \`${leaf.env}\` | ${flag} | ${fallback} | ${changes} | ${summary} |`;
}
