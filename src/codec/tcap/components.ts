/** The component portion. Q.773 clause 3.1. */
import { hexNumber, LIMITS, Malformed } from '#base';
import {
  asItCame,
  BerFault,
  type BerNode,
  type BerReader,
  constructed,
  integerOctets,
  oidOctets,
  primitive,
  readInteger,
  readOid,
} from '#codec/ber';
import { keptNodes } from './dialogue.js';
import type { Code, Component, Invoke, Kept, PROBLEMS, ProblemType, Reject, ReturnError, ReturnResult } from './messages.js';

const INTEGER = 0x02;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const LINKED_ID = 0x80;
const RESULT = 0x30;

const TAGS = { invoke: 0xa1, returnResultLast: 0xa2, returnError: 0xa3, reject: 0xa4, returnResultNotLast: 0xa7 } as const;
const KINDS = new Map<number, keyof typeof TAGS>(Object.entries(TAGS).map(([kind, tag]) => [tag, kind as keyof typeof TAGS]));
const PROBLEM_TAGS: Readonly<Record<ProblemType, number>> = {
  general: 0x80,
  invoke: 0x81,
  returnResult: 0x82,
  returnError: 0x83,
};
const PROBLEM_TYPES = new Map(Object.entries(PROBLEM_TAGS).map(([type, tag]) => [tag, type as ProblemType]));

type GeneralProblem = keyof (typeof PROBLEMS)['general'];
const UNRECOGNIZED: GeneralProblem = 0;
const MISTYPED: GeneralProblem = 1;
const BADLY_STRUCTURED: GeneralProblem = 2;

const INVOKE_ID_MIN = -128;
const INVOKE_ID_MAX = 127;

/** Reads the elements of the component portion that `r` stands on. */
export function readComponents(r: BerReader): Component[] {
  const found: Component[] = [];
  const inner = r.inner();
  let unreadable = 0;
  while (inner.offset < inner.end) {
    if (found.length >= LIMITS.tcapComponentsMax)
      throw new BerFault('limit', inner.offset, `more than ${LIMITS.tcapComponentsMax} components`);
    const from = inner.offset;
    try {
      inner.next();
    } catch (e) {
      if (!(e instanceof Malformed)) throw e;
      // Nobody knows where it ends: it takes the rest with it.
      found.push({
        kind: 'unreadable',
        octets: inner.bytes.subarray(from, inner.end),
        problem: BADLY_STRUCTURED,
        detail: e.message,
      });
      return found;
    }
    const component = readComponent(inner);
    if (component.kind === 'unreadable' && ++unreadable > LIMITS.tcapUnreadableMax)
      throw new BerFault('limit', from, `more than ${LIMITS.tcapUnreadableMax} components that cannot be read`);
    found.push(component);
  }
  return found;
}

function readComponent(r: BerReader): Component {
  const kind = KINDS.get(r.tag);
  if (kind === undefined)
    return { kind: 'unreadable', octets: r.element(), problem: UNRECOGNIZED, detail: `${hexNumber(r.tag)} is no component` };
  const state: { invokeId?: number } = {};
  try {
    const inner = r.inner();
    switch (kind) {
      case 'invoke':
        return readInvoke(inner, state);
      case 'returnResultLast':
      case 'returnResultNotLast':
        return readReturnResult(inner, kind, state);
      case 'returnError':
        return readReturnError(inner, state);
      case 'reject':
        return readReject(inner, state);
    }
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    const problem = e instanceof BerFault && e.kind === 'missing' ? MISTYPED : BADLY_STRUCTURED;
    return { kind: 'unreadable', octets: r.element(), ...state, problem, detail: e.message };
  }
}

function readInvokeId(r: BerReader, state: { invokeId?: number }): number {
  r.need('the invoke id');
  if (r.tag !== INTEGER) throw new BerFault('missing', r.start, `${hexNumber(r.tag)} where the invoke id is expected`);
  state.invokeId = idOf(r);
  return state.invokeId;
}

function idOf(r: BerReader): number {
  const id = readInteger(r);
  if (id < INVOKE_ID_MIN || id > INVOKE_ID_MAX)
    throw new Malformed(r.start, `invoke id ${id}, expected -128..127`, 'Q.773 4.2.2');
  return id;
}

function readCode(r: BerReader, what: string): Code {
  if (r.tag === INTEGER) return { kind: 'local', value: readInteger(r) };
  if (r.tag === OBJECT_IDENTIFIER) return { kind: 'global', value: readOid(r) };
  throw new BerFault('missing', r.start, `${hexNumber(r.tag)} where the ${what} is expected`);
}

/** The parameter, and whatever else comes. */
function readRest(r: BerReader): { parameter?: Uint8Array } & Kept {
  if (!r.next()) return {};
  const parameter = r.element();
  const unknown = readUnknown(r);
  return { parameter, ...unknown };
}

function readUnknown(r: BerReader): Kept {
  const unknown: Uint8Array[] = [];
  while (r.next()) unknown.push(r.element());
  return unknown.length > 0 ? { unknown } : {};
}

function readInvoke(r: BerReader, state: { invokeId?: number }): Invoke {
  const invokeId = readInvokeId(r, state);
  r.need('the operation code');
  let linkedId: number | undefined;
  if (r.tag === LINKED_ID) {
    linkedId = idOf(r);
    r.need('the operation code');
  }
  const operation = readCode(r, 'operation code');
  return { kind: 'invoke', invokeId, ...(linkedId === undefined ? {} : { linkedId }), operation, ...readRest(r) };
}

function readReturnResult(r: BerReader, kind: ReturnResult['kind'], state: { invokeId?: number }): ReturnResult {
  const invokeId = readInvokeId(r, state);
  if (!r.next()) return { kind, invokeId };
  if (r.tag !== RESULT) throw new BerFault('missing', r.start, `${hexNumber(r.tag)} where the result is expected`);
  const inner = r.inner();
  inner.need('the operation code');
  const operation = readCode(inner, 'operation code');
  return { kind, invokeId, result: { operation, ...readRest(inner) }, ...readUnknown(r) };
}

function readReturnError(r: BerReader, state: { invokeId?: number }): ReturnError {
  const invokeId = readInvokeId(r, state);
  r.need('the error code');
  return { kind: 'returnError', invokeId, error: readCode(r, 'error code'), ...readRest(r) };
}

function readReject(r: BerReader, state: { invokeId?: number }): Reject {
  r.need('the invoke id');
  if (r.tag === INTEGER) state.invokeId = idOf(r);
  else if (r.tag !== NULL) throw new BerFault('missing', r.start, `${hexNumber(r.tag)} where the invoke id is expected`);
  // X.690 8.8.2: it has no contents. What has some is none, and would be lost when it is written.
  else if (r.contentStart < r.contentEnd)
    throw new BerFault('malformed', r.start, 'a NULL with contents where the invoke id is expected');
  r.need('the problem');
  const type = PROBLEM_TYPES.get(r.tag);
  if (type === undefined) throw new BerFault('missing', r.start, `${hexNumber(r.tag)} where the problem is expected`);
  const problem = { type, code: readInteger(r) };
  return { kind: 'reject', ...state, problem, ...readUnknown(r) };
}

const codeNode = (code: Code): BerNode =>
  code.kind === 'local' ? primitive(INTEGER, integerOctets(code.value)) : primitive(OBJECT_IDENTIFIER, oidOctets(code.value));
const parameterNodes = (parameter: Uint8Array | undefined): BerNode[] => (parameter === undefined ? [] : [asItCame(parameter)]);

/** The element of one component. */
export function componentNode(value: Component): BerNode {
  if (value.kind === 'unreadable') return asItCame(value.octets);
  const nodes: BerNode[] = [
    value.invokeId === undefined ? primitive(NULL, new Uint8Array(0)) : primitive(INTEGER, integerOctets(value.invokeId)),
  ];
  switch (value.kind) {
    case 'invoke':
      if (value.linkedId !== undefined) nodes.push(primitive(LINKED_ID, integerOctets(value.linkedId)));
      nodes.push(codeNode(value.operation), ...parameterNodes(value.parameter));
      break;
    case 'returnResultLast':
    case 'returnResultNotLast':
      if (value.result !== undefined) {
        const { operation, parameter } = value.result;
        nodes.push(constructed(RESULT, [codeNode(operation), ...parameterNodes(parameter), ...keptNodes(value.result)]));
      }
      break;
    case 'returnError':
      nodes.push(codeNode(value.error), ...parameterNodes(value.parameter));
      break;
    case 'reject':
      nodes.push(primitive(PROBLEM_TAGS[value.problem.type], integerOctets(value.problem.code)));
      break;
  }
  return constructed(TAGS[value.kind], [...nodes, ...keptNodes(value)]);
}
