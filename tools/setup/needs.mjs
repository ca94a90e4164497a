import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Returns whether a built script, with these arguments, needs the binding of the confluent client,
 * which takes minutes to compile. The script decides, as it knows its arguments: a module
 * `needs.js` beside it exports a function of this name. Without one it does not.
 *
 * @param {string} script
 * @param {string[]} args
 * @param {() => Promise<boolean>} hasKafka whether there is a real Kafka: where there is none, a mock cluster stands in
 *   that lives in the binding
 * @returns {Promise<boolean>}
 */
export async function needsBinding(script, args, hasKafka) {
  const file = path.join(path.dirname(script), 'needs.js');
  if (!fs.existsSync(file)) return false;
  const its = await import(pathToFileURL(file).href);
  return its.needsBinding(args, hasKafka);
}
