/** The thread of a store under test: its engine fails on demand. */
import { openSql } from './faulty-driver.contract.js';
import { serveThread } from './sql/serve-thread.js';

serveThread(openSql);
