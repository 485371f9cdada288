/** Associations on the kernel's SCTP. */
import { isIP } from 'node:net';
import { err, type Log, ok, type Result } from '#base';
import { CONNECT_MS, LISTEN_BACKLOG, LISTENER_CONNECTIONS_MAX } from '../bounds.js';
import type {
  Accept,
  Connector,
  ConnectorUser,
  ConnectTerms,
  Listener,
  ListenTerms,
  Transport,
  TransportError,
} from '../port.js';
import { SctpAssociation, type SctpKernel } from './association.js';
import { ERRNO, errnoText, loadLibc } from './libc.js';
import { SctpMessages } from './messages.js';
import { Poller, READABLE, WRITABLE } from './poller.js';
import { SctpSockets } from './socket.js';
import { ACCEPT_FLAGS } from './structures.js';

/** The transport of this process. An error where there is no binding for the machine; whether the kernel has SCTP shows with the first socket. */
export async function openSctp(log: Log): Promise<Result<Transport, TransportError>> {
  const libc = await loadLibc();
  if (!libc.ok) return libc;
  const kernel: SctpKernel = {
    sockets: new SctpSockets(libc.value, log),
    poller: new Poller(libc.value),
    messages: new SctpMessages(libc.value),
    log,
  };
  return ok({
    connector: (terms, user) => connectorOf(kernel, terms, user),
    listen: (terms, accept) => Promise.resolve(listen(kernel, terms, accept)),
  });
}

/** How long a listener rests when an association could not be accepted. Unit: milliseconds. */
const ACCEPT_REST_MS = 1_000;

/** SCTP is given addresses, not names: all of them are told to the peer. */
function notAddresses(addresses: readonly string[]): TransportError | undefined {
  const name = addresses.find((it) => isIP(it) === 0);
  return name === undefined ? undefined : { kind: 'settings', text: `${name} is no IP address` };
}

function connectorOf(kernel: SctpKernel, terms: ConnectTerms, user: ConnectorUser): Result<Connector, TransportError> {
  const wrong = notAddresses([...terms.localAddresses, ...terms.remoteAddresses]);
  if (wrong !== undefined) return err(wrong);
  // Without SCTP there is nothing to try again: found out now, and not with every attempt.
  const trial = kernel.sockets.open(familiesOf(terms), terms.sctp, nameOf(terms));
  if (!trial.ok) return trial;
  kernel.sockets.libc.close(trial.value);
  return ok(new SctpConnector(kernel, terms, user));
}

const familiesOf = (terms: ConnectTerms): readonly string[] => [...terms.remoteAddresses, ...terms.localAddresses];
const nameOf = (terms: ConnectTerms): string => `${terms.remoteAddresses[0]}:${terms.remotePort}`;

class SctpConnector implements Connector {
  private readonly kernel: SctpKernel;
  private readonly terms: ConnectTerms;
  private readonly user: ConnectorUser;
  private fd: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(kernel: SctpKernel, terms: ConnectTerms, user: ConnectorUser) {
    this.kernel = kernel;
    this.terms = terms;
    this.user = user;
  }

  connect(): void {
    const { sockets, poller } = this.kernel;
    const { localAddresses, localPort, remoteAddresses, remotePort, sctp } = this.terms;
    const opened = sockets.open(familiesOf(this.terms), sctp, nameOf(this.terms));
    if (!opened.ok) {
      setImmediate(() => this.user.failed(opened.error.text));
      return;
    }
    const fd = opened.value;
    this.fd = fd;
    const errno = sockets.bind(fd, localAddresses, localPort) || sockets.connect(fd, remoteAddresses, remotePort);
    if (errno !== 0) {
      setImmediate(() => this.fail(fd, errnoText(errno)));
      return;
    }
    poller.add(fd, WRITABLE, () => this.finish(fd));
    this.timer = setTimeout(() => this.fail(fd, `no answer within ${CONNECT_MS} ms`), CONNECT_MS);
  }

  private finish(fd: number): void {
    const errno = this.kernel.sockets.errorOf(fd);
    if (errno !== 0) {
      this.fail(fd, errnoText(errno));
      return;
    }
    this.leave();
    const association = new SctpAssociation(this.kernel, fd, this.terms.queueOctetsMax);
    const user = this.user.up(association);
    if (user === undefined) association.refuse();
    else association.use(user);
  }

  /** The descriptor is somebody else's now, or closed. */
  private leave(): void {
    clearTimeout(this.timer);
    if (this.fd !== undefined) this.kernel.poller.remove(this.fd);
    this.fd = undefined;
  }

  private fail(fd: number, why: string): void {
    if (this.fd !== fd) return;
    this.leave();
    this.kernel.sockets.libc.close(fd);
    this.user.failed(`${nameOf(this.terms)}: ${why}`);
  }

  stop(): void {
    const { fd } = this;
    this.leave();
    if (fd !== undefined) this.kernel.sockets.libc.close(fd);
  }
}

function listen(kernel: SctpKernel, terms: ListenTerms, accept: Accept): Result<Listener, TransportError> {
  const { sockets, poller } = kernel;
  const { libc } = sockets;
  const wrong = notAddresses(terms.localAddresses);
  if (wrong !== undefined) return err(wrong);
  const where = `${terms.localAddresses.join() || '*'}:${terms.port}`;
  const opened = sockets.open(terms.localAddresses, terms.sctp, where);
  if (!opened.ok) return opened;
  const fd = opened.value;
  const refused = (errno: number): Result<Listener, TransportError> => {
    libc.close(fd);
    const why =
      errno === ERRNO.ENOSYS ? 'the kernel cannot sign cookies: load its modules hmac and md5, or sha1' : errnoText(errno);
    return err({ kind: 'address-refused', text: `cannot listen on ${where}: ${why}` });
  };
  const errno = sockets.bind(fd, terms.localAddresses, terms.port);
  if (errno !== 0) return refused(errno);
  if (libc.listen(fd, LISTEN_BACKLOG) < 0) return refused(libc.errno());
  poller.add(fd, READABLE, () => acceptAll(kernel, fd, terms, accept));
  const { addresses, port } = sockets.addressesOf(fd, 'local');
  const close = (): Promise<void> => {
    poller.remove(fd);
    libc.close(fd);
    return Promise.resolve();
  };
  return ok({ address: terms.localAddresses[0] ?? addresses[0] ?? '::', port, close });
}

/** Associations that wait for `accept`, as many as there are; they inherit the listener's settings. */
function acceptAll(kernel: SctpKernel, listener: number, terms: ListenTerms, accept: Accept): void {
  for (let i = 0; i < LISTENER_CONNECTIONS_MAX; i++) {
    const fd = kernel.sockets.libc.accept4(listener, null, null, ACCEPT_FLAGS);
    if (fd < 0) {
      if (kernel.sockets.libc.errno() !== ERRNO.EAGAIN) rest(kernel, listener);
      return;
    }
    welcome(new SctpAssociation(kernel, fd, terms.queueOctetsMax, (again) => welcome(again, terms, accept)), terms, accept);
  }
}

/** Out of descriptors, as a rule: what waits would be offered again at once and for ever. */
function rest({ poller }: SctpKernel, listener: number): void {
  poller.change(listener, 0);
  setTimeout(() => poller.change(listener, READABLE), ACCEPT_REST_MS).unref();
}

function welcome(association: SctpAssociation, terms: ListenTerms, accept: Accept): void {
  const allowed = association.peer.addresses.every((it) => terms.allows(it));
  const user = allowed ? accept(association) : undefined;
  if (user === undefined) association.refuse();
  else association.use(user);
}
