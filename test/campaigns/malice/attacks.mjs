// The attacks by name, as hostile.py knows them, with what each may end with.
//   open    why, without bubblewrap, the attack may reach what it wants: stated, never counted as held
//   also    why it may reach it even with bubblewrap; stated in the same way
//   only    the ways of launching in which it is an attack at all
//   control false where even without a sandbox it may reach nothing; all others must, or they would prove nothing about one
//   launches how often the program is launched, where an earlier run matters
//   late    strikes when the run is over: waited for
//   codes   the exit codes that the run may end with; any documented one unless given

const SAME_USER = "runs as the same user";
const NETWORK = "shares the machine's network";

const isolation = {
  "write-outside": { open: SAME_USER },
  "write-by-planted-symlink": { open: SAME_USER },
  "write-by-own-symlink": { open: SAME_USER },
  "write-by-hard-link": { open: SAME_USER },
  "write-by-proc-self": { open: SAME_USER },
  "write-by-descriptors": {},
  "write-by-mmap": { open: SAME_USER },
  "inherited-descriptors": {},
  "change-mode-and-times": { open: SAME_USER },
  "remove-outside": { open: SAME_USER },
  "remount-writable": { open: SAME_USER },
  "raw-device": { open: "root may make devices", control: false },
  "workspace-itself": { only: ["own engine"] },
  "read-state": { open: SAME_USER },
  "read-ledger-key": { open: SAME_USER },
  "read-other-runs": { open: SAME_USER, launches: 2 },
  "read-state-by-proc": { open: SAME_USER },
  "read-governance": { open: SAME_USER },
  "change-governance": { open: SAME_USER },
  "change-ledger": { open: SAME_USER, launches: 2 },
  "read-approver-key": { open: SAME_USER },
  "read-environments": { open: SAME_USER },
  "inherited-variables": {},
  "tcp-loopback": { open: NETWORK },
  "udp-loopback": { open: NETWORK },
  "abstract-socket": { open: NETWORK },
  "file-socket": { open: SAME_USER },
  "file-socket-in-granted-directory": {
    open: SAME_USER,
    also: "a socket in a directory granted with --read is granted",
  },
  "kill-another-process": { open: SAME_USER },
  "kill-the-driver": { open: SAME_USER },
  "interrupt-the-driver": { open: SAME_USER },
  "ptrace-another-process": { open: SAME_USER },
  "memory-of-another-process": { open: SAME_USER },
  "daemon-of-own-session": {},
  "daemon-without-environment": { open: "left its group and the mark in its environment" },
  "child-that-holds-stdout": {},
  "fork-chain": { open: "may outrun the search for what still runs", control: false, late: true },
  "planted-for-the-next-launch": { open: SAME_USER, control: false, launches: 2 },
};

const LIMITED = { codes: [7] };
const resources = {
  "many-processes": LIMITED,
  "memory-hog": LIMITED,
  "memory-of-children": LIMITED,
  "endless-stdout": LIMITED,
  "endless-stderr": LIMITED,
  "output-without-newline": LIMITED,
  "endless-time": LIMITED,
  "many-artifacts": { codes: [7], only: ["overlay", "copy", "own engine"] },
  "sparse-terabyte": { codes: [7], only: ["overlay", "copy", "own engine"] },
  "large-artifact": { codes: [7], only: ["overlay", "copy", "own engine"] },
  "deep-products": {},
  "deep-private-places": {},
  "many-empty-directories": { only: ["overlay", "copy", "own engine"] },
  "longest-names": { only: ["overlay", "copy", "own engine"] },
  "names-with-newlines": { only: ["overlay", "copy", "own engine"] },
  "unreadable-products": { only: ["overlay", "copy", "own engine"] },
};

/** Name, group and what is allowed, in the order of the table. */
export const ATTACKS = Object.entries({ isolation, resources }).flatMap(([group, attacks]) =>
  Object.entries(attacks).map(([name, allowed]) => ({ name, group, ...allowed })),
);
