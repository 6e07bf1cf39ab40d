/**
 * Shared by two threads that verify one ledger together: whether either met anything that is not as it should be. From then on
 * neither goes on; one thread looks at all of it again, so that what is reported never depends on how a ledger was divided.
 */
export class Doubt {
  /** Memory that a worker can be given. */
  readonly shared: SharedArrayBuffer;
  private readonly cell: Int32Array;

  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.cell = new Int32Array(shared);
  }

  get raised(): boolean {
    return Atomics.load(this.cell, 0) !== 0;
  }

  raise(): void {
    Atomics.store(this.cell, 0, 1);
  }
}
