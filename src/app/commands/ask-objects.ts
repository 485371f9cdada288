/** Asks a running program about objects and far sides by its operator API, and says the answers in words. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { ZodType } from 'zod';
import { ApiConnection, type FarSideView, type ObjectFaults, OPERATOR_HEADER, type OperatorError } from '#operator';
import { placeText, target, type Where } from './ask-operator.js';
import { Failure, httpOption, plain, table } from './terminal.js';

export type ObjectOptions = Where & { readonly json?: true };

export const whereOptions = (command: Command): Command =>
  command
    .option('--config <file>', 'configuration of the running program; without it, the laboratory defaults of this folder')
    .option('--socket <path>', 'its operator socket, in place of --config')
    .option('--url <url>', 'its operator API on TCP, in place of --config', httpOption)
    .option('--token-file <file>', 'with --url: file with the bearer token in its first line')
    .option('--json', 'print JSON instead');

/** Whoever runs the command, for the history; a user without a name has his number. */
function callerName(): string {
  const { username, uid } = userInfo();
  return /^[-\w.@]{1,64}$/.test(username) ? username : `uid-${uid}`;
}

export interface ObjectQuestion {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

/** The program's faults about objects, for whoever can say them better than by the API's own words. */
export class FaultyObjects extends Failure {
  readonly faults: ObjectFaults;

  constructor(text: string, faults: ObjectFaults) {
    super(text);
    this.faults = faults;
  }
}

/** There is nothing of that name. */
export class NotThere extends Failure {}

const NOT_FOUND = 404;

function failureOf(error: OperatorError, place: string): Failure {
  if (error.kind === 'unreachable')
    return new Failure(`no program answers at ${place} (${error.text}); is angarium running, and is this its --config?`);
  const text = `refused: ${error.text}`;
  if (error.status === NOT_FOUND) return new NotThere(text);
  return error.faults === undefined ? new Failure(text) : new FaultyObjects(text, error.faults);
}

/** Asks once and closes; refusals become failures. */
export async function askObjects<T>(
  where: Where,
  schema: ZodType<T>,
  { method = 'GET', path, body }: ObjectQuestion,
): Promise<T> {
  const its = target(where);
  const api = new ApiConnection(its, { [OPERATOR_HEADER]: callerName() });
  try {
    const answer = await api.request(method, path, schema, body);
    if (answer.ok) return answer.value;
    throw failureOf(answer.error, placeText(its));
  } finally {
    await api.close();
  }
}

/** A part of an address, whatever is in it. */
export const part = (text: string): string => encodeURIComponent(text);

export const queueText = ({ waiting, oldestAt, awaiting, underWay, state, triedNextAt, reason }: FarSideView['queue']): string =>
  [
    `${waiting} waiting`,
    oldestAt === undefined ? '' : `oldest of ${oldestAt}`,
    awaiting === 0 ? '' : `${awaiting} awaiting an answer`,
    underWay === 0 ? '' : `${underWay} under way`,
    state === 'open' ? '' : state,
    triedNextAt === undefined ? '' : `tried next at ${triedNextAt}`,
    reason === undefined ? '' : plain(reason),
  ]
    .filter((piece) => piece !== '')
    .join(', ');

/** The troubles of a far side under each other, newest first. */
export const troublesText = (troubles: FarSideView['troubles']): string =>
  troubles.length === 0 ? 'no trouble known' : table(troubles.map(({ at, text }) => [at, plain(text)]));
