/**
 * One kept HTTP connection, one request at a time: for benchmarks whose next request depends on the last answer.
 * Where requests are independent, `httpLoad` is the tool.
 */
import { connect, type Socket } from 'node:net';
import { readAnswer } from './http-load.js';

export interface RawAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export class RawConnection {
  private readonly socket: Socket;
  private buffered: Buffer = Buffer.alloc(0);
  private waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | undefined;
  private failed: Error | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.received(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('connection closed')));
  }

  static open(host: string, port: number): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true });
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawConnection(socket));
      });
      socket.once('error', reject);
    });
  }

  /** Sends one whole request and resolves with its answer. Rejects when the connection breaks. */
  request(octets: Uint8Array): Promise<RawAnswer> {
    if (this.failed) return Promise.reject(this.failed);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(octets);
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private received(chunk: Buffer): void {
    this.buffered = this.buffered.length === 0 ? chunk : Buffer.concat([this.buffered, chunk]);
    const answer = readAnswer(this.buffered);
    if (answer === 'incomplete') return;
    if (answer === 'foreign') {
      this.fail(new Error('an answer this client does not understand'));
      return;
    }
    this.buffered = this.buffered.subarray(answer.length);
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.resolve(answer);
  }

  private fail(error: Error): void {
    this.failed ??= error;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}
