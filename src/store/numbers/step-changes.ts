/** A step of a log as the change that it came from. */
import { type NumberChange, type NumberRecord, type Step, validityOf } from '#portability';

/** None for the definition of a record. */
export function changeOf(step: Step, record: (index: number) => NumberRecord): readonly NumberChange[] {
  switch (step.step) {
    case 'define':
      return [];
    case 'set':
      return [{ kind: 'set-number', number: step.number, record: record(step.entry.record), ...validityOf(step.entry) }];
    case 'drop':
      return [{ kind: 'delete-number', number: step.number }];
    case 'set-range': {
      const { first, last, entry } = step;
      return [{ kind: 'set-range', first, last, record: record(entry.record), ...validityOf(entry) }];
    }
    case 'drop-range':
      return [{ kind: 'delete-range', first: step.first, last: step.last }];
  }
}
