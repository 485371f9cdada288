import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DueEntry, DueIndex } from './due-index.js';

/** What the index must do, by looking at everything each time. */
interface Known {
  readonly name: number;
  readonly order: number;
  dueAt: number;
  leaseEndsAt: number;
  readonly entry: DueEntry<number>;
}

type Command =
  | { readonly do: 'add' | 'claim'; readonly at: number }
  | { readonly do: 'reschedule' | 'hasten'; readonly which: number; readonly at: number }
  | { readonly do: 'remove'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number };

const at = fc.nat(100);
const which = fc.nat(20);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constantFrom('add' as const, 'add' as const, 'claim' as const), at }),
  fc.record({ do: fc.constantFrom('reschedule' as const, 'hasten' as const), which, at }),
  fc.record({ do: fc.constant('remove' as const), which }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.nat(8) }),
);

describe('the due index', () => {
  it('does what a search through everything would do, whatever is added, changed, claimed and removed', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
        let clock = 0;
        let told = 0;
        const index = new DueIndex<number>(
          () => clock,
          () => {
            told++;
          },
        );
        const known: Known[] = [];
        const free = () =>
          known.filter(({ leaseEndsAt }) => leaseEndsAt <= clock).sort((a, b) => a.dueAt - b.dueAt || a.order - b.order);
        for (const [order, command] of commands.entries()) {
          const before = index.nextDueAt();
          told = 0;
          const one = 'which' in command ? known[command.which % Math.max(1, known.length)] : undefined;
          if (command.do === 'add') {
            known.push({ name: order, order, dueAt: command.at, leaseEndsAt: 0, entry: index.add(order, command.at) });
          } else if (command.do === 'claim') {
            const expected = free()
              .filter(({ dueAt }) => dueAt <= command.at)
              .slice(0, 3);
            const claimed = index.claim(command.at, 5, 3);
            assert.deepEqual(
              claimed,
              expected.map(({ name }) => name),
            );
            for (const claim of expected) claim.leaseEndsAt = clock + 5;
          } else if (command.do === 'pass') {
            clock += command.ms;
          } else if (one && command.do === 'remove') {
            index.remove(one.entry);
            known.splice(known.indexOf(one), 1);
          } else if (one && command.do === 'reschedule') {
            index.reschedule(one.entry, command.at);
            one.dueAt = command.at;
            one.leaseEndsAt = 0;
          } else if (one && command.do === 'hasten') {
            index.hasten(one.entry, command.at);
            one.dueAt = command.at;
          }
          const next = index.nextDueAt();
          assert.equal(next, free()[0]?.dueAt);
          const earlier = next !== undefined && (before === undefined || next < before);
          if (earlier && command.do !== 'pass') assert.ok(told > 0, 'whoever waits is told of an earlier instant');
        }
      }),
      { numRuns: 300 },
    );
  });
});
