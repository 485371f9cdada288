/** A run: brings the places into traffic, lets the schedule send, and says what came of it. */

import type { InProcessNetwork } from '#association';
import type { Log } from '#base';
import type { ProtocolData } from '#codec/m3ua';
import { type CentreBehaviour, type PlatformBehaviour, PROMPT } from './answering.js';
import { CaptureFile } from './capture-file.js';
import { Disturber } from './disturber.js';
import { NETWORK, type Network, type Place } from './laboratory.js';
import type { GateSettings } from './oracle.js';
import { Outages } from './outages.js';
import type { Draft } from './pending.js';
import { type PlaceSettings, Places } from './places.js';
import { PROFILES, type Profile, type ProfileName } from './profiles.js';
import { DEFAULT_REFUSAL, type Refusal } from './rejection.js';
import { Schedule, type ScheduleSettings } from './schedule.js';
import { Source } from './source.js';
import type { Report } from './tally.js';
import { Traffic } from './traffic.js';
import { Valve } from './valve.js';

/** How long the places may take to come into traffic. Unit: milliseconds. */
const START_MS = 10_000;
/** How often the schedule is looked at. Unit: milliseconds. */
const TICK_MS = 1;
/** After the last message has ended: a second answer to one of them would come in this time. Unit: milliseconds. */
const LISTEN_ON_MS = 250;
/** What is looked at for progress. Unit: milliseconds. */
const PROGRESS_MS = 1_000;
/** Segments of profile `segmented`. Unit: octets. Source: small enough that every full text needs two or three. */
const SEGMENT_OCTETS = 90;

export interface SimulationSettings {
  readonly profile: ProfileName;
  readonly seed: number;
  /** Bursts come from the profile. */
  readonly schedule: Omit<ScheduleSettings, 'bursts'>;
  /** Sends nothing more after this time, though the schedule is behind. Absent: the schedule is kept to its last message. */
  readonly durationMaxMs?: number;
  readonly inFlightMax: number;
  readonly timeoutMs: number;
  readonly gate: GateSettings;
  readonly refusal?: Refusal;
  readonly network?: Network;
  /** Places without settings take no part: messages from there are counted as not sent. */
  readonly places: Readonly<Partial<Record<Place, PlaceSettings>>>;
  /** Of each kind. */
  readonly subscribers: number;
  readonly centre?: CentreBehaviour;
  readonly platform?: PlatformBehaviour;
  /** The gate may shed load: what comes back for congestion is counted as excused. */
  readonly allowsCongestion?: boolean;
  /**
   * What is lost, or cannot be sent, while a place's link is out of traffic, and for so long after, is no fault. Absent: it is one.
   * Unit: milliseconds.
   */
  readonly outageRecoveryMs?: number;
  readonly capture?: { readonly path: string; readonly octetsMax: number };
  /** Instead of the profile's messages: those of a capture, say. */
  readonly drafts?: readonly Draft[];
}

export interface Progress {
  readonly elapsedMs: number;
  readonly total: number;
  readonly sent: number;
  readonly ended: number;
  readonly inFlight: number;
  readonly faults: number;
}

export interface SimulationPorts {
  readonly log: Log;
  readonly inProcess?: InProcessNetwork;
  onProgress?(progress: Progress): void;
}

export interface SimulationResult extends Report {
  readonly profile: ProfileName;
  readonly seed: number;
  /** From the first message to the end of the last. */
  readonly elapsedMs: number;
  /** Ended in a second of that. */
  readonly ratePerSecond: number;
  /** No message was treated otherwise than it should, and at least one was sent. */
  readonly isGood: boolean;
  readonly capture?: { readonly messages: number; readonly leftOut: number };
}

/** Why there was no run. */
export class CannotSimulate extends Error {
  override readonly name = 'CannotSimulate';
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Simulation {
  private readonly settings: SimulationSettings;
  private readonly ports: SimulationPorts;
  private readonly profile: Profile;
  private readonly network: Network;
  private readonly traffic: Traffic;
  private readonly schedule: Schedule;
  private readonly capture: CaptureFile | undefined;
  private places!: Places;
  private valve: Valve | undefined;
  private disturber: Disturber | undefined;
  private readonly outages: Outages | undefined;
  private isRunning = false;
  private isStopped = false;

  /** Throws RangeError on settings that cannot be, and the system's error when the capture cannot be opened. */
  constructor(settings: SimulationSettings, ports: SimulationPorts) {
    this.settings = settings;
    this.ports = ports;
    this.profile = PROFILES[settings.profile];
    this.network = settings.network ?? NETWORK;
    const { bursts } = this.profile;
    this.schedule = new Schedule({ ...settings.schedule, ...(bursts === undefined ? {} : { bursts }) });
    this.outages = settings.outageRecoveryMs === undefined ? undefined : new Outages(settings.outageRecoveryMs);
    this.traffic = this.createTraffic();
    this.capture = settings.capture && new CaptureFile(settings.capture.path, this.network, settings.capture.octetsMax);
  }

  private createTraffic(): Traffic {
    const { settings, profile, network, schedule } = this;
    const { seed, inFlightMax, timeoutMs, drafts } = settings;
    const gate =
      profile.platformsDown && settings.gate.platforms === 'up'
        ? { ...settings.gate, platforms: 'down-pass' as const }
        : settings.gate;
    const source = drafts === undefined ? new Source(profile, gate, seed, settings.subscribers) : undefined;
    let next = 0;
    return new Traffic(
      {
        network,
        seed,
        schedule,
        inFlightMax,
        timeoutMs,
        segmentOctets: SEGMENT_OCTETS,
        centre: settings.centre ?? profile.centre ?? PROMPT,
        platform: settings.platform ?? profile.platform ?? 'answer',
        refusal: settings.refusal ?? DEFAULT_REFUSAL,
        allowsCongestion: settings.allowsCongestion ?? false,
      },
      {
        transfer: (place, data) => {
          const outcome = this.places.transfer(place, data);
          if (outcome === 'taken') this.capture?.add(place, 'to', data, Date.now());
          return outcome;
        },
        next: (isBurst) => source?.next(isBurst) ?? drafts![next++]!,
        isDisturbed: (from, to) => (this.disturber?.isDisturbed(from, to) || this.outages?.touches(from, to)) ?? false,
        isCutOff: (from, to) => this.outages?.touches(from, to) ?? false,
      },
    );
  }

  /** Runs to the end, or until `stop`. Throws CannotSimulate when the places do not come into traffic. */
  async run(): Promise<SimulationResult> {
    try {
      await this.open();
      const begun = performance.now();
      this.isRunning = true;
      this.disturber?.start();
      await this.loop(begun);
      const elapsedMs = performance.now() - begun;
      this.disturber?.stop();
      await pause(LISTEN_ON_MS);
      this.isRunning = false;
      return this.resultOf(elapsedMs);
    } finally {
      await this.close();
    }
  }

  /** Sends nothing more; `run` resolves with what there is. */
  stop(): void {
    this.isStopped = true;
  }

  private async open(): Promise<void> {
    const places = await this.withValve();
    this.places = new Places(places, this.network, {
      log: this.ports.log,
      ...(this.ports.inProcess === undefined ? {} : { inProcess: this.ports.inProcess }),
      received: (place, data) => this.received(place, data),
      changed: (place, isActive) => this.changed(place, isActive),
    });
    await this.places.start();
    const until = performance.now() + START_MS;
    while (this.places.missing.length > 0 && !this.isStopped) {
      if (performance.now() > until)
        throw new CannotSimulate(
          `the gate does not take ${this.places.missing.join(', ')} into traffic (waited ${START_MS / 1000} s)`,
        );
      await pause(20);
    }
  }

  /** The places as they are to connect: through a valve where the profile disturbs one, not at all where it keeps one away. */
  private async withValve(): Promise<Partial<Record<Place, PlaceSettings>>> {
    const places: Partial<Record<Place, PlaceSettings>> = { ...this.settings.places };
    const { disturbance, platformsDown } = this.profile;
    if (platformsDown) delete places.platform;
    if (disturbance === undefined) return places;
    const disturbed = places[disturbance.place];
    if (disturbed === undefined || disturbed.transport !== 'tcp')
      throw new CannotSimulate(`profile ${this.settings.profile} disturbs TCP connections only`);
    this.valve = await Valve.open(disturbed.addresses[0]!, disturbed.port);
    this.disturber = new Disturber(disturbance, this.valve);
    places[disturbance.place] = { ...disturbed, addresses: ['127.0.0.1'], port: this.valve.port };
    return places;
  }

  /** Before the first message and after the last one, links that come and go are no outage. */
  private changed(place: Place, isActive: boolean): void {
    this.disturber?.changed(place, isActive);
    if (this.isRunning) this.outages?.changed(place, isActive, performance.now());
  }

  private received(place: Place, data: ProtocolData): void {
    this.capture?.add(place, 'from', data, Date.now());
    this.traffic.received(place, data, performance.now());
  }

  private async loop(begun: number): Promise<void> {
    let shownAt = begun;
    while (!this.traffic.isDone && !this.isStopped) {
      const now = performance.now();
      if (now - begun > (this.settings.durationMaxMs ?? Number.POSITIVE_INFINITY)) this.traffic.cease();
      this.traffic.tick(now);
      if (now - shownAt >= PROGRESS_MS) {
        shownAt = now;
        this.progress(now - begun);
      }
      await pause(TICK_MS);
    }
  }

  private progress(elapsedMs: number): void {
    const { tally, inFlight } = this.traffic;
    const { sent, ended, faultCount: faults } = tally;
    this.ports.onProgress?.({ elapsedMs, total: this.schedule.total, sent, ended, inFlight, faults });
  }

  private resultOf(elapsedMs: number): SimulationResult {
    const { profile, seed } = this.settings;
    const { tally } = this.traffic;
    const { capture } = this;
    const maySendLess = this.disturber !== undefined || this.outages !== undefined;
    return {
      profile,
      seed,
      elapsedMs: Math.round(elapsedMs),
      ratePerSecond: Math.round((tally.ended / elapsedMs) * 1000),
      isGood: tally.faultCount === 0 && tally.sent > 0 && (tally.notSent === 0 || maySendLess),
      ...tally.report(),
      ...(capture === undefined ? {} : { capture: { messages: capture.messages, leftOut: capture.leftOut } }),
    };
  }

  private async close(): Promise<void> {
    this.disturber?.stop();
    await this.places?.stop();
    await this.valve?.close();
    this.capture?.close();
  }
}
