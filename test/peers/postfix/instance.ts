/** A Postfix of a test's own: folder, queue, ports and certificates; in the foreground, gone with the test. Postfix has to be started by root. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../kit/program.js';

const run = promisify(execFile);
const START_MS = 20_000;
const POLL_MS = 50;
const PATH = `${process.env['PATH']}:/usr/sbin:/sbin`;
const DAEMONS = '/usr/lib/postfix/sbin';

/** Its services, as Debian has them; none runs in a chroot, none needs another folder. */
const SERVICES = [
  'pickup unix n - n 60 1 pickup',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 1 1 qmgr',
  'tlsmgr unix - - n 1000? 1 tlsmgr',
  'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce',
  'defer unix - - n - 0 bounce',
  'trace unix - - n - 0 bounce',
  'flush unix n - n 1000? 0 flush',
  'proxymap unix - - n - - proxymap',
  'smtp unix - - n - - smtp',
  'relay unix - - n - - smtp',
  'error unix - - n - - error',
  'retry unix - - n - - error',
  'discard unix - - n - - discard',
  'anvil unix - - n - 1 anvil',
  'scache unix - - n - 1 scache',
  'postlog unix-dgram n - n - 1 postlogd',
];

export interface PostfixSettings {
  /** Domain that it relays, and the port on loopback to which. */
  readonly relay: { readonly domain: string; readonly port: number };
  readonly tls: { readonly key: string; readonly certificate: string; readonly authorities: string };
  /** Further lines of main.cf. */
  readonly main?: readonly string[];
}

export class Postfix {
  readonly port: number;
  private readonly folder: string;
  private readonly child: ChildProcess;

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.child = child;
  }

  static async start({ relay, tls, main = [] }: PostfixSettings): Promise<Postfix> {
    const folder = await mkdtemp(join(tmpdir(), 'angarium-postfix-'));
    // Its processes give up root and still have to pass through.
    await chmod(folder, 0o755);
    const port = await freePort();
    const [config, queue, data] = [join(folder, 'etc'), join(folder, 'queue'), join(folder, 'data')];
    for (const it of [config, queue, data]) await mkdir(it);
    await run('chown', ['postfix', data]);
    for (const [name, text] of Object.entries(tls)) await writeFile(join(config, `${name}.pem`), text, { mode: 0o600 });
    const lines = [
      'compatibility_level = 3.6',
      `queue_directory = ${queue}`,
      `data_directory = ${data}`,
      'command_directory = /usr/sbin',
      `daemon_directory = ${DAEMONS}`,
      'mail_owner = postfix',
      'setgid_group = postdrop',
      'inet_interfaces = 127.0.0.1',
      'inet_protocols = ipv4',
      'myhostname = border.example',
      'mydestination =',
      'local_recipient_maps =',
      'alias_maps =',
      'mynetworks = 127.0.0.0/8',
      'smtpd_peername_lookup = no',
      'smtp_host_lookup = native',
      // Node's pipes are sockets, which cannot be opened as /dev/stdout.
      `maillog_file = ${join(folder, 'log')}`,
      `maillog_file_prefixes = ${folder}`,
      'smtpd_recipient_restrictions = reject_unauth_destination',
      `relay_domains = ${relay.domain}`,
      `transport_maps = inline:{{${relay.domain}=smtp:[127.0.0.1]:${relay.port}}}`,
      `smtpd_tls_key_file = ${config}/key.pem`,
      `smtpd_tls_cert_file = ${config}/certificate.pem`,
      'smtpd_tls_security_level = may',
      `smtp_tls_CAfile = ${config}/authorities.pem`,
      'smtp_tls_security_level = may',
      'smtp_tls_loglevel = 1',
      'smtpd_tls_loglevel = 1',
      ...main,
    ];
    await writeFile(join(config, 'main.cf'), `${lines.join('\n')}\n`);
    await writeFile(join(config, 'master.cf'), [`127.0.0.1:${port} inet n - n - - smtpd`, ...SERVICES, ''].join('\n'));
    const child = spawn('postfix', ['-c', config, 'start-fg'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH },
    });
    const postfix = new Postfix(folder, port, child);
    try {
      await postfix.said(/daemon started/);
    } catch (fault) {
      await postfix.stop();
      throw fault;
    }
    return postfix;
  }

  /** Waits until its log says so; what it has said before counts. */
  async said(what: RegExp): Promise<RegExpExecArray> {
    const until = performance.now() + START_MS;
    for (;;) {
      const log = await readFile(join(this.folder, 'log'), 'utf8').catch(() => '');
      const found = what.exec(log);
      if (found !== null) return found;
      if (performance.now() > until || this.child.exitCode !== null) throw new Error(`postfix did not say ${what}:\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Tries at once what waits in its queue. */
  async flush(): Promise<void> {
    await run('postqueue', ['-c', join(this.folder, 'etc'), '-f'], { env: { ...process.env, PATH } });
  }

  /** Messages in its queue. */
  async queued(): Promise<number> {
    const { stdout } = await run('postqueue', ['-c', join(this.folder, 'etc'), '-j'], { env: { ...process.env, PATH } });
    return stdout.split('\n').filter((it) => it !== '').length;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = new Promise<void>((resolve) => this.child.once('close', () => resolve()));
      // Its master is in a session of its own: what we have started is not what has to be told.
      await run('postfix', ['-c', join(this.folder, 'etc'), 'stop'], { env: { ...process.env, PATH } });
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
