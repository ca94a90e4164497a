import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { keyProofBytes, tagBytes, writeU64, type Epoch } from './layout.js';
import type { KeyMark } from './segment-header.js';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;

/** A key given by the user; `key` has 32 bytes. */
export interface JournalKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** Encrypts and decrypts the frames of one segment, under a key that no other segment has. */
export class SegmentCipher {
  readonly mark: KeyMark;
  private readonly key: Buffer;

  constructor({ id, key }: JournalKey, journalId: number, { number, nonce }: Epoch) {
    const salt = Buffer.alloc(16);
    writeU64(salt, journalId, 0);
    salt.writeUInt32LE(number, 8);
    salt.writeUInt32LE(nonce, 12);
    this.key = Buffer.from(hkdfSync('sha256', key, salt, 'holdfast journal', keyBytes));
    const proof = createHmac('sha256', this.key).update('holdfast journal key').digest();
    this.mark = { id, proof: proof.subarray(0, keyProofBytes) };
  }

  proves({ proof }: KeyMark): boolean {
    return proof.length === keyProofBytes && timingSafeEqual(proof, this.mark.proof);
  }

  /** Encrypts in place; the tag follows `plain`, where there must be room for it. */
  encrypt(plain: Buffer, tagAt: Buffer, additional: Uint8Array, offset: number): void {
    const cipher = createCipheriv(algorithm, this.key, nonceOf(offset), { authTagLength: tagBytes });
    cipher.setAAD(additional);
    cipher.update(plain).copy(plain);
    cipher.final();
    cipher.getAuthTag().copy(tagAt);
  }

  /** Decrypts in place. Returns false when the body is not what was encrypted. */
  decrypt(body: Buffer, additional: Uint8Array, offset: number): boolean {
    const plain = body.subarray(0, body.length - tagBytes);
    const decipher = createDecipheriv(algorithm, this.key, nonceOf(offset), { authTagLength: tagBytes });
    decipher.setAAD(additional);
    decipher.setAuthTag(body.subarray(plain.length));
    const decrypted = decipher.update(plain);
    try {
      decipher.final();
    } catch {
      return false;
    }
    decrypted.copy(plain);
    return true;
  }
}

function nonceOf(offset: number): Buffer {
  const nonce = Buffer.alloc(nonceBytes);
  nonce.writeUInt32LE(offset, 0);
  return nonce;
}
