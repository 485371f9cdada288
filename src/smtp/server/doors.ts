/** How many may come in, by address and by peer. Tables are bounded; at the bound the one heard of longest ago is forgotten. */
import { LIMITS } from '#base';
import { countedAs } from '../addresses.js';
import type { SmtpIdentified } from '../handler.js';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

interface Visitor {
  standing: number;
  /** Connections of this minute and of the one before it; both together, weighed by time, are the rate. */
  minute: number;
  now: number;
  before: number;
}

/** Connections by address. */
export class Visitors {
  private readonly perAddressMax: number;
  private readonly perMinuteMax: number;
  private readonly visitors = new Map<string, Visitor>();

  constructor(perAddressMax: number, perMinuteMax: number) {
    this.perAddressMax = perAddressMax;
    this.perMinuteMax = perMinuteMax;
  }

  /** Whether one more may come in; then `leave` is called for it later. */
  enter(address: string, now: number): 'in' | 'too-many' | 'too-fast' {
    const key = countedAs(address);
    const visitor = this.visitors.get(key) ?? { standing: 0, minute: 0, now: 0, before: 0 };
    // Last in the map is heard of last.
    this.visitors.delete(key);
    this.visitors.set(key, visitor);
    if (this.visitors.size > LIMITS.smtpAddressesMax) this.visitors.delete(this.visitors.keys().next().value!);
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== visitor.minute) {
      visitor.before = minute === visitor.minute + 1 ? visitor.now : 0;
      visitor.now = 0;
      visitor.minute = minute;
    }
    const rate = visitor.now + visitor.before * (1 - (now % MINUTE_MS) / MINUTE_MS);
    if (rate >= this.perMinuteMax) return 'too-fast';
    if (visitor.standing >= this.perAddressMax) return 'too-many';
    visitor.now++;
    visitor.standing++;
    return 'in';
  }

  leave(address: string): void {
    const visitor = this.visitors.get(countedAs(address));
    if (visitor !== undefined && visitor.standing > 0) visitor.standing--;
  }
}

interface Account {
  transactions: number;
  /** Messages that may begin now; fills up with time, to a second's worth. */
  tokens: number;
  at: number;
}

/** Transactions and rates by peer. */
export class Accounts {
  private readonly accounts = new Map<string, Account>();

  /** Whether the peer may begin a transaction; then `leave` is called for it later. */
  enter(peer: SmtpIdentified<unknown>, now: number): boolean {
    const { name, transactionsMax = Number.POSITIVE_INFINITY, messagesPerSecondMax: rate } = peer;
    const account = this.accounts.get(name) ?? { transactions: 0, tokens: rate ?? 0, at: now };
    this.accounts.delete(name);
    this.accounts.set(name, account);
    if (this.accounts.size > LIMITS.smtpPeersMax) this.forgetIdle();
    if (rate !== undefined) {
      account.tokens = Math.min(Math.max(1, rate), account.tokens + (Math.max(0, now - account.at) * rate) / SECOND_MS);
      account.at = now;
    }
    if (account.transactions >= transactionsMax || (rate !== undefined && account.tokens < 1)) return false;
    if (rate !== undefined) account.tokens--;
    account.transactions++;
    return true;
  }

  leave(name: string): void {
    const account = this.accounts.get(name);
    if (account !== undefined && account.transactions > 0) account.transactions--;
  }

  private forgetIdle(): void {
    for (const [name, account] of this.accounts) {
      if (account.transactions > 0) continue;
      this.accounts.delete(name);
      return;
    }
  }
}
