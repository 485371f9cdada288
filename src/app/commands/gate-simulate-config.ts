/** What `angarium gate simulate` has to expect of a gate, by that gate's own configuration in place of options. */
import type { GateSettings, Refusal } from '#endpoint/exchange';
import { type Answer, type Mode, modeText, SCREENED_TYPES } from '#portability';
import { toScreeningSettings } from '../gate/config-parts.js';
import { adjusted, keptOverrides } from '../gate/modes.js';
import { loadGate } from './load-gate.js';
import { Failure } from './terminal.js';

export interface Configured {
  readonly gate: Omit<GateSettings, 'platforms'>;
  /** What becomes of messages for prepaid platforms while there is none. */
  readonly refusesWithoutPlatform: boolean;
  readonly refusal: Refusal;
}

function refusalOf(file: string, answer: Answer): Refusal {
  switch (answer.kind) {
    case 'tcap-error':
      return { ...answer, kind: 'error' };
    case 'udts':
      return { kind: 'returned', cause: answer.cause };
    case 'silent-discard':
      return { kind: 'silence' };
    case 'ack-and-drop':
      return { kind: 'result' };
    case 'monitor-only':
      throw new Failure(
        `${file}: screening.answers.home-smsc is monitor-only: then nothing is refused, say --mode monitor instead`,
      );
  }
}

/** Reads a configuration, with the modes that operators have set. A Failure where it cannot be read, or has what no option could say. */
export function configuredGate(file: string): Configured {
  const { config, lists, version } = loadGate(file);
  const settings = adjusted(toScreeningSettings(config, lists, version), keptOverrides(config.data.folder));
  const { flow = 'vstp', mode, prepaid, answers, selectors, homeSmscs } = settings;
  const differs = (its: Mode | undefined): boolean => its !== undefined && modeText(its) !== modeText(mode!);
  const others = [...selectors, ...homeSmscs.entries].filter((its) => differs(its.mode)).map(({ name }) => name);
  if (others.length > 0)
    throw new Failure(`${file}: ${others.join(', ')}: a mode of its own, and one mode is expected for all that is simulated`);
  return {
    gate: {
      flow,
      mode: mode!.kind,
      prepaid: prepaid?.on ?? false,
      portability: settings.portabilityCheck,
      recipientPrepaid: prepaid?.recipients ?? false,
      screened: (settings.screenedTypes ?? SCREENED_TYPES[flow]).map(({ portabilityType, entity }) => ({
        type: portabilityType,
        ...(entity === undefined ? {} : { entity }),
      })),
    },
    refusesWithoutPlatform: prepaid?.whenNoPlatform === 'refuse',
    refusal: refusalOf(
      file,
      answers?.['home-smsc'] ?? { kind: 'tcap-error', error: 'sm-DeliveryFailure', cause: 'subscriberNotSC-Subscriber' },
    ),
  };
}
