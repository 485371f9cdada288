/** xtext: how DSN parameters write what has no room in a command. RFC 3461 4. */

/** Undefined when it is none: a plus sign without two upper-case hexadecimal digits, an equals sign, a control character. */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[\dA-F]{2})*$/.test(text)) return undefined;
  return text.replace(/\+([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Of ASCII text. Whoever writes other characters has them as UTF-8 octets, each for itself. */
export function encodeXtext(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[^!-*,-<>-~]/g, (c) => `+${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
