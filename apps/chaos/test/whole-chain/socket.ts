import { Socket } from 'node:net';

/** The other end of the connection. */
export interface Peer {
  /** Called with bytes that the client wrote. */
  wrote(data: Buffer): void;
  /** Called when the client has closed it. */
  closed(): void;
}

/**
 * A socket without a handle of the operating system: writes go to a peer in memory, and the peer
 * pushes what it sends.
 */
export class SimulatedSocket extends Socket {
  peer: Peer | undefined;

  override _write(data: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.peer?.wrote(data);
    done();
  }

  override _read(): void {
    // Data comes by itself.
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.peer?.closed();
    done(error);
    // A stream reports it by itself, once.
  }
}

export const socketError = (code: string): Error => Object.assign(new Error(`simulated: ${code}`), { code });
