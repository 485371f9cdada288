/** A small world, drawn by the seed: every limit of the store and every wait of the domain is met within a few hundred steps. */
import type { Policy } from '#messaging';
import { DEFAULT_SETTINGS, type EmbeddedSettings } from '#store/embedded';
import type { Random } from '../kit/random.js';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
const KiB = 1024;
const PACES_MS = [2, 2, 30, 250];

/** Where content is fetched and PDUs are posted. */
export const CONTENT_URL = 'http://mmsc.example/m';
export const MM1_PATH = '/mms';
/** Begins all numbers of this network. */
export const OWN_PREFIX = '4670';
/** Epoch milliseconds at which every world begins. */
export const BEGINNING = 1_700_000_000_000;

/** Slow ones make races and crashes in the middle likelier, quick ones let more happen. */
export interface Paces {
  readonly disk: number;
  readonly writer: number;
  readonly reader: number;
  readonly checkpointer: number;
}

export interface WorldSettings {
  readonly store: EmbeddedSettings;
  readonly policy: Policy;
  readonly mm1: {
    readonly versionMax: string;
    readonly bodyMax: number;
    readonly submissionsInFlightMax: number;
    readonly bodyOctetsInFlightMax: number;
    readonly contentOctetsInFlightMax: number;
  };
  readonly push: { readonly contentUrl: string; readonly versionMax: string };
  /** Octets of the disk under the segment files. */
  readonly diskOctets: number;
  /** Up to so long an operation on a segment file takes, and a request to each of the SQL threads. Milliseconds. */
  readonly paces: Paces;
  /** How long faults go on. Milliseconds. */
  readonly troubleMs: number;
}

export function drawSettings(random: Random): WorldSettings {
  const segmentOctets = random.pick([8, 16, 32]) * KiB;
  const bodyMax = random.pick([4, 8]) * KiB;
  return {
    store: {
      ...DEFAULT_SETTINGS,
      segmentOctets,
      inlineOctetsMax: random.pick([256, 512, 1024]),
      cacheMessagesMax: random.pick([1, 2, 4, 32]),
      cacheOctetsMax: random.pick([4, 64]) * KiB,
      cacheHandsetsMax: random.pick([1, 2, 8]),
      groupOperationsMax: random.pick([1, 2, 8]),
      groupOctetsMax: random.pick([2, 8]) * KiB,
      queueOperationsMax: random.pick([4, 16, 64]),
      queueOctetsMax: random.pick([16, 64]) * KiB,
      queueReadsMax: random.pick([8, 64]),
      readBatchMax: random.pick([1, 3]),
      recentsMax: 64,
      dueWindowMax: random.pick([2, 4, 64]),
      duePageRows: random.pick([1, 2, 4]),
      roadWindowMax: 2,
      roadPageRows: 1,
      checkpointOctets: random.pick([32, 128]) * KiB,
      checkpointRestOctets: 16 * KiB,
      walOctetsMax: random.pick([64, 256]) * KiB,
      freePagesMin: 2,
      freeShareMax: 0.1,
      vacuumStepPages: 2,
      writerCacheOctets: 256 * KiB,
      readerCacheOctets: 128 * KiB,
      recoveryFirstMs: 2 * SECOND,
      recoveryMaxMs: 20 * SECOND,
      segmentHandlesMax: random.pick([1, 2, 8]),
      compactionStepOctets: random.pick([1, 8]) * KiB,
      compactionPauseMs: random.pick([1, 50]),
      compactionRetryMs: 2 * SECOND,
      paceStepMs: 50,
      paceWaitMs: 500,
      scanRows: random.pick([1, 2, 8]),
      pruneYoungMax: random.pick([1, 3, 100]),
      pruneStepMessages: random.pick([1, 4]),
      reserveOctets: 32 * KiB,
      spaceLookMs: 5 * SECOND,
      handsetDelayMs: SECOND,
      handsetsWaitingMax: random.pick([1, 2, 64]),
    },
    policy: {
      numbering: { countryCode: '46', nationalPrefix: '0', internationalPrefix: '00' },
      ownNumbers: [OWN_PREFIX],
      sizeMax: bodyMax,
      recipientsMax: 4,
      expiryDefaultMs: random.pick([4, 8]) * MINUTE,
      expiryMaxMs: 10 * MINUTE,
      deliveryTimeMaxMs: 4 * MINUTE,
      senderHidingAllowed: random.chance(0.8),
      deliveryReportsAllowed: random.chance(0.9),
      readReportsAllowed: random.chance(0.9),
      pushRetryMs: random.pick([
        [10 * SECOND, 30 * SECOND],
        [45 * SECOND, 2 * MINUTE],
      ]),
      reportLifetimeMs: 5 * MINUTE,
      resubmissionWindowMs: random.pick([3 * MINUTE, 3 * MINUTE, 0]),
      historyMs: random.pick([4 * MINUTE, 30 * MINUTE]),
      retrieveBy: random.pick(['recipient', 'recipient', 'address']),
      pushesInFlightMax: random.pick([1, 3, 20]),
      handoverRetryMs: [5 * SECOND, 20 * SECOND],
      acknowledgementWaitMs: 2 * MINUTE,
      farReportGraceMs: MINUTE,
    },
    mm1: {
      versionMax: random.pick(['1.3', '1.2']),
      bodyMax: bodyMax + 4 * KiB,
      submissionsInFlightMax: random.pick([2, 10]),
      bodyOctetsInFlightMax: 40 * KiB,
      contentOctetsInFlightMax: random.pick([12, 64]) * KiB,
    },
    push: { contentUrl: CONTENT_URL, versionMax: '1.3' },
    diskOctets: random.pick([512, 1024]) * KiB,
    paces: {
      disk: random.pick(PACES_MS),
      writer: random.pick(PACES_MS),
      reader: random.pick(PACES_MS),
      checkpointer: random.pick(PACES_MS),
    },
    troubleMs: random.pick([2, 5, 8]) * MINUTE,
  };
}
