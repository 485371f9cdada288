/** From TCAP components to MAP values and back. */
import { err, hexNumber, Malformed, ok, type Result } from '#base';
import { asBerError, type BerError, type BerType, encodeBer, onlyElement } from '#codec/ber';
import { type Code, type Invoke, local, type PROBLEMS, type ReturnError, type ReturnResult } from '#codec/tcap';
import { ERRORS, type ErrorName, type Errors, errorOf, type SmDeliveryFailureCause } from './errors.js';
import { OPERATIONS, type OperationName, type Operations, operationOf } from './operations.js';

/** An operation with its argument. */
export type MapInvoke = { [K in OperationName]: { readonly operation: K; readonly argument: Operations[K][0] } }[OperationName];

/** An operation with its result; absent when there was no parameter. */
export type MapResult = { [K in OperationName]: { readonly operation: K; readonly result?: Operations[K][1] } }[OperationName];

/** An error with its parameter; absent when there was none. */
export type MapErrorValue = { [K in ErrorName]: { readonly error: K; readonly parameter?: Errors[K] } }[ErrorName];

/** Why a component is no MAP value that this codec knows. */
export interface MapError extends Omit<BerError, 'kind'> {
  /** `unrecognized`: no row for the code. Otherwise the parameter is not what the row says. */
  readonly kind: BerError['kind'] | 'unrecognized';
}

/** The invoke problem to reject with, by error kind. Q.773 table 34. */
export const INVOKE_PROBLEM: Readonly<Record<MapError['kind'], keyof (typeof PROBLEMS)['invoke']>> = {
  unrecognized: 1,
  malformed: 2,
  missing: 2,
  limit: 3,
};

const codeText = (code: Code): string => (code.kind === 'local' ? `${code.value}` : code.value);

function unrecognized(what: string, code: Code): Result<never, MapError> {
  const detail = `${what} ${codeText(code)} has no row`;
  return err({ kind: 'unrecognized', offset: 0, detail, text: `map: ${detail}` });
}

function readParameter<T>(type: BerType<T>, parameter: Uint8Array, what: string): Result<T, MapError> {
  try {
    const r = onlyElement(parameter, what);
    if (!type.accepts(r.tag)) throw new Malformed(r.start, `${hexNumber(r.tag)} is not ${what}`, 'TS 29.002 17.6');
    return ok(type.read(r));
  } catch (e) {
    if (e instanceof Malformed) return err(asBerError('map', e));
    throw e;
  }
}

/** The argument of an invoke. Octets in it are views. */
export function decodeInvoke({ operation, parameter }: Pick<Invoke, 'operation' | 'parameter'>): Result<MapInvoke, MapError> {
  const name = operation.kind === 'local' ? operationOf(operation.value) : undefined;
  if (name === undefined) return unrecognized('operation', operation);
  const row = OPERATIONS[name];
  const what = `the argument of ${name}`;
  const argument = readParameter(row.argument as BerType<unknown>, parameter ?? new Uint8Array(0), what);
  return argument.ok ? ok({ operation: name, argument: argument.value } as MapInvoke) : argument;
}

/** The result of an operation; undefined for a component without a result (then the invoke says which operation it answers). */
export function decodeResult({ result }: Pick<ReturnResult, 'result'>): Result<MapResult | undefined, MapError> {
  if (result === undefined) return ok(undefined);
  const name = result.operation.kind === 'local' ? operationOf(result.operation.value) : undefined;
  if (name === undefined) return unrecognized('operation', result.operation);
  if (result.parameter === undefined) return ok({ operation: name });
  const type = OPERATIONS[name].result as BerType<unknown> | undefined;
  if (type === undefined) return unrecognized('a result of operation', result.operation);
  const value = readParameter(type, result.parameter, `the result of ${name}`);
  return value.ok ? ok({ operation: name, result: value.value } as MapResult) : value;
}

/** The error with its parameter. */
export function decodeError({ error, parameter }: Pick<ReturnError, 'error' | 'parameter'>): Result<MapErrorValue, MapError> {
  const name = error.kind === 'local' ? errorOf(error.value) : undefined;
  if (name === undefined) return unrecognized('error', error);
  const row = ERRORS[name];
  if (parameter === undefined && !row.mandatory) return ok({ error: name });
  const value = readParameter(row.parameter as BerType<unknown>, parameter ?? new Uint8Array(0), `the parameter of ${name}`);
  return value.ok ? ok({ error: name, parameter: value.value } as MapErrorValue) : value;
}

/** The component that asks for an operation. Throws RangeError on values outside their ranges. */
export function encodeInvoke(invokeId: number, { operation, argument }: MapInvoke): Invoke {
  const row = OPERATIONS[operation];
  const type = row.argument as BerType<unknown>;
  return { kind: 'invoke', invokeId, operation: local(row.code), parameter: encodeBer(type.write(argument)) };
}

/** The component that answers an operation. Without a result it is one without operation code, as the standard asks. */
export function encodeResult(invokeId: number, value: MapResult | undefined): ReturnResult {
  if (value?.result === undefined) return { kind: 'returnResultLast', invokeId };
  const row = OPERATIONS[value.operation];
  const type = row.result as BerType<unknown>;
  return {
    kind: 'returnResultLast',
    invokeId,
    result: { operation: local(row.code), parameter: encodeBer(type.write(value.result)) },
  };
}

/** The component that refuses an operation. */
export function encodeError(invokeId: number, value: MapErrorValue): ReturnError {
  const row = ERRORS[value.error];
  if (value.parameter === undefined && row.mandatory) throw new RangeError(`${value.error} has a parameter`);
  return {
    kind: 'returnError',
    invokeId,
    error: local(row.code),
    ...(value.parameter === undefined
      ? {}
      : { parameter: encodeBer((row.parameter as BerType<unknown>).write(value.parameter)) }),
  };
}

/** sm-DeliveryFailure as a version wants it: version 1 has the cause alone. */
export const smDeliveryFailure = (version: number, cause: SmDeliveryFailureCause): MapErrorValue => ({
  error: 'sm-DeliveryFailure',
  parameter: { cause, ...(version === 1 ? { bare: true } : {}) },
});
