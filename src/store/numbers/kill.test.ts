import { killed } from './kill.contract.js';

killed(3);
