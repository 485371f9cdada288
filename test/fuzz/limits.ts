/** The limits that inputs are held to, and those of the fuzzer itself. */
export const FUZZ_LIMITS = {
  /** One input. Unit: octets. Source: the headers of any real PDU and a few short parts fit. */
  inputOctetsMax: 4096,
  /** One leaf of an example (a text, a picture). Unit: octets. Source: what is longer only repeats itself. */
  leafOctetsMax: 96,
  /** An input that takes longer never ends, for all anybody knows. Unit: ms. Source: 50 times the next row, for a machine with other work. */
  hangMs: 2_500,
  /** An input that takes longer, three times in a row, is slow. Unit: ms. Source: a thousand times the usual. */
  slowMs: 50,
  /** What reading one input may allocate, garbage included. Unit: octets. Source: a thousand times the largest input. */
  growthOctetsMax: 4_194_304,
  /** What all inputs together may leave behind. Unit: octets. Source: the grown examples take a tenth of it. */
  retainedOctetsMax: 67_108_864,
  /** Old space of the process that reads the inputs. Unit: MiB. Source: an input that needs more ends the process and is a finding. */
  heapMib: 512,
  /** How long a process may take to begin, on a machine with much other work. Unit: ms. */
  startMs: 120_000,
  /** Examples kept because they reached something new. */
  grownMax: 4096,
  /** Inputs between two looks at the coverage. Source: a look costs about as much as 25 inputs. */
  batchInputs: 256,
  /** Batches in a row that reached nothing new before the coverage is given up, and inputs go twice as fast. */
  idleBatchesMax: 400,
  /** Findings of one target, after which it has had enough. */
  findingsMax: 20,
  /** Processes of one target that hung or died, after which it has had enough: each costs seconds. */
  breaksMax: 2,
  /** Tries at making a finding smaller. */
  minimiseTriesMax: 2_000,
  /** And the time for it. Unit: ms. */
  minimiseMs: 20_000,
} as const;
