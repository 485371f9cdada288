/** Signalling point codes and how people write them. ITU-T Q.708 (3-8-3), ANSI T1.111 (8-8-8). */

/** `itu`: 14 bits. `ansi`: 24 bits. */
export type MtpVariant = 'itu' | 'ansi';

interface Layout {
  /** Bits of the three fields, the highest first. */
  readonly bits: readonly [number, number, number];
}

const LAYOUTS: Readonly<Record<MtpVariant, Layout>> = { itu: { bits: [3, 8, 3] }, ansi: { bits: [8, 8, 8] } };

/** The largest point code. */
export const pointCodeMax = (variant: MtpVariant): number => (variant === 'itu' ? 0x3fff : 0xff_ffff);

/** `2-1-1`: zone, area or network, and point; network, cluster, member in ANSI. */
export function pointCodeText(pointCode: number, variant: MtpVariant = 'itu'): string {
  const [, middle, low] = LAYOUTS[variant].bits;
  return [pointCode >>> (middle + low), (pointCode >>> low) & (2 ** middle - 1), pointCode & (2 ** low - 1)].join('-');
}

/** Reads `2-1-1` or a decimal number; undefined when it is neither, or does not fit. */
export function parsePointCode(text: string, variant: MtpVariant = 'itu'): number | undefined {
  if (/^\d{1,8}$/.test(text)) {
    const value = Number(text);
    return value <= pointCodeMax(variant) ? value : undefined;
  }
  const parts = /^(\d{1,3})-(\d{1,3})-(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  let value = 0;
  for (const [i, bits] of LAYOUTS[variant].bits.entries()) {
    if (parts[i]! >= 2 ** bits) return undefined;
    value = value * 2 ** bits + parts[i]!;
  }
  return value;
}
