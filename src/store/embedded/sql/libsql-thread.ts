/** The thread of a store on libsql. */
import { openSql } from './libsql-driver.js';
import { serveThread } from './serve-thread.js';

serveThread(openSql);
