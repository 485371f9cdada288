/** Values of the codecs as JSON: octets in hexadecimal, big integers as text. */

/** A value for JSON.stringify. `replace` may put another value in the place of a property's before that is looked into. */
export function plainJson(value: unknown, replace: (key: string, value: unknown) => unknown = (_, its) => its): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex');
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map((inner) => plainJson(inner, replace));
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [String(key), plainJson(inner, replace)]));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainJson(replace(key, inner), replace)]));
  return value;
}
