/** Asks a running gate by its operator API. */
import { userInfo } from 'node:os';
import type { ZodType } from 'zod';
import { ApiConnection, OPERATOR_HEADER, type OperatorTarget } from '#operator';
import { secretFrom } from '../config-checks.js';
import { gateSocket } from '../gate/config-parts.js';
import { loadGate } from './load-gate.js';
import { Failure, WrongUse } from './terminal.js';

/** Where the gate is. */
export interface WhereGate {
  readonly config?: string;
  readonly socket?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}

function target({ config, socket, url, tokenFile }: WhereGate): OperatorTarget {
  if (url !== undefined) {
    if (tokenFile === undefined) throw new WrongUse('--url needs --token-file: on TCP every request must carry the token');
    try {
      return { url, token: secretFrom(tokenFile) };
    } catch (e) {
      throw new Failure(`${tokenFile}: cannot be read (${(e as NodeJS.ErrnoException).code ?? String(e)})`);
    }
  }
  if (socket !== undefined) return { socket };
  if (config === undefined) throw new WrongUse('which gate? give --config, --socket or --url');
  return { socket: gateSocket(loadGate(config).config) };
}

/** Whoever runs the command, for the audit log; a user without a name has his number. */
function callerName(): string {
  const { username, uid } = userInfo();
  return /^[-\w.@]{1,64}$/.test(username) ? username : `uid-${uid}`;
}

export interface Question {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

/** Asks once and closes; refusals become failures. */
export async function askGate<T>(where: WhereGate, schema: ZodType<T>, { method = 'GET', path, body }: Question): Promise<T> {
  const its = target(where);
  const api = new ApiConnection(its, { [OPERATOR_HEADER]: callerName() });
  try {
    const answer = await api.request(method, path, schema, body);
    if (answer.ok) return answer.value;
    if (answer.error.kind === 'refused') throw new Failure(`refused: ${answer.error.text}`);
    const place = 'socket' in its ? its.socket : its.url;
    throw new Failure(`no gate answers at ${place} (${answer.error.text}); is it running, and is this its --config?`);
  } finally {
    await api.close();
  }
}
