/** The double behind sockets: three application servers on one listener, as a gate has them. */

import { type AssociationSettings, type Associations, createAssociations } from '#association';
import { silentLog } from '#base';
import { GateDouble, type PlantedFault } from './gate-double.contract.js';
import { NETWORK, PLACES, type Place } from './laboratory.js';
import type { GateSettings } from './oracle.js';
import { ASP_IDENTIFIERS, type PlaceSettings } from './places.js';
import { Simulation, type SimulationResult, type SimulationSettings } from './simulate.js';
import { GATE, SUBSCRIBERS } from './traffic-testbed.contract.js';

export interface RunningDouble {
  readonly places: Readonly<Record<Place, PlaceSettings>>;
  close(): Promise<void>;
}

function settingsOf(conversation: 'm3ua' | 'ipa'): AssociationSettings {
  const listener = { name: 'all', transport: 'tcp', protocol: conversation, localAddresses: ['127.0.0.1'], port: 0 } as const;
  if (conversation === 'ipa')
    return {
      listeners: [listener],
      links: PLACES.map((place) => ({
        role: 'ipa',
        name: place,
        accept: { listener: 'all', match: { unitName: place } },
        ownPointCode: NETWORK.gatePointCode,
        peerPointCode: NETWORK.pointCodes[place],
      })),
    };
  return {
    listeners: [listener],
    gateway: {
      peers: PLACES.map((place) => ({ name: place, listener: 'all', match: { aspIdentifier: ASP_IDENTIFIERS[place] } })),
      recoveryMs: 200,
    },
    links: PLACES.map((place) => ({
      role: 'gateway',
      name: place,
      routingContext: NETWORK.routingContexts[place],
      trafficMode: 'loadshare',
      peers: [place],
    })),
  };
}

/** Runs the tool against the double over sockets, by these settings where they are given. */
export async function simulateDouble(
  settings: Pick<SimulationSettings, 'profile' | 'seed' | 'schedule'> & Partial<SimulationSettings>,
  double: DoubleWish = {},
): Promise<SimulationResult> {
  const running = await startDouble(settings.gate ?? GATE, SUBSCRIBERS, double);
  try {
    const common = { inFlightMax: 1_000, timeoutMs: 1_500, gate: GATE, places: running.places, subscribers: SUBSCRIBERS };
    return await new Simulation({ ...common, ...settings }, { log: silentLog }).run();
  } finally {
    await running.close();
  }
}

export interface DoubleWish {
  readonly fault?: PlantedFault;
  readonly conversation?: 'm3ua' | 'ipa';
}

export async function startDouble(
  gate: GateSettings,
  subscribers: number,
  { fault = 'none', conversation = 'm3ua' }: DoubleWish = {},
): Promise<RunningDouble> {
  const double = new GateDouble(gate, subscribers, fault);
  const created = createAssociations(settingsOf(conversation), {
    log: silentLog,
    user: {
      onTransfer(link, data) {
        double.receive(link.name as Place, data, performance.now());
        for (const { place, data: out } of double.out.splice(0)) associations.link(place)!.transfer(out);
      },
      onState: () => {},
      onDestination: () => {},
      onUndeliverable: () => {},
    },
  });
  if (!created.ok) throw new Error(created.error.text);
  const associations: Associations = created.value;
  const started = await associations.start();
  if (!started.ok) throw new Error(started.error.text);
  const { address, port } = associations.listening.get('all')!;
  const place: PlaceSettings = { conversation, transport: 'tcp', addresses: [address], port };
  return {
    places: { access: place, centre: place, platform: place },
    close: () => associations.stop(0),
  };
}
