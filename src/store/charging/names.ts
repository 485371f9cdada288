/** Names of charging files: node, when the file was begun, and its number, which grows by one from file to file. */
import type { LineFormat } from '#charging';

export interface FileName {
  /** From 1 on. */
  readonly number: number;
  /** Milliseconds since the epoch, whole seconds. */
  readonly begunAt: number;
  readonly format: LineFormat;
  /** It is still written; nobody else takes it. */
  readonly isOpen: boolean;
}

const EXTENSION: Readonly<Record<LineFormat, string>> = { json: 'jsonl', csv: 'csv' };
const OPEN = '.part';
const NUMBER_DIGITS = 8;
const NODE = /^[0-9A-Za-z_]{1,32}$/;
const NAME = /^mms-([0-9A-Za-z_]{1,32})-(\d{8})T(\d{6})Z-(\d{8,15})\.(jsonl|csv)(\.part)?$/;

export const isNodeName = (text: string): boolean => NODE.test(text);

export function fileName(node: string, { number, begunAt, format, isOpen }: FileName): string {
  const instant = new Date(begunAt).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `mms-${node}-${instant}-${String(number).padStart(NUMBER_DIGITS, '0')}.${EXTENSION[format]}${isOpen ? OPEN : ''}`;
}

/** Undefined for files of other nodes, and others altogether. */
export function readFileName(name: string, node: string): FileName | undefined {
  const [, of, day, time, number, extension, open] = NAME.exec(name) ?? [];
  if (of !== node || day === undefined || time === undefined) return undefined;
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`;
  const begunAt = Date.parse(iso);
  if (Number.isNaN(begunAt)) return undefined;
  return { number: Number(number), begunAt, format: extension === 'csv' ? 'csv' : 'json', isOpen: open !== undefined };
}
