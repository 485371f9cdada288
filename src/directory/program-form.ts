/** From keys as people write them (`size-max`) to keys as the program has them (`sizeMax`), in types and in values. */

/** Written keys whose names in the program say their unit or are otherwise not just another spelling. */
const RENAMED = {
  retry: 'retryMs',
  wait: 'waitMs',
  timeout: 'timeoutMs',
  'connect-timeout': 'connectTimeoutMs',
  'answer-timeout': 'answerTimeoutMs',
  'utc-offset': 'utcOffsetMinutes',
} as const;

type Camel<K extends string> = K extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : K;
type ProgramKey<K> = K extends keyof typeof RENAMED ? (typeof RENAMED)[K] : K extends string ? Camel<K> : never;
type Leaf = string | number | boolean | undefined;

/** The program's form of a written table. */
export type ProgramForm<T> = T extends Leaf
  ? T
  : T extends readonly (infer E)[]
    ? readonly ProgramForm<E>[]
    : { readonly [K in keyof T as ProgramKey<K>]: ProgramForm<Exclude<T[K], undefined>> };

const programKey = (key: string): string =>
  key in RENAMED
    ? RENAMED[key as keyof typeof RENAMED]
    : key.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The value with the program's keys, without keys that are undefined; frozen, all of it. */
export function programForm<T>(value: T): ProgramForm<T> {
  if (typeof value !== 'object' || value === null) return value as ProgramForm<T>;
  const form = Array.isArray(value)
    ? value.map((each) => programForm(each))
    : Object.fromEntries(
        Object.entries(value)
          .filter(([, its]) => its !== undefined)
          .map(([key, its]) => [programKey(key), programForm(its)]),
      );
  return Object.freeze(form) as ProgramForm<T>;
}
