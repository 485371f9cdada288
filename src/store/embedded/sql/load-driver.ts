/** Finds the SQL engine of a thread. */
import type { OpenSql } from './driver.js';
import { openSql } from './libsql-driver.js';
import type { ThreadData } from './protocol.js';

export async function loadDriver(data: ThreadData): Promise<OpenSql> {
  if (!data.driver) return openSql;
  const module = (await import(data.driver.url)) as { readonly openSql: OpenSql };
  return module.openSql;
}
