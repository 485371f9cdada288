/** The import table: which room may enter which. A row here is a decision; a new room is a new row. */

/** Pure rooms know no I/O, clock, timer or chance: octets and values in, octets and values out. */
export type Room = {
  readonly mayImport: readonly string[];
  readonly pure: boolean;
  /** Packages that a pure room may use: such as know no I/O, clock or chance themselves. Absent: none. */
  readonly packages?: readonly string[];
};

const PURE = { pure: true } as const;
const STORE: Room = { mayImport: ['messaging', 'base'], pure: false };
const ENDPOINT: Room = { mayImport: ['codec/mms', 'codec/wsp', 'messaging', 'base'], pure: false };

/** What a signalling node speaks. */
const SIGNALLING = [
  'codec/mtp',
  'codec/m3ua',
  'codec/ipa',
  'codec/sccp',
  'codec/ber',
  'codec/tcap',
  'codec/map',
  'codec/sms',
  'protocol/asp',
  'protocol/dialogue',
  'protocol/routing',
];

export const ROOMS: Readonly<Record<string, Room>> = {
  base: { mayImport: [], ...PURE },
  'codec/wsp': { mayImport: ['base'], ...PURE },
  'codec/mms': { mayImport: ['codec/wsp', 'base'], ...PURE },
  'codec/mime': { mayImport: ['codec/wsp', 'base'], ...PURE },
  'codec/mm4': { mayImport: ['codec/mime', 'base'], ...PURE },
  'codec/mm7': { mayImport: ['codec/mime', 'codec/wsp', 'base'], packages: ['saxes'], ...PURE },
  'codec/mtp': { mayImport: ['base'], ...PURE },
  'codec/m3ua': { mayImport: ['base'], ...PURE },
  'codec/ipa': { mayImport: ['base'], ...PURE },
  'codec/sccp': { mayImport: ['base'], ...PURE },
  'protocol/asp': { mayImport: ['codec/m3ua', 'base'], ...PURE },
  'codec/ber': { mayImport: ['base'], ...PURE },
  'codec/tcap': { mayImport: ['codec/ber', 'base'], ...PURE },
  'codec/sms': { mayImport: ['base'], ...PURE },
  'codec/map': { mayImport: ['codec/tcap', 'codec/sms', 'codec/ber', 'base'], ...PURE },
  'protocol/dialogue': { mayImport: ['codec/map', 'codec/tcap', 'codec/sccp', 'base'], ...PURE },
  'protocol/routing': { mayImport: ['codec/sccp', 'codec/mtp', 'base'], ...PURE },
  portability: { mayImport: ['base'], ...PURE },
  association: { mayImport: ['protocol/asp', 'codec/m3ua', 'codec/ipa', 'base'], pure: false },
  smtp: { mayImport: ['codec/mime', 'base'], pure: false },
  messaging: { mayImport: ['base'], ...PURE },
  'messaging/routing': { mayImport: ['messaging', 'directory', 'portability', 'base'], ...PURE },
  directory: { mayImport: ['base'], packages: ['zod', 'ipaddr.js'], ...PURE },
  charging: { mayImport: ['messaging', 'base'], ...PURE },
  'store/memory': STORE,
  'store/embedded': STORE,
  'store/decisions': { mayImport: ['portability', 'base'], pure: false },
  'store/numbers': { mayImport: ['portability', 'base'], pure: false },
  'store/charging': { mayImport: ['charging', 'messaging', 'base'], pure: false },
  'store/objects': { mayImport: ['directory', 'base'], pure: false },
  'endpoint/sigtran': { mayImport: [...SIGNALLING, 'portability', 'association', 'base'], pure: false },
  'endpoint/exchange': { mayImport: [...SIGNALLING, 'association', 'base'], pure: false },
  'endpoint/numbering': { mayImport: ['messaging', 'messaging/routing', 'portability', 'base'], pure: false },
  'endpoint/mm1': ENDPOINT,
  'endpoint/mm7': {
    mayImport: ['codec/mm7', 'codec/mime', 'codec/mms', 'codec/wsp', 'directory', 'messaging', 'base'],
    pure: false,
  },
  'endpoint/mm3': { mayImport: ['smtp', 'codec/mime', 'codec/mms', 'codec/wsp', 'messaging', 'base'], pure: false },
  'endpoint/push': ENDPOINT,
  'endpoint/carrier': { mayImport: ['codec/mm4', 'codec/mime', 'smtp', 'base'], pure: false },
  'endpoint/mm4': { mayImport: ['codec/mm4', 'codec/mime', 'directory', 'smtp', 'messaging', 'base'], pure: false },
  'endpoint/handset': ENDPOINT,
  operator: {
    mayImport: ['messaging', 'messaging/routing', 'directory', 'portability', 'codec/mms', 'codec/wsp', 'base'],
    pure: false,
  },
  app: {
    mayImport: [
      'base',
      'codec/wsp',
      'codec/mms',
      'codec/mime',
      'codec/mm4',
      'codec/mm7',
      ...SIGNALLING,
      'messaging',
      'messaging/routing',
      'charging',
      'store/charging',
      'directory',
      'store/objects',
      'portability',
      'association',
      'smtp',
      'store/numbers',
      'store/decisions',
      'endpoint/sigtran',
      'endpoint/exchange',
      'endpoint/numbering',
      'store/memory',
      'store/embedded',
      'endpoint/mm1',
      'endpoint/mm7',
      'endpoint/mm3',
      'endpoint/push',
      'endpoint/mm4',
      'endpoint/carrier',
      'endpoint/handset',
      'operator',
    ],
    pure: false,
  },
};

/** The room that a source lies in: the longest row that its path begins with. Absent for files that stand in no room. */
export function roomOf(file: string): string | undefined {
  const inside = file.replace(/^src\//, '');
  return Object.keys(ROOMS)
    .filter((room) => file.startsWith('src/') && inside.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}
