// Counts chosen system calls over all processes and threads that a command starts, and strikes at the N-th: kills the process
// that makes it, kills everything at once, or lets the call fail. strace counts for each thread by itself, so its N is no moment
// of a run that has several.
//   tracer CALLS N ACTION COMMAND...      CALLS: names with commas, of "driver:" alone or of "other:" processes where that is
//   before them; N = 0 only counts; ACTION: self, all, watch, or an errno
// watch: before each call every process is held still until a byte comes on descriptor 4, so that what a kill would leave can
// be looked at.
// Tells on descriptor 3, a line each: "call INDEX NAME ROLE PROGRAM PROCESS COMPANY FILE" (every one when N = 0, else the one struck;
// COMPANY: how many other processes live, or "torn" when one of them could not be held; FILE: the last two names of the path that
// the call is about, the new one where it has two, or "-"),
// "exit STATUS" or "signal NUMBER" once the command itself has ended. It lives on as long as anything that the command started.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__aarch64__)
#include <elf.h>
#endif

static const struct { const char *name; int nr; } CALLS[] = {
#define CALL(name) { #name, SYS_##name },
  CALL(fsync) CALL(fdatasync) CALL(syncfs) CALL(sync)
  CALL(write) CALL(pwrite64) CALL(writev) CALL(pwritev) CALL(ftruncate) CALL(fallocate)
  CALL(renameat) CALL(renameat2) CALL(linkat) CALL(symlinkat) CALL(unlinkat) CALL(mkdirat)
  CALL(openat) CALL(read) CALL(pread64) CALL(mmap) CALL(fchmod) CALL(fchmodat) CALL(fchown) CALL(getdents64) CALL(statx)
  CALL(execve) CALL(exit_group) CALL(clone) CALL(clone3) CALL(mount) CALL(close)
#ifdef SYS_rename
  CALL(rename) CALL(link) CALL(symlink) CALL(unlink) CALL(rmdir) CALL(mkdir) CALL(open) CALL(chmod) CALL(fork) CALL(vfork)
#endif
};
enum { KNOWN = sizeof CALLS / sizeof *CALLS, MOST = 100000 };

static struct sock_filter filter[KNOWN * 2 + 2];
static int filter_length;
static pid_t root;
static pid_t living[MOST];
static pid_t groups[MOST];
static int lives;
// What waitpid said of those that are held still, to be seen to afterwards.
static struct { pid_t pid; int status; } held[MOST];
static int holds;
static pid_t waiting_for_child[MOST];
static int waits;

static void die(const char *what) { perror(what); exit(125); }

static void select_calls(char *names) {
  filter[filter_length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (char *name = strtok(names, ","); name; name = strtok(NULL, ",")) {
    int at = 0;
    while (at < KNOWN && strcmp(CALLS[at].name, name) != 0) at++;
    if (at == KNOWN) continue; // an older call that this architecture never had
    filter[filter_length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALLS[at].nr, 0, 1);
    filter[filter_length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
  }
  filter[filter_length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}

static const char *name_of(long nr) {
  for (int at = 0; at < KNOWN; at++) if (CALLS[at].nr == nr) return CALLS[at].name;
  return "?";
}

static pid_t process_of(pid_t thread) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/%d/status", thread);
  FILE *file = fopen(path, "r");
  pid_t group = thread;
  while (file && fgets(line, sizeof line, file)) if (sscanf(line, "Tgid: %d", &group) == 1) break;
  if (file) fclose(file);
  return group;
}

static void link_of(char *to, size_t size, const char *format, pid_t pid, int fd) {
  char path[64];
  snprintf(path, sizeof path, format, pid, fd);
  ssize_t length = readlink(path, to, size - 1);
  to[length < 0 ? 0 : length] = 0;
}

static size_t peek(pid_t pid, unsigned long from, void *to, size_t size) {
  struct iovec here = { to, size }, there = { (void *)from, size };
  const ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);
  if (got > 0) return (size_t)got;
  // A page's end may be nearer than the size that was asked for.
  const size_t rest = 4096 - (from & 4095);
  if (rest >= size) return 0;
  here.iov_len = there.iov_len = rest;
  const ssize_t less = process_vm_readv(pid, &here, 1, &there, 1, 0);
  return less > 0 ? (size_t)less : 0;
}

static int drivers, others;

// What wakes or makes threads of one process is nothing outside of it, and how often it happens is chance.
static int is_chance(pid_t pid, long nr, const uint64_t *args) {
  if (nr == SYS_clone) return (args[0] & CLONE_THREAD) != 0;
  if (nr == SYS_clone3) {
    uint64_t flags = 0;
    return peek(pid, (unsigned long)args[0], &flags, sizeof flags) == sizeof flags && (flags & CLONE_THREAD) != 0;
  }
  if (nr != SYS_write && nr != SYS_writev && nr != SYS_read && nr != SYS_close) return 0;
  char target[256];
  link_of(target, sizeof target, "/proc/%d/fd/%d", pid, (int)args[0]);
  if (strncmp(target, "anon_inode:", 11) == 0) return 1;
  // Neither has space to run out of nor a medium that fails, and with Node's own pipes it hears that a child ended.
  return (drivers || others) && (strncmp(target, "pipe:", 5) == 0 || strncmp(target, "socket:", 7) == 0);
}

// Which argument is the path, or the descriptor, that a call is about.
static const struct { long nr; int argument; int is_descriptor; } ABOUT[] = {
  { SYS_openat, 1, 0 }, { SYS_mkdirat, 1, 0 }, { SYS_unlinkat, 1, 0 }, { SYS_renameat, 3, 0 }, { SYS_renameat2, 3, 0 }, { SYS_linkat, 3, 0 },
  { SYS_symlinkat, 2, 0 }, { SYS_fchmodat, 1, 0 }, { SYS_statx, 1, 0 }, { SYS_execve, 0, 0 },
#ifdef SYS_rename
  { SYS_open, 0, 0 }, { SYS_mkdir, 0, 0 }, { SYS_unlink, 0, 0 }, { SYS_rmdir, 0, 0 }, { SYS_rename, 1, 0 }, { SYS_link, 1, 0 }, { SYS_symlink, 1, 0 }, { SYS_chmod, 0, 0 },
#endif
  { SYS_fsync, 0, 1 }, { SYS_fdatasync, 0, 1 }, { SYS_syncfs, 0, 1 }, { SYS_write, 0, 1 }, { SYS_pwrite64, 0, 1 }, { SYS_writev, 0, 1 }, { SYS_pwritev, 0, 1 },
  { SYS_ftruncate, 0, 1 }, { SYS_fallocate, 0, 1 }, { SYS_read, 0, 1 }, { SYS_pread64, 0, 1 }, { SYS_getdents64, 0, 1 }, { SYS_fchmod, 0, 1 }, { SYS_fchown, 0, 1 },
  { SYS_mmap, 4, 1 },
};

static void about(pid_t pid, long nr, const uint64_t *args, char *name, size_t size) {
  char whole[1024] = "";
  for (unsigned at = 0; at < sizeof ABOUT / sizeof *ABOUT; at++) {
    if (ABOUT[at].nr != nr) continue;
    const uint64_t value = args[ABOUT[at].argument];
    if (!ABOUT[at].is_descriptor) whole[peek(pid, (unsigned long)value, whole, sizeof whole - 1)] = 0;
    else if ((int)value >= 0) link_of(whole, sizeof whole, "/proc/%d/fd/%d", pid, (int)value);
    break;
  }
  char *from = whole + strlen(whole);
  for (int slashes = 0; from > whole && slashes < 2;) if (*--from == '/') slashes++;
  snprintf(name, size, "%.200s", *from == '/' && from[1] ? from + 1 : *from ? from : "-");
  for (char *at = name; *at; at++) if (*at <= ' ') *at = '_';
}

static int company_of(pid_t pid) {
  const pid_t own = process_of(pid);
  pid_t seen[64];
  int known = 0;
  for (int at = 0; at < lives && known < 64; at++) {
    if (!groups[at]) groups[at] = process_of(living[at]);
    int old = groups[at] == own;
    for (int before = 0; before < known && !old; before++) old = seen[before] == groups[at];
    if (!old) seen[known++] = groups[at];
  }
  return known;
}

static void tell(int index, pid_t pid, const struct __ptrace_syscall_info *info, int torn) {
  char target[256], name[256], company[16] = "torn";
  link_of(target, sizeof target, "/proc/%d/exe", pid, 0);
  about(pid, info->seccomp.nr, info->seccomp.args, name, sizeof name);
  if (!torn) snprintf(company, sizeof company, "%d", company_of(pid));
  char *base = strrchr(target, '/');
  const pid_t process = process_of(pid);
  dprintf(3, "call %d %s %s %s %d %s %s\n", index, name_of(info->seccomp.nr), process == root ? "driver" : "other", base ? base + 1 : "?", process, company, name);
}

static void fail_call(pid_t pid, int error) {
#if defined(__x86_64__)
  ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, orig_rax), -1L);
  ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), (long)-error);
#elif defined(__aarch64__)
  int none = -1;
  struct iovec call = { &none, sizeof none };
  ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &call);
  struct user_regs_struct regs;
  struct iovec all = { &regs, sizeof regs };
  ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all);
  regs.regs[0] = (unsigned long)-error;
  ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all);
#else
#error "only x86-64 and ARM64 are known here"
#endif
}

static void remember(pid_t pid) {
  for (int at = 0; at < lives; at++) if (living[at] == pid) return;
  if (lives < MOST) { groups[lives] = 0; living[lives++] = pid; }
}

static void forget(pid_t pid) {
  for (int at = 0; at < lives; at++) if (living[at] == pid) { groups[at] = groups[lives - 1]; living[at] = living[--lives]; return; }
}

static int is_in(const pid_t *list, int length, pid_t pid) {
  for (int at = 0; at < length; at++) if (list[at] == pid) return 1;
  return 0;
}

static void take_out(pid_t *list, int *length, pid_t pid) {
  for (int at = 0; at < *length; at++) if (list[at] == pid) { list[at] = list[--*length]; return; }
}

// A process that waits for its vfork's child to begin another program runs nothing until then, and cannot be stopped either.
static void note_vfork(pid_t pid, int event) {
  if (event == PTRACE_EVENT_VFORK && waits < MOST && !is_in(waiting_for_child, waits, pid)) waiting_for_child[waits++] = pid;
  else if (event == PTRACE_EVENT_VFORK_DONE) take_out(waiting_for_child, &waits, pid);
}

static int is_held(pid_t pid) {
  for (int at = 0; at < holds; at++) if (held[at].pid == pid) return 1;
  return is_in(waiting_for_child, waits, pid);
}

static int is_dead(pid_t pid) {
  char path[64], line[512] = "";
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 1;
  const size_t length = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[length] = 0;
  char *end = strrchr(line, ')');
  return !end || end[2] == 'Z' || end[2] == 'X';
}

static void ended(pid_t pid, int status) {
  forget(pid);
  take_out(waiting_for_child, &waits, pid);
  if (pid == root) dprintf(3, WIFEXITED(status) ? "exit %d\n" : "signal %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

// Holds everything but `pid`, which is stopped already. 0 when one could not be held within a second.
static int hold_others(pid_t pid) {
  for (int at = 0; at < lives; at++) if (living[at] != pid && !is_held(living[at])) ptrace(PTRACE_INTERRUPT, living[at], 0, 0);
  for (int patience = 0; patience < 10000; patience++) {
    int status;
    pid_t other;
    while ((other = waitpid(-1, &status, __WALL | WNOHANG)) > 0) {
      if (WIFEXITED(status) || WIFSIGNALED(status)) { ended(other, status); continue; }
      remember(other);
      note_vfork(other, status >> 16);
      if (holds < MOST) { held[holds].pid = other; held[holds++].status = status; }
    }
    int running = 0;
    // A dead one is told of by waitpid, but for the first thread of a process whose others live on.
    for (int at = 0; at < lives; at++) if (living[at] != pid && !is_held(living[at]) && !(patience % 50 == 49 && is_dead(living[at]))) running++;
    if (running == 0) return 1;
    const struct timespec moment = { 0, 100000 };
    nanosleep(&moment, NULL);
  }
  return 0;
}

static pid_t next(int *status) {
  if (holds == 0) return waitpid(-1, status, __WALL);
  const pid_t pid = held[0].pid;
  *status = held[0].status;
  memmove(held, held + 1, (size_t)--holds * sizeof *held);
  return pid;
}

int main(int argc, char **argv) {
  if (argc < 5) { fprintf(stderr, "usage: tracer CALLS N ACTION COMMAND...\n"); return 125; }
  drivers = strncmp(argv[1], "driver:", 7) == 0;
  others = strncmp(argv[1], "other:", 6) == 0;
  select_calls(argv[1] + (drivers ? 7 : others ? 6 : 0));
  const int strike = atoi(argv[2]);
  const int everything = strcmp(argv[3], "all") == 0, watching = strcmp(argv[3], "watch") == 0;
  const int error = atoi(argv[3]);
  int gate[2];
  if (pipe2(gate, 0)) die("pipe");
  root = fork();
  if (root == 0) {
    char byte;
    close(gate[1]);
    if (read(gate[0], &byte, 1) != 1) _exit(125);
    close(gate[0]);
    close(3);
    close(4);
    struct sock_fprog program = { (unsigned short)filter_length, filter };
    // Who may not administer the system, as root in a container, gets a filter only by renouncing new privileges.
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
      if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) die("seccomp");
    }
    execvp(argv[4], argv + 4);
    die(argv[4]);
  }
  const long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SEIZE, root, 0, options)) die("ptrace");
  close(gate[0]);
  if (write(gate[1], "g", 1) != 1) die("write");
  close(gate[1]);
  remember(root);
  int count = 0, struck = 0, status, began = 0;
  pid_t pid;
  while ((pid = next(&status)) > 0 || errno == EINTR) {
    if (pid <= 0) continue;
    if (WIFEXITED(status) || WIFSIGNALED(status)) { ended(pid, status); continue; }
    if (!WIFSTOPPED(status)) continue;
    remember(pid);
    if (struck && everything) { kill(pid, SIGKILL); continue; }
    const int signal = WSTOPSIG(status), event = status >> 16;
    note_vfork(pid, event);
    if (event == PTRACE_EVENT_EXEC) began = 1;
    if (event == PTRACE_EVENT_SECCOMP && began && !struck) {
      struct __ptrace_syscall_info info;
      if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) > 0 && !is_chance(pid, info.seccomp.nr, info.seccomp.args)
          && (!(drivers || others) || (process_of(pid) == root) == drivers)) {
        count++;
        if (watching) {
          char seen;
          tell(count, pid, &info, !hold_others(pid));
          if (read(4, &seen, 1) != 1) die("read");
        }
        else if (strike == 0) tell(count, pid, &info, 0);
        else if (count == strike) {
          struck = 1;
          tell(count, pid, &info, 0);
          if (error) fail_call(pid, error);
          else if (everything) { for (int at = 0; at < lives; at++) kill(living[at], SIGKILL); continue; }
          else { kill(process_of(pid), SIGKILL); continue; }
        }
      }
    }
    if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) ptrace(PTRACE_LISTEN, pid, 0, 0);
    else ptrace(PTRACE_CONT, pid, 0, event == 0 ? signal : 0);
  }
  return 0;
}
