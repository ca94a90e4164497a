import type { Context } from '../context.js';
import { messageOf } from '../terminal/format.js';
import { ProducerModule } from './producer-module.js';

/**
 * Runs `use` with the module, then flushes and closes its producer. A signal closes it at once:
 * records in flight then have until the close timeout.
 */
export async function withProducer(
  path: string,
  context: Context,
  use: (module: ProducerModule) => Promise<number>,
): Promise<number> {
  const module = await ProducerModule.load(path, context);
  const close = (): void => void module.close().catch(() => undefined);
  context.signal.addEventListener('abort', close);
  try {
    const code = await use(module);
    await module.flush();
    await module.close();
    return code;
  } catch (error) {
    await module.close().catch((also: unknown) => {
      if (also !== error) context.log(messageOf(also));
    });
    throw error;
  } finally {
    context.signal.removeEventListener('abort', close);
  }
}
