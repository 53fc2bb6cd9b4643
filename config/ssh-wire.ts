/** Signals that bytes end before the structure that they should hold. */
export class TruncatedError extends Error {}

/**
 * Reads the structures of the SSH protocol (RFC 4251, section 5) from bytes: `uint32`, and `string`, which is
 * a length and that many bytes.
 */
export class WireReader {
  private offset = 0;

  constructor(private readonly bytes: Buffer) {}

  /** How many bytes are left. */
  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  /** The next `uint32`. Throws `TruncatedError`. */
  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  /** The bytes of the next `string`. Throws `TruncatedError`. */
  string(): Buffer {
    return this.take(this.uint32());
  }

  /** The next `length` bytes. Throws `TruncatedError`. */
  take(length: number): Buffer {
    if (length > this.remaining) throw new TruncatedError(`${length} bytes wanted, ${this.remaining} left`);
    const start = this.offset;
    this.offset += length;
    return this.bytes.subarray(start, this.offset);
  }

  /** All that is left. */
  rest(): Buffer {
    return this.take(this.remaining);
  }
}
