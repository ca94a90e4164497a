import { availableParallelism } from 'node:os';

/**
 * Runs jobs concurrently, as many at a time as there are processors. Resolves with their results,
 * in their order.
 *
 * @template T
 * @param {(() => Promise<T>)[]} jobs
 * @param {number} [width]
 * @returns {Promise<T[]>}
 */
export async function sideBySide(jobs, width = availableParallelism()) {
  /** @type {T[]} */
  const results = [];
  const left = [...jobs.entries()];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [index, job] = next;
      results[index] = await job();
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
