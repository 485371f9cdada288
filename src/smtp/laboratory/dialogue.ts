/** A client of the laboratory: says what it is told to, octet for octet, and shows what comes back. For tests, and for playing a peer that misbehaves. */
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls';

export interface SmtpDialogueSettings {
  /** Default 127.0.0.1. */
  readonly address?: string;
  readonly port: number;
  /** Implicit TLS. */
  readonly tls?: ConnectionOptions;
  /** Every line, both ways, for a person who watches. */
  readonly onLine?: (from: 'us' | 'them', line: string) => void;
}

const LAST_LINE = /^\d{3}(?: [^\n]*)?\r\n/m;

export class SmtpDialogue {
  private socket: Socket;
  private readonly onLine: (from: 'us' | 'them', line: string) => void;
  private came = '';
  private isClosed = false;
  private wake: () => void = () => {};

  private constructor(socket: Socket, onLine: SmtpDialogueSettings['onLine']) {
    this.onLine = onLine ?? (() => {});
    this.socket = socket;
    this.use(socket);
  }

  /** Resolves when the connection stands; the banner is the first reply. */
  static async open({ address = '127.0.0.1', port, tls, onLine }: SmtpDialogueSettings): Promise<SmtpDialogue> {
    const socket = tls === undefined ? connect({ port, host: address }) : connectTls({ host: address, port, ...tls });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => resolve());
    });
    socket.setNoDelay(true);
    return new SmtpDialogue(socket, onLine);
  }

  private use(socket: Socket): void {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.came += chunk.toString('latin1');
      this.wake();
    });
    // A reset is an end like any other here.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (socket !== this.socket) return;
      this.isClosed = true;
      this.wake();
    });
  }

  /** Sends these octets and nothing else. */
  octets(octets: Uint8Array | string): void {
    this.socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
  }

  /** Sends a line. */
  say(line: string): void {
    this.onLine('us', line);
    this.octets(`${line}\r\n`);
  }

  /** The next reply, its lines joined by a line feed; undefined when the connection has ended. */
  async reply(): Promise<string | undefined> {
    for (;;) {
      const found = LAST_LINE.exec(this.came);
      if (found !== null) {
        const end = found.index + found[0].length;
        const reply = this.came.slice(0, end - 2).replaceAll('\r\n', '\n');
        this.came = this.came.slice(end);
        for (const line of reply.split('\n')) this.onLine('them', line);
        return reply;
      }
      if (this.isClosed) return undefined;
      await this.change();
    }
  }

  /** Sends a line and waits for its reply. */
  ask(line: string): Promise<string | undefined> {
    this.say(line);
    return this.reply();
  }

  /** Waits for the end of the connection, and returns what came and was not taken as a reply. */
  async ended(): Promise<string> {
    while (!this.isClosed) await this.change();
    return this.came;
  }

  /** After 220 to STARTTLS. Rejects with what TLS says. */
  async secure(options: ConnectionOptions): Promise<TLSSocket> {
    const plain = this.socket;
    plain.removeAllListeners('data');
    const secured = connectTls({ socket: plain, ...options });
    await new Promise<void>((resolve, reject) => {
      secured.once('error', reject);
      secured.once('secureConnect', () => resolve());
    });
    this.use(secured);
    return secured;
  }

  /** Closes without a word. */
  close(): void {
    this.socket.end();
  }

  /** Resets the connection. */
  reset(): void {
    resetOf(this.socket);
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

/** Node cannot reset below TLS: there the connection just ends, in the middle of whatever it is. */
export function resetOf(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
