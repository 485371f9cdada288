/**
 * The `mmsc` program, assembled: store, domain, push, MM1, operator API, monitoring, and the pump that drives what is due. It runs with all
 * its ports or not at all. Nothing is decided here.
 *
 * MM1 is opened before push, as the addresses in notifications are made of its real port; the pump comes last, when everything it needs is
 * there. What closes goes the other way: first nothing new comes in, then what is under way ends, then the store is closed.
 */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Log } from '#base';
import { startMm1 } from '#endpoint/mm1';
import { createKannelNotifier, startLabPush } from '#endpoint/push';
import { createMessaging, type MessagingEvent, type Notifier, type Policy } from '#messaging';
import { type OperatorConfig, type StatusView, startMonitoring, startOperatorApi } from '#operator';
import { diskRecordFiles, startRecorder } from '#store/charging';
import { type EmbeddedStore, openEmbeddedStore } from '#store/embedded';
import { closeInOrder, type Part } from './closing.js';
import type { Config } from './config.js';
import {
  contentUrl,
  mmscUrl,
  toKannelConfig,
  toLabPushConfig,
  toMm1Config,
  toNumberingPlan,
  toOperatorConfig,
  toPolicy,
} from './config-parts.js';
import { toChargingSettings } from './config-parts-roads.js';
import { type ConnectionLimits, fitConnections, isFew, openFilesMax } from './file-limit.js';
import { startHousekeeping } from './housekeeping.js';
import { openMetrics } from './metrics.js';
import { observeEvents } from './observation.js';
import { openRoads, type RoadAddresses } from './outer-roads.js';
import { type KeyedPart, opened } from './start-failure.js';
import { VERSION } from './version.js';
import { startWorkPump } from './work-pump.js';
import { type ListenAddress, listenText } from './written-values.js';

/** What the program gets from whoever runs it. */
export interface Surroundings {
  readonly log: Log;
  /** Wall clock, epoch milliseconds. Absent: the system's. */
  readonly now?: () => number;
  /** Sees the domain's events as well, once they are durable. Must not throw. */
  readonly observe?: (events: readonly MessagingEvent[]) => void;
}

/** Where a running program can be reached; with the real ports where the configuration says 0. */
export interface Addresses extends RoadAddresses {
  /** What a handset has as its MMSC address. */
  readonly mmsc: string;
  /** What content addresses begin with. */
  readonly content: string;
  /** Where the laboratory's handsets connect; absent with another kind of push. */
  readonly push?: ListenAddress;
  readonly operatorSocket: string;
  /** Absent when the operator API is not on TCP. */
  readonly operator?: ListenAddress;
  readonly monitoring: ListenAddress;
}

export interface RunningMmsc {
  readonly addresses: Addresses;
  /** Stops accepting, lets what is under way finish within program.stop-within, closes the store. A second call waits for the same end. */
  close(): Promise<void>;
}

type PartName =
  | 'mm1'
  | 'doors'
  | 'work'
  | 'sending'
  | 'housekeeping'
  | 'push'
  | 'operator'
  | 'roads'
  | 'charging'
  | 'store'
  | 'monitoring';

/** What closes together, first row first: nothing new comes in, what is under way ends, then what it needed goes. */
const CLOSING: readonly (readonly PartName[])[] = [
  ['mm1', 'doors'],
  ['work', 'sending', 'housekeeping'],
  ['push', 'operator', 'roads'],
  ['charging'],
  ['store'],
  ['monitoring'],
];

/** The push that the configuration names. `notifier` works as soon as this resolves. */
async function openPush(
  config: Config,
  content: string,
  connectionsMax: number,
  ports: Parameters<typeof startLabPush>[1],
): Promise<{ readonly notifier: Notifier; readonly address?: ListenAddress; close(): Promise<void> }> {
  if (config.push.kind === 'kannel') return createKannelNotifier({ ...toKannelConfig(config, content), connectionsMax }, ports);
  const lab = await startLabPush({ ...toLabPushConfig(config, content), connectionsMax }, ports);
  return { notifier: lab.notifier, address: { host: lab.address.address, port: lab.address.port }, close: () => lab.close() };
}

const operatorPlace = ({ socket, tcp }: OperatorConfig): string =>
  `operator "${socket}"${tcp ? ` and "${listenText(tcp)}"` : ''}`;

const pushPart = ({ push }: Config): string | KeyedPart =>
  push.kind === 'lab' ? { key: 'push.lab.listen', value: listenText(push.lab.listen) } : 'push.kannel';

/** The connections of the configuration, or what the limit of open files leaves of them. A laboratory does not miss them unless few are left. */
function connectionLimits({ mm1, push }: Config, log: Log): ConnectionLimits {
  const openFiles = openFilesMax();
  const configured = {
    mm1: mm1['connections-max'],
    push: push.kind === 'lab' ? push.lab['connections-max'] : push.kannel['connections-max'],
  };
  const limits = fitConnections(configured, openFiles);
  if (limits.mm1 < configured.mm1 || limits.push < configured.push) {
    const level = mm1.identity.mode === 'lab' && !isFew(limits) ? 'debug' : 'warn';
    log[level](
      { openFiles, mm1Connections: limits.mm1, pushConnections: limits.push },
      'fewer connections than configured: the limit of open files leaves no more; raise it (ulimit -n, LimitNOFILE)',
    );
  }
  return limits;
}

/** A data folder that this program makes is for owner and group; one that it finds may be open to everybody, with all messages in it. */
function warnOfOpenFolder(folder: string, log: Log): void {
  const mode = statSync(folder).mode & 0o777;
  if ((mode & 0o007) !== 0)
    log.warn({ folder, mode: mode.toString(8) }, 'every user of this machine can look into the data folder (chmod o-rwx)');
}

/** Starts the program. Rejects with a StartFailure when something cannot be had; then everything opened before is closed again. */
export async function startMmsc(config: Config, { log, now = Date.now, observe }: Surroundings): Promise<RunningMmsc> {
  const startedAt = now();
  const metrics = openMetrics();
  metrics.gauge('angarium_build_info', 'Always 1; the version is in the label.', ['version']).set(1, { version: VERSION });
  const connections = connectionLimits(config, log);
  const parts = new Map<PartName, Part>();
  const keep = <T extends Part>(name: PartName, part: T): T => {
    parts.set(name, part);
    return part;
  };

  let store: EmbeddedStore | undefined;
  let phase: 'starting' | 'running' | 'stopping' = 'starting';
  const unready = (): string[] => {
    const health = store?.health();
    return [
      ...(phase === 'running' ? [] : [phase]),
      ...(health && !health.writable ? [`store: ${health.reason ?? 'not writable'}`] : []),
    ];
  };

  metrics.watch('angarium_ready', '1 when /readyz says so.', () => (unready().length === 0 ? 1 : 0));

  const closeAll = (): Promise<void> => closeInOrder(CLOSING, parts, config.program['stop-within'], log);

  try {
    const monitoring = keep(
      'monitoring',
      await opened({ key: 'monitoring.listen', value: listenText(config.monitoring.listen) }, () =>
        startMonitoring(config.monitoring, { metrics, unready }),
      ),
    );
    const opening = await opened(`data folder "${config.data.folder}"`, () =>
      openEmbeddedStore({ folder: config.data.folder, log, meter: metrics, logEvents: config.charging.folder !== undefined }),
    );
    store = keep('store', opening);
    warnOfOpenFolder(config.data.folder, log);

    const roads = keep('roads', await openRoads(config, { log, meter: metrics, now }));
    keep('sending', { close: (graceMs) => roads.stopSending(graceMs) });
    const { events } = opening;
    const charging = toChargingSettings(config, (peer) => roads.objects.snapshot.peer(peer)?.domains[0]);
    if (charging && events) {
      const ports = { log, meter: metrics, events, files: diskRecordFiles(charging.folder), now };
      keep('charging', await opened({ key: 'charging.folder', value: charging.folder }, () => startRecorder(charging, ports)));
    }
    const observed = observeEvents(log, metrics);
    const policy: Policy = toPolicy(config);
    // Set before the pump, which is what pushes, begins.
    let notifier: Notifier | undefined;
    const messaging = createMessaging(
      {
        messages: opening.messages,
        handsets: opening.handsets,
        notifier: { push: (push) => notifier!.push(push) },
        router: roads.router,
        carriers: roads.carriers,
        versionTold: (msisdn) => roads.objects.snapshot.subscriber(msisdn)?.handset.version,
        now,
        monotonic: () => performance.now(),
        randomOctets: randomBytes,
        observe: (events) => {
          observed(events);
          observe?.(events);
        },
      },
      policy,
    );

    const mm1 = keep(
      'mm1',
      await opened({ key: 'mm1.listen', value: listenText(config.mm1.listen) }, () =>
        startMm1(
          { ...toMm1Config(config), connectionsMax: connections.mm1 },
          {
            messaging,
            numbering: toNumberingPlan(config),
            log,
            meter: metrics,
            now,
            writable: () => opening.health().writable,
          },
        ),
      ),
    );
    const listening: ListenAddress = { host: config.mm1.listen.host, port: mm1.address.port };
    const content = contentUrl(config, listening);

    const push = keep(
      'push',
      await opened(pushPart(config), () =>
        openPush(config, content, connections.push, {
          log,
          meter: metrics,
          onReachable: (msisdn) => {
            messaging.handsetReachable(msisdn).catch((e: unknown) => log.error({ err: e, msisdn }, 'hastening failed'));
          },
        }),
      ),
    );
    notifier = push.notifier;

    const doors = keep('doors', await roads.open(messaging, (id) => opening.messages.history(id)));

    const status = async (): Promise<StatusView> => {
      const { writable, reason } = opening.health();
      const disk = opening.diskUse();
      const nextDueAt = await opening.messages.nextDueAt();
      const reasons = unready();
      return {
        version: VERSION,
        startedAt: new Date(startedAt).toISOString(),
        uptimeSeconds: Math.floor((now() - startedAt) / 1000),
        ready: reasons.length === 0,
        reasons,
        store: {
          writable,
          ...(reason === undefined ? {} : { reason }),
          diskBytes: disk.segmentTotal + disk.database + disk.log,
          contentBytes: disk.segmentLive,
        },
        queue: nextDueAt === undefined ? {} : { nextDueAt: new Date(nextDueAt).toISOString() },
      };
    };
    const operatorConfig = toOperatorConfig(config);
    const operator = keep(
      'operator',
      await opened(operatorPlace(operatorConfig), () =>
        startOperatorApi(
          operatorConfig,
          {
            messages: opening.messages,
            objects: roads.objects,
            roads: messaging,
            router: roads.router,
            troubles: roads.troubles,
            ...(roads.testPeer ? { testPeer: roads.testPeer } : {}),
            status,
            log,
            meter: metrics,
          },
          VERSION,
        ),
      ),
    );

    const pump = keep('work', startWorkPump({ work: () => messaging.workDue(), stop: () => messaging.stopWork(), now, log }));
    opening.messages.onDue(() => pump.wake());
    keep(
      'housekeeping',
      startHousekeeping(() => messaging.housekeep(), log),
    );

    phase = 'running';
    const addresses: Addresses = {
      mmsc: mmscUrl(config, listening),
      content,
      ...(push.address ? { push: push.address } : {}),
      operatorSocket: operator.socket,
      ...(operator.tcp ? { operator: operator.tcp } : {}),
      ...doors.addresses,
      monitoring: monitoring.address,
    };
    let closing: Promise<void> | undefined;
    return {
      addresses,
      close() {
        phase = 'stopping';
        closing ??= closeAll();
        return closing;
      },
    };
  } catch (e) {
    // What does not close is in the log; what kept the program from starting is what counts.
    await closeAll().catch(() => {});
    throw e;
  }
}
