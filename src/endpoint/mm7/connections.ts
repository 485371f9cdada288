/** Connections of VASPs: which accounts have been seen on each, and how many each account has. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Vasp } from '#directory';

export interface Connection {
  readonly socket: Socket;
  readonly accounts: Set<string>;
  /** Requests that are not answered. */
  exchanges: number;
}

export class Connections {
  private readonly open = new Map<Duplex, Connection>();
  private readonly ofAccount = new Map<string, number>();

  get size(): number {
    return this.open.size;
  }

  /** Takes note of a connection until it closes. */
  add(socket: Socket): void {
    const connection: Connection = { socket, accounts: new Set(), exchanges: 0 };
    this.open.set(socket, connection);
    socket.on('close', () => {
      this.open.delete(socket);
      for (const name of connection.accounts) this.leave(name);
    });
  }

  of(socket: Duplex): Connection | undefined {
    return this.open.get(socket);
  }

  /** Counts the connection as the account's. False: it has too many already. */
  join(connection: Connection | undefined, { name, limits }: Vasp): boolean {
    if (connection === undefined || connection.accounts.has(name)) return true;
    const count = this.ofAccount.get(name) ?? 0;
    if (count >= limits.connectionsMax) return false;
    connection.accounts.add(name);
    this.ofAccount.set(name, count + 1);
    return true;
  }

  /** Closes those on which nothing is under way. */
  closeIdle(): void {
    for (const { exchanges, socket } of this.open.values()) if (exchanges === 0) socket.destroy();
  }

  private leave(name: string): void {
    const left = (this.ofAccount.get(name) ?? 1) - 1;
    if (left === 0) this.ofAccount.delete(name);
    else this.ofAccount.set(name, left);
  }
}
