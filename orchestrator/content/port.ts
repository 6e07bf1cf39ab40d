import type { Readable } from "node:stream";

/** Identity of stored content: SHA-256 as 64 lower-case hex digits, size in bytes. */
export interface StoredContent {
  readonly sha256: string;
  readonly size: number;
}

/** The writing half, enough to seal artifacts; `hashOnly` implements it without keeping anything. */
export interface ContentSink {
  /** Stores one file: a path (symlinks are not followed) or an open descriptor, read from its start and left open. */
  putFile(file: string | number): Promise<StoredContent>;
  /** Stores many small contents with few disk flushes; results in the order given, duplicates allowed. */
  putMany(contents: readonly Uint8Array[]): Promise<StoredContent[]>;
}

/** The reading half. */
export type ContentSource = Pick<ContentStore, "has" | "read" | "openStream" | "verify">;

/**
 * Content-addressed store (DESIGN section 3): immutable, named by SHA-256. When a put has settled, the content is durable.
 * Rejects with CabincrewError only: `disk_full`; `resources_exhausted`; `state_unusable` when the store cannot be written or read;
 * `ledger_corrupt` when content is missing or is not what its name says.
 */
export interface ContentStore extends ContentSink {
  putBytes(bytes: Uint8Array): Promise<StoredContent>;
  /** Whether content of this name is there; says nothing about its bytes, `verify` does. */
  has(sha256: string): Promise<boolean>;
  /** The whole content, verified. More than `maxBytes` (default 64 MiB) is `engine_limit`. */
  read(sha256: string, options?: { readonly maxBytes?: number }): Promise<Buffer>;
  /** The content as a stream that fails with `ledger_corrupt` at its end when the bytes were not those of the name. */
  openStream(sha256: string): Promise<Readable>;
  /**
   * Copies to `target`, which must not exist, with exactly the permission bits `mode`; hashes the bytes it writes, and where
   * they differ from the name leaves no target and rejects with `token_mismatch`. Not flushed to disk. Resolves to the size.
   */
  copyTo(sha256: string, target: string, options: { readonly mode: number }): Promise<number>;
  /** Reads all of it and resolves to its size, or rejects with `ledger_corrupt`. */
  verify(sha256: string): Promise<number>;
}
