/**
 * The SQL threads and their engine in the simulated process: real SQLite over a folder in memory, requests answered one after another, each
 * at an instant of the world. A crash falls between two requests, hence between two transactions: what was committed stays, and of the
 * request whose answer had not arrived nobody knows whether it happened.
 *
 * A crash takes a copy of the files as they are, with the log not moved, so that opening reads the log again as after a real crash.
 */
import fs from 'node:fs';
import path from 'node:path';
import {
  type OpenSql,
  openSql,
  type SqlDriver,
  type SqlStatement,
  type SqlThreadPort,
  type SqlValue,
  type StartSqlThread,
  type ThreadData,
  ThreadDied,
  type ThreadRequest,
  threadWork,
} from '#store/embedded';
import type { Loop, Owner } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import type { Paces } from '../world/settings.js';
import type { CrashPoint, Hazards } from './hazards.js';

/** Page cache of the connection that reads beside the program. */
const BESIDE_CACHE_OCTETS = 65_536;
/** What of a data folder survives a crash; the lock's file holds nothing. */
const SURVIVES = /^(CURRENT|SUSPECT|messages-[0-9]+\.db(-wal)?)$/;

const failure = (code: string): Error => Object.assign(new Error(`simulated ${code}`), { code });

interface Waiting {
  readonly request: ThreadRequest;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Surroundings {
  /** A request takes up to so long, and its answer as long again; by the role of the thread. */
  readonly paces: Paces;
  readonly loop: Loop;
  readonly random: Random;
  readonly hazards: Hazards;
  readonly trace: Trace;
  readonly crashPoint: CrashPoint;
  /** Before messages are removed. */
  readonly beforePrune: () => void;
}

class SimulatedThread implements SqlThreadPort<ThreadRequest, unknown> {
  readonly #in: Surroundings;
  readonly #owner: Owner;
  readonly #role: ThreadData['role'];
  /** Told when the rows may have changed; `moved`: perhaps with their file. */
  readonly #changed: (moved: boolean) => void;
  readonly #work: (request: ThreadRequest) => unknown;
  readonly #open = new Set<SqlDriver>();
  readonly #waiting: Waiting[] = [];
  readonly #paceMs: number;
  #freeAt = 0;
  /** Answers come in the order of the requests. */
  #answeredAt = 0;
  #death: ThreadDied | undefined;

  constructor(surroundings: Surroundings, owner: Owner, data: ThreadData, changed: (moved: boolean) => void) {
    this.#changed = changed;
    this.#in = surroundings;
    this.#owner = owner;
    this.#role = data.role;
    this.#paceMs = surroundings.paces[data.role];
    this.#work = threadWork(data, this.#openSql);
  }

  get dead(): boolean {
    return this.#death !== undefined;
  }

  call(request: ThreadRequest): Promise<unknown> {
    if (this.#death) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { request, resolve, reject };
      this.#waiting.push(waiting);
      this.#owner.busy++;
      const { loop, random, hazards } = this.#in;
      const stallMs = this.#role === 'writer' ? hazards.stallMs : 0;
      this.#freeAt = Math.max(loop.now, this.#freeAt) + random.unit() * (this.#paceMs + hazards.slowMs) + stallMs;
      loop.after(this.#freeAt - loop.now, this.#owner, () => this.#serve(waiting));
    });
  }

  async end(): Promise<void> {
    this.#die('has ended');
  }

  /** Lets go of the files as a process does that is gone. */
  release(): void {
    // What the work holds besides its engine's connections: the writer reads the log by a descriptor of its own.
    this.#work({ kind: 'close' });
    for (const driver of this.#open) {
      driver.rollback();
      driver.close();
    }
    this.#open.clear();
  }

  #serve(waiting: Waiting): void {
    const { loop, random, hazards, trace, crashPoint } = this.#in;
    if (this.#death) return;
    const what = `${waiting.request.kind} of the ${this.#role}`;
    if (crashPoint(`before ${what}`)) return;
    const dies = hazards.threadDies?.role === this.#role ? hazards.threadDies : undefined;
    if (dies) {
      hazards.threadDies = undefined;
      trace.count('sql', `${this.#role} dies`);
      if (!dies.afterwards) {
        this.#die('failed: simulated');
        return;
      }
    }
    if (waiting.request.kind === 'group' && waiting.request.work.some(({ kind }) => kind === 'prune')) this.#in.beforePrune();
    let reply: unknown;
    try {
      reply = this.#work(waiting.request);
    } catch (error) {
      loop.fail(error);
      return;
    }
    countWork(trace, waiting.request);
    if (this.#role === 'writer') this.#changed(waiting.request.kind !== 'group');
    trace.line(`sql: ${what}${outcomeOf(reply)}`);
    if (dies) this.#die('failed: simulated');
    if (dies || crashPoint(`after ${what}`)) return;
    this.#answeredAt = Math.max(loop.now + random.unit() * this.#paceMs, this.#answeredAt);
    loop.after(this.#answeredAt - loop.now, this.#owner, () => {
      if (this.#death) return;
      this.#waiting.shift();
      this.#owner.busy--;
      waiting.resolve(reply);
    });
  }

  #die(how: string): void {
    if (this.#death) return;
    this.#death = new ThreadDied(`the thread ${this.#role} ${how}`);
    this.#in.trace.line(`sql: the ${this.#role} ${how}`);
    this.release();
    for (const { reject } of this.#waiting.splice(0)) {
      this.#owner.busy--;
      reject(this.#death);
    }
  }

  #openSql: OpenSql = (file, options) => {
    const inner = openSql(file, options);
    const isWriter = this.#role === 'writer' && file.endsWith('.db');
    const { hazards, trace } = this.#in;
    const driver: SqlDriver = {
      ...inner,
      begin: () => {
        if (isWriter && hazards.beginFails) {
          hazards.beginFails = false;
          throw failure('SQLITE_IOERR_READ');
        }
        inner.begin();
      },
      commit: () => {
        const how = isWriter ? hazards.commit : 'works';
        if (how === 'works') return inner.commit();
        trace.count('sql', `commit: ${how}`);
        if (how === 'flush-failed-but-written') inner.commit();
        else inner.rollback();
        throw failure(how === 'full' ? 'SQLITE_FULL' : 'SQLITE_IOERR_FSYNC');
      },
      checkpoint: (mode) => {
        if (hazards.checkpoint !== 'works') {
          trace.count('sql', `checkpoint: ${hazards.checkpoint}`);
          throw failure(hazards.checkpoint === 'full' ? 'SQLITE_FULL' : 'SQLITE_IOERR_FSYNC');
        }
        trace.count('sql', `checkpoint: ${mode}`);
        return inner.checkpoint(mode);
      },
      vacuumInto: (target) => {
        if (hazards.rebuildFails) throw failure('SQLITE_FULL');
        trace.count('sql', 'database rebuilt');
        inner.vacuumInto(target);
      },
      close: () => {
        this.#open.delete(driver);
        inner.close();
      },
    };
    this.#open.add(driver);
    return driver;
  };
}

/** Roads of the store that only its threads see. */
function countWork(trace: Trace, request: ThreadRequest): void {
  if (request.kind === 'group') {
    for (const { kind } of request.work) {
      if (kind === 'move') trace.count('store', 'content moved by compaction');
      if (kind === 'prune') trace.count('store', 'messages pruned');
      if (kind === 'hasten') trace.count('store', 'waiting hastened');
      if (kind === 'give-up') trace.count('store', 'content given up');
    }
    if (request.work.length > 1) trace.count('store', 'several changes in a group');
    if (request.finishCheckpoint) trace.count('store', 'log begun anew');
  } else if (request.kind === 'queries') {
    for (const { kind } of request.queries) if (kind === 'due') trace.count('store', 'a page of due things read');
  }
}

/** The outcome of a request, as far as it differs from "done". */
function outcomeOf(reply: unknown): string {
  const { kind, reason } = reply as { readonly kind: string; readonly reason?: string };
  if (kind === 'failed' || kind === 'unrecovered' || kind === 'refused') return `: ${kind}: ${withoutPath(reason ?? '')}`;
  return kind === 'recovered' ? ': recovered' : '';
}

/** Folders have names of their own in every run; the trace must not differ by them. */
const withoutPath = (text: string): string => text.replace(/\/[^\s'"]+\//g, '');

interface Beside {
  readonly driver: SqlDriver;
  readonly statements: Map<string, SqlStatement>;
}

export class SimulatedEngine {
  readonly #in: Surroundings;
  readonly #base: string;
  #threads: SimulatedThread[] = [];
  #crashes = 0;
  #beside: Beside | undefined;
  #version = 0;

  /** `base`: an empty folder of its own; it goes with `remove`. */
  constructor(surroundings: Surroundings, base: string) {
    this.#in = surroundings;
    this.#base = base;
  }

  /** The data folder that counts now. */
  get folder(): string {
    return path.join(this.#base, String(this.#crashes));
  }

  startThreadFor(owner: Owner): StartSqlThread {
    return (data) => {
      const thread = new SimulatedThread(this.#in, owner, data, (moved) => {
        this.#version++;
        if (moved) this.#moved();
      });
      this.#threads.push(thread);
      return thread as SqlThreadPort<never, unknown>;
    };
  }

  /** The process is gone; the next one finds what was committed. */
  crash(): void {
    const before = this.folder;
    this.#crashes++;
    fs.mkdirSync(this.folder, { recursive: true });
    if (fs.existsSync(before))
      for (const name of fs.readdirSync(before))
        if (SURVIVES.test(name)) fs.copyFileSync(path.join(before, name), path.join(this.folder, name));
    this.#releaseAll();
    fs.rmSync(before, { recursive: true, force: true });
  }

  /** Grows with every transaction: while it stays, so do the rows. */
  get version(): number {
    return this.#version;
  }

  /** Rows of the database as committed, read beside the program; none where there is no database yet. */
  rows(sql: string, ...values: readonly SqlValue[]): readonly (readonly SqlValue[])[] {
    const beside = (this.#beside ??= this.#openBeside());
    if (!beside) return [];
    let statement = beside.statements.get(sql);
    if (!statement) beside.statements.set(sql, (statement = beside.driver.prepare(sql)));
    return statement.all(values);
  }

  #openBeside(): Beside | undefined {
    const current = path.join(this.folder, 'CURRENT');
    if (!fs.existsSync(current)) return undefined;
    const file = path.join(this.folder, fs.readFileSync(current, 'utf8').trim());
    const driver = openSql(file, { readOnly: true, busyTimeoutMs: 0, cacheOctets: BESIDE_CACHE_OCTETS });
    return { driver, statements: new Map() };
  }

  /** What is read beside must be opened again: another file may count now. */
  #moved(): void {
    this.#beside?.driver.close();
    this.#beside = undefined;
  }

  remove(): void {
    this.#releaseAll();
    fs.rmSync(this.#base, { recursive: true, force: true });
  }

  #releaseAll(): void {
    this.#moved();
    for (const thread of this.#threads.splice(0)) thread.release();
  }
}
