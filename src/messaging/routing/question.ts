/** One recipient's way through the decision: what is asked, against which state of the operator's objects, and the steps so far. */
import type { DirectorySnapshot } from '#directory';
import type { NoRoute, Road, RouteQuery } from '#messaging';
import type { RouteIndex } from './route-index.js';
import type { RoutingSettings } from './settings.js';
import type { ExplainedDecision, RouteStep } from './trace.js';
import { becauseText } from './trace-text.js';

export class Question {
  readonly query: RouteQuery;
  /** One state of the objects, from the first step to the last. */
  readonly snapshot: DirectorySnapshot;
  readonly index: RouteIndex;
  readonly settings: RoutingSettings;
  readonly #steps: RouteStep[] = [];

  constructor(query: RouteQuery, snapshot: DirectorySnapshot, index: RouteIndex, settings: RoutingSettings) {
    this.query = query;
    this.snapshot = snapshot;
    this.index = index;
    this.settings = settings;
  }

  note(step: RouteStep): void {
    this.#steps.push(step);
  }

  /** Nothing is kept of why somebody is our own: there was nothing to choose, and it is said of nearly every recipient. */
  road(road: Road): ExplainedDecision {
    if (road.kind === 'handset') return { kind: 'road', road, trace: this.#trace() };
    return { kind: 'road', road, because: becauseText(this.#steps), trace: this.#trace() };
  }

  nowhere(reason: NoRoute): ExplainedDecision {
    return { kind: 'nowhere', reason, because: becauseText(this.#steps), trace: this.#trace() };
  }

  undecided(reason: string): ExplainedDecision {
    return { kind: 'undecided', reason, retryAfterMs: this.settings.retryAfterMs, trace: this.#trace() };
  }

  #trace(): ExplainedDecision['trace'] {
    return { revision: this.snapshot.revision, steps: this.#steps };
  }
}
