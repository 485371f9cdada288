/** One SCCP message under way through the gate. */
import type { ProtocolData } from '#codec/m3ua';
import type { HeldSegment, SccpKind, SccpView } from '#codec/sccp';
import type { Wire } from './gate.js';
import type { Title } from './titles.js';

/** With what a segment came. */
export interface SegmentLabel {
  readonly link: string;
  readonly data: ProtocolData;
}

export class Passage implements Wire {
  readonly at: number;
  readonly link: string;
  readonly data: ProtocolData;
  readonly sccpKind: SccpKind;
  readonly called: Title | undefined;
  readonly calling: Title | undefined;
  readonly view: SccpView;
  /** Of a message that came in segments: all of them, in order; `view` is the first. */
  segments: readonly HeldSegment<SegmentLabel>[] | undefined = undefined;
  /** The user data: those of `view`, or of all segments. */
  bytes: Uint8Array;
  from: number;
  to: number;

  constructor(
    link: string,
    data: ProtocolData,
    view: SccpView,
    called: Title | undefined,
    calling: Title | undefined,
    at: number,
  ) {
    this.at = at;
    this.link = link;
    this.data = data;
    this.sccpKind = view.kind;
    this.called = called;
    this.calling = calling;
    this.view = view;
    this.bytes = view.octets;
    this.from = view.dataAt.from;
    this.to = view.dataAt.to;
  }

  /**
   * The message that these segments are. `called`: of the first. The calling party is that of the segment that `last` is: of all of them, by the
   * rules of reassembly (Q.714 4.1.1.2).
   */
  static ofSegments(
    last: Passage,
    segments: readonly HeldSegment<SegmentLabel>[],
    data: Uint8Array,
    called: Title | undefined,
  ): Passage {
    const { view, label } = segments[0]!;
    const whole = new Passage(label.link, label.data, view, called, last.calling, last.at);
    whole.segments = segments;
    whole.bytes = data;
    whole.from = 0;
    whole.to = data.length;
    return whole;
  }
}
