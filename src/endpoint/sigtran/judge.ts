/**
 * Selected messages: what is in them, what is decided about it, and how that is carried out. What is no mobile-originated short message goes on
 * untouched, and so does what cannot be read.
 */
import type { Answer, Decision, MoSubmission, NotScreened, Screening, Selection, TitleKey } from '#portability';
import { type DialogueSettings, Dialogues, type OpenDialogue } from '#protocol/dialogue';
import { abortFor, asUserData, Ends, endWith, refusalOf, successOf, type TcapRefusal, type UserData } from './answers.js';
import { type Content, contextNameOf, type MoInvoke, opensEmpty, readContent } from './content.js';
import type { GateCounts } from './counts.js';
import type { Carried, GateOutput, GatePorts, GateSettings, PlatformRoute, Wire } from './gate.js';
import type { Outlet } from './outlet.js';
import type { Passage } from './passage.js';
import { Passes } from './passes.js';

/** What is known of a dialogue from its Begin. */
interface Beginning {
  readonly selection: Selection;
  readonly version: number;
}

/** What was decided about a dialogue, and about whose message. */
interface Verdict {
  readonly decision: Decision;
  readonly sender: string | undefined;
}

type Known = OpenDialogue<Beginning, Verdict>;

/** A short message with what was decided about it. */
interface Decided {
  readonly decision: Decision;
  readonly submission: MoSubmission;
}

/** Identifiers of the messages that belong to dialogues under way: End, Continue, Abort. Q.773 table 7. */
const isOngoing = (tag: number | undefined): boolean => tag === 0x64 || tag === 0x65 || tag === 0x67;

/** Who a message is for. */
const calledParty = ({ called }: Passage): string => called?.party ?? '';

/** Who sent a message. An address that relies on the OPC gets that as its point code on its way, and answers come back to it so. */
function callingParty({ calling, data: { opc } }: Passage): string {
  if (calling === undefined) return '';
  return calling.party === '' ? `${opc}:${calling.address.ssn ?? ''}` : calling.party;
}

/** Kept from one configuration to the next. */
export class JudgeState {
  readonly dialogues: Dialogues<Beginning, Verdict>;
  readonly passes = new Passes();
  /** Messages judged, for the sampling of traces. */
  judged = 0;

  constructor(settings: DialogueSettings = {}) {
    this.dialogues = new Dialogues(settings);
  }
}

export class Judge {
  private readonly settings: GateSettings;
  private readonly ports: GatePorts;
  private readonly screening: Screening<Wire>;
  private readonly counts: GateCounts;
  private readonly outlet: Outlet;
  private readonly state: JudgeState;
  private readonly platforms: ReadonlyMap<string, PlatformRoute>;
  private readonly platformOf: ReadonlyMap<number, string>;
  /** By answer: they live as long as the settings that they stand in. */
  private readonly ends = new Map<TcapRefusal, Ends>();
  private readonly successes = new Ends((_version, invokeId) => successOf(invokeId));

  constructor(settings: GateSettings, ports: GatePorts, counts: GateCounts, outlet: Outlet, state: JudgeState) {
    this.settings = settings;
    this.ports = ports;
    this.screening = ports.screening;
    this.counts = counts;
    this.outlet = outlet;
    this.state = state;
    const platforms = settings.platforms ?? [];
    this.platforms = new Map(platforms.map((it) => [it.name, it]));
    this.platformOf = new Map(platforms.flatMap(({ name, pointCodes }) => (pointCodes ?? []).map((it) => [it, name] as const)));
  }

  /** Whether the content of a message that no selector takes up matters all the same: it may belong to a dialogue that we follow. */
  follows(passage: Passage): boolean {
    return this.state.dialogues.size > 0 && isOngoing(passage.bytes[passage.from]);
  }

  /** Reads the content; or says that it cannot be read, which has been counted and told, or is more than we read of any. */
  read(passage: Passage, selection: Selection | undefined): Content | 'unreadable' | 'beyond-limits' {
    const { called, calling, bytes, from, to } = passage;
    if (called === undefined) return 'unreadable';
    const cameFrom = this.platformOf.get(passage.data.opc);
    const content = readContent(bytes, from, to, { called: called.key, calling: calling?.key ?? NOBODY, cameFrom });
    if (content.ok) {
      if (content.value.decoded !== undefined) this.counts['decoded-in-full']++;
      if (content.value.operations.length > 1) this.counts['several-operations']++;
      this.ports.journal?.({ step: 'tcap', ...describe(content.value) });
      return content.value;
    }
    this.ports.journal?.({ step: 'tcap', fault: content.error.text });
    if (content.error.kind === 'limit') return 'beyond-limits';
    if (selection !== undefined) this.passOver(selection, { kind: 'undecodable', why: content.error.text }, passage);
    return 'unreadable';
  }

  /** Carries one message through, whole. `selection`: undefined when its called party meets no selector. */
  judge(passage: Passage, selection: Selection | undefined, content: Content, out: GateOutput[]): void {
    const dialogue = this.follow(passage, selection, content);
    const applies = dialogue?.label.selection ?? selection;
    if (applies === undefined) {
      this.outlet.relay(passage, out);
      return;
    }
    if (content.mt > 0) this.counts['mt-forward-sm']++;
    if (content.mo.length === 0 || (content.kind === 'continue' && !this.settings.continues)) {
      this.passOver(applies, whyNot(content), passage, content);
      this.outlet.relay(passage, out);
      return;
    }
    const carried = this.decideAndAct(passage, applies, content, dialogue, out);
    if (content.kind !== 'continue') return;
    const stopped = carried !== 'passed' && carried !== 'passed-mid-dialogue';
    this.counts[stopped ? 'continue-segments-stopped' : 'continue-segments-passed']++;
  }

  private passOver(selection: Selection, found: NotScreened, passage: Passage, content?: Content): void {
    if (found.kind === 'undecodable') this.counts.undecodable++;
    if (content?.unread.some((it) => it.fault === 'direction-unclear'))
      this.outlet.tell('direction-unclear', passage, 'a forwardSM of which neither side names a service centre');
    this.screening.passOver(selection, found, passage.at, passage);
  }

  /** Keeps the account of dialogues; gives the one that a Continue of its opener belongs to. */
  private follow(passage: Passage, selection: Selection | undefined, content: Content): Known | undefined {
    const { dialogues } = this.state;
    const { at } = passage;
    switch (content.kind) {
      case 'begin':
        if (selection === undefined || !this.settings.continues || !opensEmpty(content)) {
          // An exchange that uses an id again has done with the dialogue that had it: no decision may be carried over.
          if (dialogues.size > 0) dialogues.superseded(content.otid, callingParty(passage));
          return undefined;
        }
        dialogues.begin(content.otid, callingParty(passage), { selection, version: content.version }, at);
        this.counts['dialogues-opened']++;
        this.ports.journal?.({ step: 'dialogue', what: 'opened' });
        return undefined;
      case 'continue': {
        const mine = dialogues.ofOpener(content.otid, callingParty(passage), at);
        const theirs = mine ?? dialogues.answered(content.dtid, calledParty(passage), content.otid, at);
        const what = mine !== undefined ? 'continued' : theirs !== undefined ? 'answered' : 'unknown';
        this.ports.journal?.({ step: 'dialogue', what, ...(mine?.verdict ? { verdict: mine.verdict.decision.action } : {}) });
        return mine;
      }
      case 'end':
      case 'abort':
        if (
          dialogues.endedByFar(content.dtid, calledParty(passage)) ||
          dialogues.endedByOpener(content.dtid, callingParty(passage))
        )
          this.ports.journal?.({ step: 'dialogue', what: 'ended' });
        return undefined;
      default:
        return undefined;
    }
  }

  private decideAndAct(
    passage: Passage,
    selection: Selection,
    content: Content,
    dialogue: Known | undefined,
    out: GateOutput[],
  ): Carried {
    const invoke = this.worst(passage, selection, content, dialogue);
    const { decision } = invoke;
    const carried = this.act(passage, content, dialogue, invoke, out);
    this.ports.journal?.({ step: 'decision', decision, carried });
    this.keepTrace(passage, selection, invoke.submission, decision, carried);
    return carried;
  }

  /** The decision about all short messages of a message: one refused refuses all, since the answer ends their dialogue. */
  private worst(passage: Passage, selection: Selection, content: Content, dialogue: Known | undefined): Decided {
    let worst: Decided | undefined;
    for (const invoke of content.mo) {
      this.counts['mo-forward-sm']++;
      this.ports.journal?.({ step: 'submission', submission: invoke.submission, invokeId: invoke.invokeId });
      const decision = this.decide(passage, selection, invoke, dialogue);
      if (worst === undefined || SEVERITY[decision.action] > SEVERITY[worst.decision.action])
        worst = { decision, submission: invoke.submission };
    }
    if (worst === undefined) throw new Error('a message without short messages is not judged');
    return worst;
  }

  private decide(passage: Passage, selection: Selection, { submission }: MoInvoke, dialogue: Known | undefined): Decision {
    const known = dialogue?.verdict;
    if (known !== undefined && (known.decision.action === 'reject' || known.sender === submission.sender?.digits))
      return known.decision;
    const decision = this.screening.decide(selection, submission, passage.at, passage);
    if (dialogue !== undefined) this.state.dialogues.settle(dialogue, { decision, sender: submission.sender?.digits });
    return decision;
  }

  private act(passage: Passage, content: Content, dialogue: Known | undefined, decided: Decided, out: GateOutput[]): Carried {
    const { decision } = decided;
    switch (decision.action) {
      case 'pass':
        // What a platform sends must not go back to it.
        this.outlet.relay(passage, out, undefined, decision.reason === 'from-platform' ? passage.data.opc : undefined);
        return 'passed';
      case 'redirect':
        return this.redirect(passage, content, decided, out);
      case 'reject':
        return this.reject(passage, content, dialogue, decision, out);
    }
  }

  private redirect(passage: Passage, content: Content, { decision, submission }: Decided, out: GateOutput[]): Carried {
    const route = this.platforms.get(decision.relay?.platform.name ?? '');
    if (route === undefined) {
      this.outlet.tell('platform-without-route', passage, `no route is set for platform ${decision.relay?.platform.name}`);
      this.outlet.relay(passage, out);
      return 'passed';
    }
    if (content.kind !== 'begin') {
      this.counts['redirect-mid-dialogue']++;
      this.outlet.tell('redirect-mid-dialogue', passage, MID_DIALOGUE);
      this.outlet.relay(passage, out);
      return 'passed-mid-dialogue';
    }
    const pass = this.state.passes.note(content.otid, callingParty(passage), submission.sender?.digits, passage.at);
    if (pass === 'loop') {
      this.outlet.stop(passage, 'a message for a prepaid platform keeps coming back', out);
      return 'loop-stopped';
    }
    if (pass === 'returned') {
      this.counts['redirect-returned']++;
      this.outlet.relay(passage, out, undefined, passage.data.opc);
      return 'passed-again';
    }
    this.counts.redirected++;
    this.outlet.relay(passage, out, route.to);
    return 'redirected';
  }

  private reject(
    passage: Passage,
    content: Content,
    dialogue: Known | undefined,
    decision: Decision,
    out: GateOutput[],
  ): Carried {
    this.counts.rejected++;
    const answer = decision.answer ?? { kind: 'silent-discard' };
    const carried = this.answer(passage, content, dialogue?.label.version ?? content.version, answer, out);
    if (carried === 'unanswerable') {
      this.counts['reject-unanswerable']++;
      this.outlet.tell('reject-unanswerable', passage, 'the sender of a refused message could not be answered');
    }
    if (content.dtidOctets.length > 0) {
      this.counts['rejected-mid-dialogue']++;
      // The service centre has opened its half of the dialogue, and would wait; also for an End, which it does not get.
      this.outlet.inItsName(passage, abortFor(content), out);
    }
    return carried;
  }

  private answer(passage: Passage, content: Content, version: number, answer: Answer, out: GateOutput[]): Carried {
    switch (answer.kind) {
      case 'udts':
        return this.outlet.giveBack(passage, answer.cause, out) ? 'returned' : 'discarded';
      case 'silent-discard':
      case 'monitor-only':
        this.counts.dropped++;
        return 'discarded';
      case 'ack-and-drop':
      case 'tcap-error':
        // Only who waits for an answer can get one: a Begin or a Continue, Q.774 3.2.1.
        if (content.kind !== 'begin' && content.kind !== 'continue') return 'unanswerable';
        return this.outlet.answer(passage, this.endOf(content, version, answer), out) ? 'answered' : 'unanswerable';
    }
  }

  private endOf(content: Content, version: number, answer: TcapRefusal | { readonly kind: 'ack-and-drop' }): UserData {
    const { mo } = content;
    if (mo.length > 1)
      return asUserData(
        endWith(
          content,
          mo.map(({ invokeId }) => (answer.kind === 'ack-and-drop' ? successOf(invokeId) : refusalOf(answer, version, invokeId))),
        ),
      );
    const ends = answer.kind === 'ack-and-drop' ? this.successes : this.endsOf(answer);
    return ends.of(content, version, mo[0]!.invokeId);
  }

  private endsOf(answer: TcapRefusal): Ends {
    let ends = this.ends.get(answer);
    if (ends === undefined) {
      ends = new Ends((version, invokeId) => refusalOf(answer, version, invokeId));
      this.ends.set(answer, ends);
    }
    return ends;
  }

  private keepTrace(
    passage: Passage,
    selection: Selection,
    submission: MoSubmission,
    decision: Decision,
    outcome: Carried,
  ): void {
    const { keep } = this.ports;
    if (keep === undefined) return;
    const oneIn = this.settings.traceOneIn ?? 0;
    const sampled = oneIn > 0 && this.state.judged++ % oneIn === 0;
    if (decision.verdict !== 'reject' && !sampled) return;
    const trace = this.screening.explain({ kind: 'mo-ForwardSM', submission }, passage.at, selection);
    keep({ wire: passage, submission, decision, outcome, trace });
  }
}

/** A calling party that cannot be read. What its message asks for can be. */
const NOBODY: TitleKey = { routeOn: 'gt', indicator: 0, digits: '' };
const MID_DIALOGUE = 'a message for a prepaid platform came where only the service centre can take it';
const SEVERITY: Readonly<Record<Decision['action'], number>> = { pass: 0, redirect: 1, reject: 2 };

/** Why a selected message is not judged. */
function whyNot(content: Content): NotScreened {
  const { unread, operations } = content;
  if (unread.length > 0) return { kind: 'undecodable', why: `${unread[0]!.fault}: ${unread[0]!.detail}` };
  return { kind: 'not-mo-ForwardSM', operation: operations.length === 0 ? content.kind : operations.join(' ') };
}

const describe = (content: Content) => ({
  kind: content.kind,
  by: content.decoded === undefined ? ('glance' as const) : ('decoder' as const),
  context: contextNameOf(content),
  version: content.version,
  operations: content.operations,
});
