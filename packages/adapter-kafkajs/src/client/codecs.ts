import zlib from 'node:zlib';
import { kindOf } from '@holdfast/core/internal';
import { isReadableBytes } from '@holdfast/core/stage';
import kafkajs from 'kafkajs';
import { codecFailed } from '../errors.js';
import { codecNames, type Codec } from '../wire/codec.js';

/**
 * Returns the codec that is registered with kafkajs, which includes gzip; for zstd else that of
 * Node.js (from 22.15 on). `undefined`: there is none.
 */
export function codecOf(id: number): Codec | undefined {
  const compress = registered(id) ?? (codecNames[id] === 'zstd' ? zstdOfNode() : undefined);
  return compress && { id, compress: (records) => checked(compress, records) };
}

async function checked(compress: AnyCompress, records: Buffer): Promise<Uint8Array> {
  let result: unknown;
  try {
    result = await compress(records);
  } catch (cause) {
    throw codecFailed('failed', cause);
  }
  if (!isReadableBytes(result)) throw codecFailed(`returned ${kindOf(result)}, not bytes`);
  if (result.length === 0) throw codecFailed('returned no bytes');
  return result;
}

type AnyCompress = (records: Buffer) => unknown;

/** A codec of kafkajs takes an encoder, and reads its bytes. */
function registered(id: number): AnyCompress | undefined {
  const make: unknown = Reflect.get(kafkajs.CompressionCodecs, id);
  if (typeof make !== 'function') return undefined;
  let made: unknown;
  try {
    made = Reflect.apply(make, undefined, []);
  } catch {
    return undefined; // The placeholder of a codec that nobody has registered.
  }
  const compress: unknown = Reflect.get(Object(made), 'compress');
  if (typeof compress !== 'function') return undefined;
  return (buffer) => {
    const result: unknown = Reflect.apply(compress, made, [{ buffer, size: () => buffer.length }]);
    return result;
  };
}

function zstdOfNode(): AnyCompress | undefined {
  const compress: unknown = Reflect.get(zlib, 'zstdCompress');
  if (typeof compress !== 'function') return undefined;
  return (records) =>
    new Promise((resolve, reject) => {
      const done = (error: Error | null, bytes: unknown): void => (error ? reject(error) : resolve(bytes));
      Reflect.apply(compress, zlib, [records, done]);
    });
}
