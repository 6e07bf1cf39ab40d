/** What a sandboxed program sees besides the read-only system. All paths are absolute. */
export interface SandboxView {
  /** Applied in this order, save that a directory always comes before what lies inside it; `from` must exist. */
  readonly binds: readonly SandboxBind[];
  /** Never visible, under whatever path it would be reachable; binds from strictly inside it are deliberate and stay. */
  readonly hide: readonly string[];
  /** The program's private HOME, writable. */
  readonly home: string;
  /** Its private directory for temporary files, writable; /tmp is another private one, in memory. */
  readonly temp: string;
  readonly network: boolean;
  readonly chdir: string;
  /** Search path whose directories stay visible below hidden places; the caller's own unless given. */
  readonly path?: string;
}

export interface SandboxBind {
  readonly from: string;
  readonly to: string;
  readonly mode: "ro" | "rw";
}
