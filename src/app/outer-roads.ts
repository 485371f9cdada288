/**
 * The roads beyond our own handsets, assembled: operators' objects, the lookups and the router, and for each road its carrier and its door. In two
 * steps, as the domain needs router and carriers before it exists, and the doors need the domain. Nothing is decided here.
 */
import { join } from 'node:path';
import type { Log, Meter, Msisdn } from '#base';
import { type DirectorySnapshot, type ObjectStore, trafficChanges } from '#directory';
import { createMm3Carrier, startMm3 } from '#endpoint/mm3';
import { openMm4 } from '#endpoint/mm4';
import { createMm7Carrier, startMm7 } from '#endpoint/mm7';
import { createEnumClient, createHttpClient, type LookupClient } from '#endpoint/numbering';
import { type Carriers, type MessageStore, type Messaging, type RoadName, roadName } from '#messaging';
import { createRouter, type ExplainingRouter, type NumberSource, portabilitySource } from '#messaging/routing';
import type { OperatorPorts, TestView } from '#operator';
import { openSmtpPool, type SmtpProbe } from '#smtp';
import { followNumbers, openNumberStore } from '#store/numbers';
import { openObjectStore } from '#store/objects';
import type { Config } from './config.js';
import { toNumberingPlan } from './config-parts.js';
import {
  toEnumClientConfig,
  toHttpClientConfig,
  toMm3Settings,
  toMm4Config,
  toMm7Config,
  toRoutingSettings,
  toSmtpPoolSettings,
} from './config-parts-roads.js';
import { type KeyedPart, opened, StartFailure } from './start-failure.js';
import { type ListenAddress, listenText } from './written-values.js';

/** Folder of the operators' objects, in the data folder. */
const OBJECTS_FOLDER = 'objects';

export interface RoadsPorts {
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => number;
}

/** Where others reach us; what is not served is absent. */
export interface RoadAddresses {
  readonly mm4?: ListenAddress;
  readonly mm3?: ListenAddress;
  readonly mm7?: ListenAddress;
}

/** Doors that are open. */
export interface OpenDoors {
  readonly addresses: RoadAddresses;
  /** Nothing new comes in; what is under way may end for `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface OuterRoads {
  readonly objects: ObjectStore;
  readonly router: ExplainingRouter;
  readonly carriers: Carriers;
  /** Absent: no MM4. */
  readonly testPeer?: (peer: string, recipient: string | undefined) => Promise<TestView>;
  /** Opens the doors, and tells the domain of far sides that operators pause and resume. */
  open(messaging: Messaging, history: MessageStore['history']): Promise<OpenDoors>;
  /** The last troubles with a far side. */
  readonly troubles: NonNullable<OperatorPorts['troubles']>;
  /** What is on its way to others may end for `graceMs`; what is left is put off. The domain's work ends no sooner. */
  stopSending(graceMs: number): Promise<void>;
  /** Closes lookups and objects: when the domain has ended its work. */
  close(): Promise<void>;
}

/** What a number store of ours, or of a gate on this machine, knows. */
async function openNumbers(
  config: Config,
  { log, now }: RoadsPorts,
): Promise<{ source: NumberSource; close(): Promise<void> } | undefined> {
  const { folder, follow } = config.routing.numbers;
  if (folder === undefined) return undefined;
  if (follow) {
    const follower = await followNumbers({ folder, log, now });
    return { source: portabilitySource('portability', follower, now), close: () => follower.close() };
  }
  const store = await openNumberStore({ folder, log, now });
  if (!store.ok)
    throw new StartFailure(`number store "${folder}": another process writes there; set routing.numbers.follow = true`, {
      key: 'routing.numbers.folder',
    });
  return { source: portabilitySource('portability', store.value, now), close: () => store.value.close() };
}

/** Lookups elsewhere that the configuration names. */
function openLookups(config: Config, { log, meter }: RoadsPorts): readonly LookupClient[] {
  const ports = { log, meter, monotonic: () => performance.now() };
  const [enumConfig, httpConfig] = [toEnumClientConfig(config), toHttpClientConfig(config)];
  return [
    ...(enumConfig ? [createEnumClient(enumConfig, ports)] : []),
    ...(httpConfig ? [createHttpClient(httpConfig, ports)] : []),
  ];
}

/** What operators change about far sides, to the domain, from now on. Gives what ends it. */
function followTraffic(messaging: Messaging, objects: ObjectStore): () => void {
  let before = objects.snapshot;
  tellTraffic(messaging, undefined, before);
  return objects.onChange((after) => {
    tellTraffic(messaging, before, after);
    before = after;
  });
}

/** One change of what operators say about far sides, to the domain: a paused one is held, one that is resumed or changed is tried. */
function tellTraffic(messaging: Messaging, before: DirectorySnapshot | undefined, after: DirectorySnapshot): void {
  for (const { kind, name, now } of trafficChanges(before, after)) {
    const road = roadName(kind === 'peer' ? { kind, peer: name } : { kind, vasp: name });
    if (now === 'held') messaging.holdRoad(road, 'paused');
    else messaging.resumeRoad(road);
  }
}

/** Name of the destination by which all mail leaves where there is a smart host. */
const MAIL_RELAY = 'mm3';
const PEER_DESTINATION = 'peer:';

/** A destination that answers again: what waits for its road goes out. Mail to single domains has a road in common, which no single one opens. */
function roadOfDestination(destination: string): RoadName | undefined {
  if (destination === MAIL_RELAY) return roadName({ kind: 'email' });
  if (!destination.startsWith(PEER_DESTINATION)) return undefined;
  return roadName({ kind: 'peer', peer: destination.slice(PEER_DESTINATION.length) });
}

/** Whether a number is a subscriber of ours, by all that routing knows. */
async function isOurs(router: ExplainingRouter, msisdn: Msisdn): Promise<boolean> {
  const address = { kind: 'number', msisdn } as const;
  const decision = await router.route({
    recipient: address,
    sender: address,
    origin: { interface: 'mm1', version: '1.0' },
    size: 0,
  });
  return decision.kind === 'road' && decision.road.kind === 'handset';
}

/** A dialogue with a peer as the operator is shown it. */
function testViewOf(probe: SmtpProbe | undefined): TestView {
  if (probe === undefined) return { ok: false, text: 'there is no such peer', dialogue: [] };
  const { recipients } = probe.outcome;
  const refused = recipients.find((one) => one.kind !== 'taken');
  const text = refused === undefined ? 'the peer would take a message' : refused.detail;
  return { ok: refused === undefined, text, dialogue: probe.dialogue.map((line) => ({ ...line })) };
}

/** A door, for the words of a failure. Absent: it has no listener, and only what stands behind it can fail. */
const listenPart = (door: string, listen: ListenAddress | undefined): KeyedPart | string =>
  listen === undefined ? door : { key: `${door}.listen`, value: listenText(listen) };

/** Rejects with a StartFailure when something cannot be had; then everything opened before is closed again. */
export async function openRoads(config: Config, ports: RoadsPorts): Promise<OuterRoads> {
  const { log, meter, now } = ports;
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const folder = join(config.data.folder, OBJECTS_FOLDER);
    const objects = await opened(`objects "${folder}"`, () => openObjectStore({ folder }, { log, now }));
    closing.push(() => objects.close());

    const numbers = await openNumbers(config, ports);
    if (numbers) closing.push(() => numbers.close());
    const lookups = openLookups(config, ports);
    closing.push(async () => void (await Promise.all(lookups.map((lookup) => lookup.close()))));
    const sources = [...(numbers ? [numbers.source] : []), ...lookups];
    const router = createRouter({ directory: objects, sources }, toRoutingSettings(config));

    /** Set when there is a domain to be told. */
    let onCircuitClosed: (destination: string) => void = () => {};
    const pool = openSmtpPool(toSmtpPoolSettings(config), {
      log,
      meter,
      now,
      onCircuit: (destination, circuit) => {
        if (circuit === 'closed') onCircuitClosed(destination);
      },
    });
    const mm4Config = toMm4Config(config);
    const mm4 =
      mm4Config && openMm4(mm4Config, { directory: objects, pool, log, meter, now, isOurs: (msisdn) => isOurs(router, msisdn) });
    const mm7Config = toMm7Config(config);
    const mm3Settings = toMm3Settings(config);
    const mm3 = mm3Settings && createMm3Carrier(mm3Settings, { pool, now, log });
    const mm7 = mm7Config && createMm7Carrier(mm7Config.relayServerId, { directory: objects, log, meter, now });

    return {
      objects,
      router,
      carriers: { ...(mm4 ? { peer: mm4.carrier } : {}), ...(mm3 ? { email: mm3 } : {}), ...(mm7 ? { vasp: mm7 } : {}) },
      ...(mm4 ? { testPeer: async (name, recipient) => testViewOf(await mm4.testPeer(name, recipient)) } : {}),
      troubles: (kind, name) => {
        const trouble =
          kind === 'peer' ? pool.health().find((one) => one.name === PEER_DESTINATION + name)?.lastTrouble : undefined;
        return trouble === undefined ? [] : [trouble];
      },
      stopSending: async (graceMs) => void (await Promise.all([pool.close(graceMs), mm7?.close(graceMs)])),
      close,

      async open(messaging, history) {
        const doors: { close(graceMs: number): Promise<void> }[] = [];
        const closeDoors = async (graceMs: number): Promise<void> =>
          void (await Promise.all(doors.splice(0).map((door) => door.close(graceMs))));
        try {
          const unheard = followTraffic(messaging, objects);
          doors.push({ close: async () => unheard() });
          onCircuitClosed = (destination) => {
            const road = roadOfDestination(destination);
            if (road !== undefined) messaging.resumeRoad(road);
          };
          const peers = mm4 && (await opened(listenPart('mm4', config.mm4.listen), () => mm4.listen(messaging)));
          if (peers) doors.push(peers);
          const mail =
            mm3Settings &&
            mm3 &&
            (await opened(listenPart('mm3', config.mm3.listen), () =>
              startMm3(mm3Settings, { messaging, pool, directory: objects, now, log, meter }, mm3),
            ));
          if (mail) doors.push(mail);
          const vasps =
            mm7Config &&
            (await opened(listenPart('mm7', mm7Config.listen), () =>
              startMm7(mm7Config, {
                messaging,
                directory: objects,
                numbering: toNumberingPlan(config),
                history,
                log,
                meter,
                now,
              }),
            ));
          if (vasps) doors.push(vasps);
          const [listener] = peers?.listeners ?? [];
          return {
            addresses: {
              ...(listener ? { mm4: { host: listener.address, port: listener.port } } : {}),
              ...(mail?.listener ? { mm3: { host: mail.listener.address, port: mail.listener.port } } : {}),
              ...(vasps ? { mm7: vasps.address } : {}),
            },
            close: closeDoors,
          };
        } catch (e) {
          await closeDoors(0);
          throw e;
        }
      },
    };
  } catch (e) {
    await close();
    throw e;
  }
}
