import { numbersContract } from '../numbers.contract.js';
import { MemoryNumbers } from './memory.js';

numbersContract(
  'in memory',
  async () => new MemoryNumbers(),
  async () => {},
  200,
);
