/** Listening of the operator's servers: sockets made with the right permissions, stale ones replaced, and an end that waits for answers. */
import { lstat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** Permissions of the operator's socket are what this mask leaves: read and write for owner and group. */
const SOCKET_UMASK = 0o117;

/** Connections of one listener. Unit: connections. Source: a few people and collectors; each open one costs a descriptor of the handsets'. */
export const CONNECTIONS_MAX = 64;

const listening = (server: Server, begin: () => void): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    begin();
  });

/** True when a process answers on the socket. */
const answers = (path: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (e: NodeJS.ErrnoException) => {
      if (e.code === 'ECONNREFUSED' || e.code === 'ENOENT') resolve(false);
      else reject(e);
    });
  });

/** Removes the socket that a dead process left. Throws when a living one holds it, or when the path is something else than a socket. */
async function clearSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((e: NodeJS.ErrnoException) => {
    if (e.code === 'ENOENT') return undefined;
    throw e;
  });
  if (!found) return;
  if (!found.isSocket()) throw new Error(`${path} exists and is no socket`);
  if (await answers(path)) throw new Error(`another process is listening on ${path}`);
  await unlink(path);
}

/** Listens on a unix socket that only owner and group may use. */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  await clearSocket(path);
  await listening(server, () => {
    // The mask belongs to the whole process; listen() makes the socket before it returns, so nothing else of this thread runs under it.
    const before = process.umask(SOCKET_UMASK);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
  });
}

/** Listens on TCP; gives the address taken. */
export async function listenOnTcp(
  server: Server,
  where: { readonly host: string; readonly port: number },
): Promise<{ host: string; port: number }> {
  await listening(server, () => server.listen({ ...where, exclusive: true }));
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}

/** How long answers under way may take once a listener closes. Unit: milliseconds. Source: the slowest is a page of messages. */
const CLOSE_MS = 2_000;

/** Stops accepting, lets answers under way finish for a bounded time. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
