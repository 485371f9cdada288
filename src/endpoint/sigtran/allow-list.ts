/** Who may use the gate: by originating point code, calling party and operation. Without a list everybody may. */
import type { Title } from './titles.js';

/** One group of users. A condition that is absent is met by everybody. */
export interface AllowRow {
  /** Shown in events. */
  readonly name: string;
  /** Originating point codes, of any network. */
  readonly pointCodes?: readonly number[];
  /** Leading digits of the calling party's global title. */
  readonly callingDigits?: readonly string[];
  /** Local operation codes that they may invoke. Messages that invoke nothing (answers, aborts) are not held back by this. */
  readonly operations?: readonly number[];
}

/** What becomes of a message that nobody allows: nothing, or SCCP's answer with a return cause (Q.713 3.12) when its sender asked for one. */
export type Refusal = { readonly kind: 'discard' } | { readonly kind: 'return'; readonly cause: number };

export interface AllowListSettings {
  readonly rows: readonly AllowRow[];
  readonly refused: Refusal;
}

/** `all`: whatever it invokes. A set: these operations, and what invokes nothing. `none`: no row speaks for the sender. */
export type Permission = 'all' | 'none' | ReadonlySet<number>;

/** Point codes whose permissions are kept for one calling address. Unit: point codes. Source: an exchange is reached over two or four transfer points. */
const KEPT_FOR_TITLE_MAX = 16;

const isFor = (row: AllowRow, opc: number, digits: string): boolean =>
  (row.pointCodes === undefined || row.pointCodes.includes(opc)) &&
  (row.callingDigits === undefined || row.callingDigits.some((prefix) => digits.startsWith(prefix)));

export class AllowList {
  readonly refused: Refusal;
  private readonly rows: readonly AllowRow[];
  private readonly kept = new WeakMap<Title, Map<number, Permission>>();

  constructor(settings: AllowListSettings) {
    this.rows = settings.rows;
    this.refused = settings.refused;
  }

  /** What a sender may do. The rows of one sender add up. */
  permission(opc: number, calling: Title): Permission {
    let known = this.kept.get(calling);
    if (known === undefined) this.kept.set(calling, (known = new Map()));
    const found = known.get(opc);
    if (found !== undefined) return found;
    const permission = this.look(opc, calling.key.digits);
    if (known.size >= KEPT_FOR_TITLE_MAX) known.clear();
    known.set(opc, permission);
    return permission;
  }

  private look(opc: number, digits: string): Permission {
    const rows = this.rows.filter((row) => isFor(row, opc, digits));
    if (rows.length === 0) return 'none';
    if (rows.some((row) => row.operations === undefined)) return 'all';
    return new Set(rows.flatMap((row) => row.operations ?? []));
  }
}

/** Whether every one of these operations is allowed. */
export const isAllowed = (permission: Permission, operations: readonly number[]): boolean =>
  permission === 'all' || (permission !== 'none' && operations.every((operation) => permission.has(operation)));
