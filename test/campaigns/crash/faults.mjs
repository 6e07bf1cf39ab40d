// System calls that fail, and with what: each pair is one that a machine short of something really answers.
import os from "node:os";
import { STEPS } from "./tracer.mjs";

// Threads (clone3) are left out: when Node gets none of those it begins with, it waits for ever, before any of our code.
const GROUPS = {
  ...STEPS,
  fork: ["clone", "fork", "vfork"],
  open: ["open", "openat"],
  read: ["read", "pread64", "getdents64"],
  mmap: ["mmap"],
};

const ANSWERS = {
  fsync: ["EIO", "ENOSPC"],
  write: ["ENOSPC", "EIO"],
  open: ["EMFILE", "EACCES", "ENOMEM", "EIO"],
  read: ["EIO"],
  rename: ["EIO", "ENOSPC", "EACCES"],
  link: ["EIO", "EACCES"],
  unlink: ["EIO", "EACCES"],
  mkdir: ["ENOSPC", "EACCES"],
  chmod: ["EIO", "EACCES"],
  execve: ["EACCES", "ENOMEM"],
  fork: ["ENOMEM", "EAGAIN"],
  mmap: ["ENOMEM"],
};

export const FAULTS = Object.entries(ANSWERS).flatMap(([call, errors]) =>
  errors.map((error) => ({ call, error, calls: GROUPS[call], errno: os.constants.errno[error] })),
);
