/** docs/objects.md: every kind of object with its keys, made of the schemas. */
import { z } from 'zod';
import { KINDS, OBJECT_KINDS, type ObjectKind } from './kinds.js';
import { bare, KEYS, type KeyWords, TABLES, type Written } from './words.js';

/** A value as TOML has it. */
function toml(value: Written): string {
  if (Array.isArray(value)) return `[${value.map((inner: Written) => toml(inner)).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key} = ${toml(inner as Written)}`)
    .join(', ')} }`;
}

interface Table {
  readonly name: string;
  readonly description: string;
  readonly many: boolean;
  readonly keys: readonly (readonly [name: string, words: KeyWords])[];
}

function tablesOf(name: string, description: string, many: boolean, shape: z.core.$ZodLooseShape): Table[] {
  const entries = Object.entries(shape) as [string, z.core.$ZodType][];
  const keys = entries.flatMap(([key, schema]): [string, KeyWords][] => {
    const words = KEYS.get(schema);
    return words === undefined ? [] : [[key, words]];
  });
  const inner = entries.flatMap(([key, schema]): Table[] => {
    const about = TABLES.get(schema);
    if (about === undefined) return [];
    const its = bare(schema);
    const isMany = its instanceof z.ZodArray;
    const object = (isMany ? its.element : its) as z.ZodObject;
    return tablesOf(`${name}.${key}`, about, isMany, object.shape);
  });
  return [{ name, description, many, keys }, ...inner];
}

const cell = (words: string): string => words.replaceAll('|', '\\|');

function rowText(key: string, { description, expects, preset, otherwise }: KeyWords): string {
  const absent = preset === undefined ? (otherwise ?? 'must be given') : `\`${toml(preset)}\``;
  return `| \`${key}\` | ${[description, expects, absent].map(cell).join(' | ')} |`;
}

function kindText(kind: ObjectKind): string[] {
  const { title, about, schema } = KINDS[kind];
  const [own, ...inner] = tablesOf(kind, about, true, schema.shape);
  const table = ({ keys }: Table): string[] => [
    '',
    '| key | meaning | expected | when absent |',
    '| --- | --- | --- | --- |',
    ...keys.map(([key, words]) => rowText(key, words)),
  ];
  return [
    '',
    `## ${title}: \`[[${kind}]]\``,
    '',
    about,
    ...table(own!),
    ...inner.flatMap((its) => [
      '',
      `### \`${its.many ? `[[${its.name}]]` : `[${its.name}]`}\``,
      '',
      its.description,
      ...table(its),
    ]),
  ];
}

const HEAD = [
  '# Objects that operators change',
  '',
  'Peers, VASPs, routes, subscribers and mail rules are changed while the program runs. They live in the data folder with revisions and history, not in',
  'the configuration file. `angarium apply FILE` loads them from a TOML file: it shows the difference first, and then changes all or nothing.',
  '',
  '- An object in the file replaces the one of its name as a whole; what the file does not name stays, unless `--prune KIND` says otherwise.',
  '- An object without `state` keeps the state that it has: applying a file does not resume what somebody has paused.',
  '- A secret is written once and never shown again: `********` stands in its place, and written back means the secret that is there. In a file,',
  '  `{ file = "PATH" }` takes a secret from the first line of another file, and certificates from the whole of it; paths start at the folder of the file.',
  '- Every write says which revision its writer saw. One that has not seen the last change is refused.',
  '- Durations are strings of digits and `ms`, `s`, `m`, `h` or `d`; sizes are strings of digits and `B`, `KB`, `MB` or `GB`, with 1024 octets in a KB.',
  '- Names are unique within their kind, and do not change. A route names peers and VASPs that exist; a domain belongs to one peer, a short code, a VASPID',
  '  and a user to one VASP, a mail alias to one subscriber.',
  '',
  'The API that the command speaks is described by `docs/openapi.json`; who may do what, and how to go about it, by `docs/operations.md`.',
  'This page is printed by `angarium objects reference`; a test holds it to that.',
];

/** The page in Markdown. */
export const objectsReference = (): string => `${[...HEAD, ...OBJECT_KINDS.flatMap(kindText)].join('\n')}\n`;
