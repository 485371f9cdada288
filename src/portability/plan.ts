/** Settings made ready for decisions: lists and tables instead of texts. */
import { type Conditioner, conditionerOf } from './conditioning.js';
import { HomeList } from './home-smscs.js';
import type { Entity, NumberLookup, NumberRecord } from './numbers.js';
import { Platforms } from './platforms.js';
import { prepaidTypeOf } from './portability-type.js';
import type { ScreeningPorts } from './screening.js';
import { type Flow, type PrepaidSettings, SCREENED_TYPES, type ScreenedType, type ScreeningSettings } from './settings.js';
import type { TypeClass } from './trace.js';

export interface Plan {
  readonly settings: ScreeningSettings;
  readonly flow: Flow;
  readonly portabilityCheck: boolean;
  readonly prepaid: boolean;
  /** BPARTYCHK. */
  readonly recipients: boolean;
  readonly serviceCentre: 'ignore' | 'report' | 'screen';
  readonly refuseWithoutPlatform: boolean;
  readonly conditioner: Conditioner;
  readonly homes: HomeList;
  readonly platforms: Platforms;
  readonly screened: ReadonlySet<number>;
  readonly numbers: NumberLookup;
}

const NO_PREPAID: PrepaidSettings = { on: false, platforms: [], relays: [] };

export function planOf<C>(settings: ScreeningSettings, ports: ScreeningPorts<C>): Plan {
  const flow = settings.flow ?? 'vstp';
  const prepaid = settings.prepaid ?? NO_PREPAID;
  const conditioner = conditionerOf(settings.conditioning ?? {});
  return {
    settings,
    flow,
    portabilityCheck: settings.portabilityCheck,
    prepaid: prepaid.on,
    recipients: prepaid.on && prepaid.recipients === true,
    serviceCentre: settings.serviceCentre ?? 'report',
    refuseWithoutPlatform: prepaid.whenNoPlatform === 'refuse',
    conditioner,
    homes: new HomeList(settings.homeSmscs, conditioner),
    platforms: new Platforms(prepaid, ports.platforms),
    screened: screenedSet(settings.screenedTypes ?? SCREENED_TYPES[flow]),
    numbers: ports.numbers,
  };
}

const ENTITY_CODE: Readonly<Record<Entity['kind'], number>> = { none: 0, sp: 1, rn: 2 };
const ENTITIES = Object.keys(ENTITY_CODE) as Entity['kind'][];
const ENTITY_CODES = 4;

const screenedCode = (portabilityType: number, entity: Entity['kind']): number =>
  portabilityType * ENTITY_CODES + ENTITY_CODE[entity];

/** Portability type and entity of the records whose senders are screened. */
export function screenedSet(types: readonly ScreenedType[]): ReadonlySet<number> {
  return new Set(
    types.flatMap(({ portabilityType, entity }) =>
      (entity === undefined ? ENTITIES : [entity]).map((kind) => screenedCode(portabilityType, kind)),
    ),
  );
}

/** What a record's type means. No screened type is prepaid: the settings are checked for that. */
export function classOf(screened: ReadonlySet<number>, record: NumberRecord): TypeClass {
  if (screened.has(screenedCode(record.portabilityType, record.entity.kind))) return 'screened';
  return prepaidTypeOf(record.portabilityType) > 0 ? 'prepaid' : 'other';
}
