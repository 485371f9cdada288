/** A small network for the tests of the decision: numbers, service centres, a prepaid platform. */
import assert from 'node:assert/strict';
import {
  createScreening,
  type Decision,
  type Entity,
  type MoSubmission,
  NO_PORTABILITY_TYPE,
  type NumberLookup,
  type NumberRecord,
  type NumberStoreState,
  type Screening,
  type ScreeningEvent,
  type ScreeningPorts,
  type ScreeningSettings,
  type TitleKey,
} from '#portability';

export const NOW = 1_800_000_000_000;
export const SENDER = '491710000001';
export const RECIPIENT = '491710000002';
export const HOME = '491770600000';
export const FOREIGN = '491720270000';
export const PLATFORM = '491779900001';

export const title = (digits: string, more: Partial<TitleKey> = {}): TitleKey => ({
  routeOn: 'gt',
  indicator: 4,
  translationType: 0,
  numberingPlan: 1,
  natureOfAddress: 4,
  ssn: 8,
  digits,
  ...more,
});

export const SELECTOR = { name: 'mo', indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, ssn: 8 } as const;

/** Everything on, nothing held back. */
export const SETTINGS: ScreeningSettings = {
  version: 'test',
  mode: { kind: 'enforce' },
  portabilityCheck: true,
  selectors: [SELECTOR],
  conditioning: { countryCode: '49', areaCode: '30' },
  homeSmscs: { entries: [{ name: 'home', digits: HOME }] },
  prepaid: {
    on: true,
    platforms: [{ name: 'in', addresses: [PLATFORM] }],
    // Every prepaid type but 32.
    relays: Array.from({ length: 31 }, (_, i) => ({ prepaidType: i + 1, to: [{ platform: 'in', weight: 1 }] })),
  },
};

export const withPrepaid = (on: boolean, more: object = {}): ScreeningSettings['prepaid'] => ({
  ...SETTINGS.prepaid!,
  on,
  ...more,
});

export const record = (portabilityType: number, entity: Entity = { kind: 'none' }): NumberRecord => ({ portabilityType, entity });
export const NO_TYPE = NO_PORTABILITY_TYPE;

/** Numbers in a map. What was asked of it stands in `asked`. */
export class Numbers implements NumberLookup {
  state: NumberStoreState = 'ready';
  readonly version = { load: 'load-7', change: 12, changedAt: NOW - 60_000 };
  readonly asked: number[] = [];
  readonly records: Map<number, NumberRecord>;

  constructor(records: Readonly<Record<string, NumberRecord>> = {}) {
    this.records = new Map(Object.entries(records).map(([number, it]) => [Number(number), it]));
  }

  find(number: number): NumberRecord | undefined {
    assert.equal(this.state, 'ready', 'a store that is not ready is not asked');
    this.asked.push(number);
    return this.records.get(number);
  }

  finding(number: number) {
    const found = this.find(number);
    return found === undefined ? undefined : { record: found, by: { kind: 'number' as const } };
  }
}

export const submission = (more: Partial<MoSubmission> = {}): MoSubmission => ({
  called: title(HOME),
  calling: title('491710999999', { ssn: 8 }),
  sender: { nature: 'international', digits: SENDER },
  serviceCentre: { nature: 'international', digits: HOME },
  reference: 1,
  ...more,
});

export interface World {
  readonly screening: Screening<string>;
  readonly numbers: Numbers;
  readonly events: { readonly event: ScreeningEvent; readonly context: string | undefined }[];
  /** Selects and decides, as a caller does; the explanation must be the same decision. */
  decide(message?: Partial<MoSubmission>, now?: number): Decision;
}

export function worldOf(
  settings: Partial<ScreeningSettings> = {},
  records: Readonly<Record<string, NumberRecord>> = {},
  ports: Partial<ScreeningPorts<string>> = {},
): World {
  const numbers = new Numbers(records);
  const events: World['events'] = [];
  const made = createScreening<string>(
    { ...SETTINGS, ...settings },
    { numbers, tell: (event, context) => events.push({ event, context }), ...ports },
  );
  assert.ok(made.ok, made.ok ? '' : made.error.map(({ path, text }) => `${path}: ${text}`).join('\n'));
  const screening = made.value;
  return {
    screening,
    numbers,
    events,
    decide(message = {}, now = NOW) {
      const asked = submission(message);
      const selection = screening.select(asked.called);
      assert.ok(selection, 'the message is selected');
      const decision = screening.decide(selection, asked, now, 'context');
      assert.deepEqual(screening.explain({ kind: 'mo-ForwardSM', submission: asked }, now).decision, decision);
      return decision;
    },
  };
}
