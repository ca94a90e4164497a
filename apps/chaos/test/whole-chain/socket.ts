import { Socket } from 'node:net';

/** What stands at the other end. */
export interface Peer {
  /** Bytes that the client wrote. */
  wrote(data: Buffer): void;
  /** The client has closed it. */
  closed(): void;
}

/** A socket without a handle of the operating system: what is written goes to a peer in memory, and what that sends is pushed. */
export class SimulatedSocket extends Socket {
  peer: Peer | undefined;

  override _write(data: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.peer?.wrote(data);
    done();
  }

  override _read(): void {
    // Comes by itself.
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.peer?.closed();
    done(error);
    // A stream tells it by itself, once.
  }
}

export const socketError = (code: string): Error => Object.assign(new Error(`simulated: ${code}`), { code });
