/** Which messages come how often: templates with weights. */
import { oddTemplates, undeliverableTemplates } from './damage.js';
import { SENDER_KINDS, type SenderKind } from './numbers.js';
import { OTHER_OPERATION_NAMES, otherTemplate } from './other-operations.js';
import { type Form, type MoRecipe, moTemplate, mtTemplate, type Version } from './short-messages.js';
import type { Carrier, Template } from './template.js';
import { LONG_SUBMISSIONS, SUBMISSIONS, TO_PREPAID, type Tpdu } from './texts.js';

/** Of the templates of a row one is drawn, all alike. */
export type Mix = readonly (readonly [templates: readonly Template[], weight: number])[];

/** What the recipes of one row may be; every combination of them is a template. */
interface Choices {
  readonly senders: readonly SenderKind[];
  readonly versions?: readonly Version[];
  readonly carriers?: readonly Carrier[];
  readonly forms?: readonly Form[];
  readonly centres?: readonly MoRecipe['centre'][];
  readonly tpdus?: readonly Tpdu[];
  readonly rest?: Pick<MoRecipe, 'dialogueFirst' | 'fromPlatform' | 'unselected' | 'hopCounter'>;
}

const VERSIONS: readonly Version[] = [1, 2, 3];
const FORMS: readonly Form[] = ['international', 'national', 'subscriber'];
/** Numbers of other countries are written whole. */
const formsOf = (sender: SenderKind, forms: readonly Form[]): readonly Form[] =>
  sender === 'unknown' ? ['international'] : forms;

function mo({ senders, versions = VERSIONS, carriers = ['UDT', 'XUDT'], forms = FORMS, ...others }: Choices): Template[] {
  const { centres = ['home'], tpdus = SUBMISSIONS, rest = {} } = others;
  return senders.flatMap((sender) =>
    versions.flatMap((version) =>
      carriers.flatMap((carrier) =>
        formsOf(sender, forms).flatMap((form) =>
          centres.flatMap((centre) => tpdus.map((tpdu) => moTemplate({ sender, version, carrier, form, centre, tpdu, ...rest }))),
        ),
      ),
    ),
  );
}

const INTERNATIONAL: readonly Form[] = ['international'];
const PREPAID: readonly SenderKind[] = ['prepaid-1', 'prepaid-2', 'prepaid-3', 'prepaid-32'];
/** Stored, and rare. */
const RARE: readonly SenderKind[] = ['ported-elsewhere', 'not-known-ported', 'left-unmarked', 'migrated', 'no-type'];

const mt = (): Template[] =>
  VERSIONS.flatMap((version) =>
    (['UDT', 'XUDT'] as const).flatMap((carrier) => [
      mtTemplate(version, carrier, 'home'),
      mtTemplate(version, carrier, 'foreign'),
    ]),
  );
const others = (): Template[] =>
  OTHER_OPERATION_NAMES.flatMap((name) => [otherTemplate(name, 'UDT'), otherTemplate(name, 'XUDT')]);

/** Made when first asked for, and once: a mix has hundreds of templates. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** A working day: mostly our own subscribers, some of every other kind. */
export const plainMix = once(
  (): Mix => [
    [mo({ senders: ['own'] }), 30],
    [mo({ senders: ['ported-out'] }), 8],
    [mo({ senders: ['ported-out'], centres: ['foreign'] }), 3],
    [mo({ senders: PREPAID }), 12],
    [mo({ senders: PREPAID, centres: ['foreign'], forms: INTERNATIONAL }), 3],
    [mo({ senders: ['unknown'] }), 8],
    [mo({ senders: RARE, forms: INTERNATIONAL }), 4],
    [mo({ senders: ['own', 'ported-out'], carriers: ['LUDT'], forms: INTERNATIONAL }), 1],
    [mo({ senders: ['ported-out', 'prepaid-1', 'own'], forms: INTERNATIONAL, rest: { fromPlatform: true } }), 3],
    [mo({ senders: ['ported-out', 'prepaid-1'], forms: INTERNATIONAL, rest: { unselected: true } }), 2],
    [mt(), 14],
    [others(), 12],
  ],
);

/** Somebody has found out that the old service centre still answers. */
export const portedMix = once(
  (): Mix => [
    [mo({ senders: ['ported-out'] }), 90],
    [mo({ senders: ['own', 'unknown'], forms: INTERNATIONAL }), 10],
  ],
);

/** All kinds of senders alike: every row of the table comes soon. */
export const everyRowMix = once(
  (): Mix => [
    ...SENDER_KINDS.map((sender) => [mo({ senders: [sender], forms: INTERNATIONAL, centres: ['home', 'foreign'] }), 10] as const),
    [mo({ senders: SENDER_KINDS, versions: [3], forms: INTERNATIONAL, rest: { fromPlatform: true } }), 20],
    [mo({ senders: SENDER_KINDS, versions: [3], forms: INTERNATIONAL, rest: { unselected: true } }), 20],
    [mo({ senders: SENDER_KINDS, forms: INTERNATIONAL, centres: ['home', 'foreign'], tpdus: [TO_PREPAID] }), 20],
    [mo({ senders: ['own', 'prepaid-1'], forms: INTERNATIONAL, tpdus: [TO_PREPAID], rest: { fromPlatform: true } }), 5],
    [mt(), 10],
  ],
);

export const oddMix = once(
  (): Mix => [
    [oddTemplates(), 60],
    [undeliverableTemplates(), 4],
    [mo({ senders: ['own', 'ported-out', 'unknown'], forms: INTERNATIONAL }), 36],
  ],
);

export const segmentedMix = once(
  (): Mix => [
    [
      mo({
        senders: ['own', 'ported-out', 'unknown', 'prepaid-1'],
        versions: [2, 3],
        carriers: ['segmented'],
        forms: INTERNATIONAL,
        centres: ['home', 'foreign'],
        tpdus: LONG_SUBMISSIONS,
      }),
      60,
    ],
    [mo({ senders: ['own', 'ported-out'], carriers: ['segmented'], forms: INTERNATIONAL, tpdus: SUBMISSIONS }), 15],
    [mo({ senders: ['own', 'ported-out'], carriers: ['LUDT'], forms: INTERNATIONAL, tpdus: LONG_SUBMISSIONS }), 5],
    [mo({ senders: ['own', 'ported-out', 'unknown'], forms: INTERNATIONAL }), 20],
  ],
);

export const dialogueFirstMix = once(
  (): Mix => [
    [
      mo({
        senders: ['own', 'ported-out', 'unknown', 'migrated'],
        versions: [2, 3],
        forms: INTERNATIONAL,
        centres: ['home', 'foreign'],
        tpdus: [...LONG_SUBMISSIONS, SUBMISSIONS[0]!],
        rest: { dialogueFirst: true },
      }),
      70,
    ],
    [mo({ senders: ['own', 'ported-out', 'unknown'], forms: INTERNATIONAL }), 20],
    [others(), 10],
  ],
);

export const prepaidMix = once(
  (): Mix => [
    [mo({ senders: PREPAID, forms: INTERNATIONAL }), 60],
    [mo({ senders: ['own', 'ported-out', 'unknown'], forms: INTERNATIONAL }), 40],
  ],
);

/** Nothing but mobile-originated messages in one UDT each. */
export const shortMix = once(
  (): Mix => [
    [mo({ senders: ['own'], carriers: ['UDT'], forms: INTERNATIONAL }), 60],
    [mo({ senders: ['ported-out'], carriers: ['UDT'], forms: INTERNATIONAL }), 10],
    [mo({ senders: ['unknown'], carriers: ['UDT'] }), 30],
  ],
);
