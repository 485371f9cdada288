/** A server of the laboratory. It shares no code with the listener: what tests send to it is judged by somebody else. */
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { LIMITS } from '#base';
import { resetOf } from './dialogue.js';
import type { SmtpFault, SmtpFaultName, SmtpLabMail, SmtpLabServer, SmtpLabServerSettings } from './profile.js';

const KEYWORDS = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'DSN', `SIZE ${LIMITS.smtpSizeMax}`, 'ENHANCEDSTATUSCODES'];
const DROP_AFTER_OCTETS = 1_000;
const SLOW_MS = 20;
const END = Buffer.from('\r\n.\r\n');

class LabConnection {
  private readonly server: LabServer;
  private readonly number: number;
  private socket: Socket;
  private octets: Buffer = Buffer.alloc(0);
  private isContent = false;
  private isDeaf = false;
  private helo = '';
  private sender: string | undefined;
  private recipients: string[] = [];
  /** Answers go out one behind the other. */
  private saying: Promise<void> = Promise.resolve();

  constructor(server: LabServer, socket: Socket, number: number) {
    this.server = server;
    this.number = number;
    this.socket = socket;
    this.use(socket);
    if (this.fault('stall-before-banner')) this.isDeaf = true;
    else if (this.fault('busy')) this.say('421 4.3.2 busy', true);
    else if (this.fault('not-smtp')) this.say('SSH-2.0-OpenSSH_9.2');
    else this.say(`220 ${this.server.hostName} ESMTP laboratory`);
    if (this.fault('stall-after-banner')) this.isDeaf = true;
  }

  private fault<K extends SmtpFaultName>(kind: K): Extract<SmtpFault, { kind: K }> | undefined {
    return this.server.fault(kind);
  }

  private use(socket: Socket): void {
    this.socket = socket;
    socket.on('data', (chunk) => {
      if (this.isDeaf || socket !== this.socket) return;
      this.octets = Buffer.concat([this.octets, chunk]);
      this.read();
    });
    // Clients may come and go as they like.
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
  }

  private read(): void {
    while (!this.isDeaf) {
      if (this.isContent) {
        if (!this.readContent()) return;
        continue;
      }
      const end = this.octets.indexOf('\r\n');
      if (end < 0) return;
      const line = this.octets.toString('latin1', 0, end);
      this.octets = this.octets.subarray(end + 2);
      this.server.settings.onLine?.(this.number, 'them', line);
      this.command(line);
    }
  }

  private command(line: string): void {
    const [, verb = '', argument = ''] = /^(\S*) ?(.*)$/.exec(line) ?? [];
    switch (verb.toUpperCase()) {
      case 'EHLO':
        this.helo = argument;
        this.greet();
        break;
      case 'HELO':
        this.helo = argument;
        this.say(`250 ${this.server.hostName}`);
        break;
      case 'STARTTLS':
        this.startTls();
        break;
      case 'AUTH':
        this.say('235 2.7.0 authenticated');
        break;
      case 'MAIL':
        this.sender = argument.replace(/^FROM:/i, '');
        this.recipients = [];
        this.say('250 2.1.0 sender ok');
        break;
      case 'RCPT':
        this.rcpt(argument.replace(/^TO:/i, ''));
        break;
      case 'DATA':
        this.data();
        break;
      case 'RSET':
        this.sender = undefined;
        this.say('250 2.0.0 ok');
        break;
      case 'NOOP':
        this.say('250 2.0.0 ok');
        break;
      case 'QUIT':
        this.say('221 2.0.0 bye', true);
        break;
      default:
        this.say('500 5.5.2 command not known');
    }
  }

  private greet(): void {
    const { tls, keywords = KEYWORDS } = this.server.settings;
    const canStart = tls !== undefined && !(this.socket instanceof TLSSocket);
    const lines = [this.server.hostName, ...keywords, ...(canStart ? ['STARTTLS'] : [])];
    for (const [i, it] of lines.entries()) this.say(`250${i < lines.length - 1 ? '-' : ' '}${it}`);
  }

  private startTls(): void {
    const { tls } = this.server.settings;
    if (tls === undefined) {
      this.say('502 5.5.1 not here');
      return;
    }
    this.say('220 2.0.0 go ahead');
    const plain = this.socket;
    plain.removeAllListeners('data');
    this.octets = Buffer.alloc(0);
    void this.saying.then(() => this.use(this.server.secure(plain)));
  }

  private rcpt(recipient: string): void {
    if (this.fault('5xx')) {
      this.say('550 5.1.1 no such recipient');
    } else if (this.server.isDeferring()) {
      this.say('451 4.7.1 try again later');
    } else {
      this.recipients.push(recipient);
      this.say('250 2.1.5 recipient ok');
    }
  }

  private data(): void {
    if (this.recipients.length === 0) {
      this.say('554 5.5.1 no valid recipients');
      return;
    }
    this.isContent = true;
    // So that the end is found even of content that is empty.
    this.octets = Buffer.concat([Buffer.from('\r\n'), this.octets]);
    this.say('354 go ahead');
    if (!this.fault('stall-in-data')) return;
    this.isDeaf = true;
    this.socket.pause();
  }

  private readContent(): boolean {
    const drop = this.fault('drop-in-data');
    if (drop !== undefined && this.octets.length >= (drop.octets ?? DROP_AFTER_OCTETS)) {
      resetOf(this.socket);
      this.isDeaf = true;
      return false;
    }
    const end = this.octets.indexOf(END);
    if (end < 0) return false;
    // The CR LF before it is the last line's; the one that was put in front is nobody's.
    const raw = this.octets.subarray(2, Math.max(2, end + 2)).toString('latin1');
    this.octets = this.octets.subarray(end + END.length);
    this.isContent = false;
    const content = Buffer.from(raw.replace(/(^|\r\n)\./g, '$1'), 'latin1');
    this.saying = this.saying.then(() => this.take(content));
    return true;
  }

  private async take(content: Buffer): Promise<void> {
    const mail: SmtpLabMail = {
      connection: this.number,
      helo: this.helo,
      isTls: this.socket instanceof TLSSocket,
      sender: this.sender ?? '',
      recipients: this.recipients,
      content,
    };
    this.sender = undefined;
    this.recipients = [];
    const refusal = this.fault('4xx-after-data')
      ? '451 4.3.0 not now'
      : this.fault('5xx-after-data')
        ? '554 5.6.0 not this'
        : undefined;
    const isStalled = this.fault('stall-after-data') !== undefined;
    const isDropped = this.fault('drop-after-data') !== undefined;
    this.server.mails++;
    const answer = refusal ?? (await this.server.settings.onMail?.(mail)) ?? '250 2.6.0 taken';
    if (isStalled) this.isDeaf = true;
    else if (isDropped) resetOf(this.socket);
    else this.write(answer);
  }

  private say(line: string, isLast = false): void {
    const slow = this.fault('slow-octets');
    this.saying = this.saying.then(async () => {
      this.server.settings.onLine?.(this.number, 'us', line);
      if (slow === undefined) this.write(line);
      else await this.crawl(`${line}\r\n`, slow.everyMs ?? SLOW_MS);
      if (isLast) this.socket.end();
    });
  }

  private write(line: string): void {
    if (this.socket.writable) this.socket.write(`${line}\r\n`, 'latin1');
  }

  private async crawl(text: string, everyMs: number): Promise<void> {
    for (const c of text) {
      if (!this.socket.writable) return;
      this.socket.write(c, 'latin1');
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}

class LabServer implements SmtpLabServer {
  readonly settings: SmtpLabServerSettings;
  readonly hostName: string;
  address = '';
  port = 0;
  connections = 0;
  /** Contents that came whole. */
  mails = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private faults: readonly SmtpFault[];
  private faultsSince = { at: performance.now(), mails: 0 };

  constructor(settings: SmtpLabServerSettings) {
    this.settings = settings;
    this.hostName = settings.hostName ?? 'lab.example';
    this.faults = settings.faults ?? [];
    this.server = createServer((socket) => this.take(socket));
  }

  async open(): Promise<void> {
    const { address = '127.0.0.1', port = 0 } = this.settings;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, address, () => resolve());
    });
    ({ address: this.address, port: this.port } = this.server.address() as { address: string; port: number });
  }

  private take(socket: Socket): void {
    socket.setNoDelay(true);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    const number = ++this.connections;
    if (!this.settings.tls?.isImplicit) {
      new LabConnection(this, socket, number);
      return;
    }
    const secured = this.secure(socket);
    secured.once('secure', () => new LabConnection(this, secured, number));
  }

  secure(socket: Socket): TLSSocket {
    const { key, certificate, authorities } = this.settings.tls!;
    const secureContext = createSecureContext({
      key,
      cert: certificate,
      ...(authorities === undefined ? {} : { ca: authorities }),
    });
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      requestCert: authorities !== undefined,
      rejectUnauthorized: false,
    });
    // A client that does not like our certificate goes.
    secured.on('error', () => secured.destroy());
    return secured;
  }

  fault<K extends SmtpFaultName>(kind: K): Extract<SmtpFault, { kind: K }> | undefined {
    const found = this.faults.find((it): it is Extract<SmtpFault, { kind: K }> => it.kind === kind);
    const after = found !== undefined && 'after' in found ? (found.after ?? 0) : 0;
    return this.mails - this.faultsSince.mails >= after ? found : undefined;
  }

  /** Whether `4xx-for` still holds. */
  isDeferring(): boolean {
    const fault = this.fault('4xx-for');
    return fault !== undefined && performance.now() - this.faultsSince.at < (fault.forMs ?? Number.POSITIVE_INFINITY);
  }

  setFaults(faults: readonly SmtpFault[]): void {
    this.faults = faults;
    this.faultsSince = { at: performance.now(), mails: this.mails };
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const it of this.sockets) it.destroy();
    await closed;
  }
}

/** Rejects when the port cannot be bound. */
export async function startSmtpLabServer(settings: SmtpLabServerSettings): Promise<SmtpLabServer> {
  const server = new LabServer(settings);
  await server.open();
  return server;
}
