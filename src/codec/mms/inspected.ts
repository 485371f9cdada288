/** What an inspection finds in octets: stretches of them with their meaning, and the tolerances that were made use of. */
import type { Taken } from './decode.js';
import type { FieldKey } from './fields.js';
import type { ToleranceName } from './tolerances.js';

/** A stretch of octets and what it is. */
export interface Item {
  /**
   * `field`: a field of the PDU, name and value. `count`, `part`, `part-header`, `data`: of a multipart, in this order. `body`: a body that is no
   * multipart. `unread`: what nothing could be made of.
   */
  readonly kind: 'field' | 'count' | 'part' | 'part-header' | 'data' | 'body' | 'unread';
  /** The standard's name, or `0xc1`-style. */
  readonly name: string;
  /** First octet, counted from 0. */
  readonly offset: number;
  /** One past the last octet. Of a Content-Type field: where the body begins. */
  readonly end: number;
  /** What it says, in words; may hold any character. */
  readonly text: string;
  /** 0 for what stands in the PDU itself, 1 for its parts, 2 for the parts of a part. */
  readonly depth: number;
  /** How a field was taken; absent for what is none. */
  readonly taken?: Taken;
  /** Of a field that is assigned. */
  readonly key?: FieldKey;
  /** Of a field whose value could be read. */
  readonly value?: unknown;
}

/** A tolerance that was made use of. */
export interface Tolerated {
  readonly name: ToleranceName;
  readonly offset: number;
  /** The field or part header it stands in. */
  readonly field?: string;
  readonly detail: string;
  /** The clause departed from. */
  readonly clause: string;
}
