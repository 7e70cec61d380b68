/** The configuration of the embedded database, written anew at each start. */

export const SETTINGS_FILE = 'capstan.conf';
/** For the person who runs it: read after ours, never written. */
export const LOCAL_SETTINGS_FILE = 'local.conf';

export type Settings = Readonly<Record<string, string | number>>;

export function settingsFor(place: { socketDir: string; log: string }, more: Settings = {}): Settings {
  return {
    listen_addresses: '',
    unix_socket_directories: place.socketDir,
    // The caller is the same user, or root.
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    max_connections: 100,
    shared_buffers: '128MB',
    // Acknowledged means durable (invariant 1).
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // Before it recovers: one sync of the file system instead of one of each file.
    recovery_init_sync_method: process.platform === 'linux' ? 'syncfs' : 'fsync',
    wal_level: 'replica',
    max_wal_size: '1GB',
    checkpoint_timeout: '5min',
    // Nothing here replicates: no slots in shared memory, no launcher process.
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    jit: 'off',
    logging_collector: 'on',
    log_directory: place.log,
    // One file per weekday, started over a week later: the log cannot grow without end.
    log_filename: 'postgres-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: 0,
    log_truncate_on_rotation: 'on',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
    timezone: 'UTC',
    // Statements and rows may hold what jobs keep secret: neither is written to the log. `log`
    // stands above `error` there; the message of an error quotes values, and its client gets it.
    log_min_messages: 'log',
    log_statement: 'none',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...more,
  };
}

export function renderSettings(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}`);
  return ['# Written by Capstan at each start; put changes into local.conf.', ...lines, ''].join('\n');
}

function quote(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
