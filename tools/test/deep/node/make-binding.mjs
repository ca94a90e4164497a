/**
 * Makes the binding of `@confluentinc/kafka-javascript` for the Node.js that runs this, in the
 * workspace that contains this file: a copy, as the original's binding is for another Node.js.
 * Prints the result; the exit code is 1 on failure.
 */
import { binding } from '../../../setup/binding.mjs';
import { Progress } from '../../../setup/progress.mjs';

const there = await binding.check();
const progress = new Progress(binding.name, process.stderr);
const made = there.is === 'missing' ? await binding.make(progress) : there;
progress.end(made.is);
process.stdout.write(`${made.says}\n`);
process.exitCode = made.is === 'ready' ? 0 : 1;
