// Counts chosen system calls over all processes and threads that a command starts, and strikes at the N-th: kills the process
// that makes it, kills everything at once, or lets the call fail. strace counts for each thread by itself, so its N is no moment
// of a run that has several.
//   tracer CALLS N ACTION COMMAND...      CALLS: names with commas; N = 0 only counts; ACTION: self, all, or an errno
// Tells on descriptor 3, a line each: "call INDEX NAME ROLE PROGRAM" (every one when N = 0, else the one struck), "exit STATUS"
// or "signal NUMBER" once the command itself has ended. It lives on as long as anything that the command started.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
static int lives;

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

// What wakes threads of one process is no step of its work, and how often it happens is chance.
static int is_chance(pid_t pid, long nr, int fd) {
  if (nr != SYS_write && nr != SYS_writev && nr != SYS_read && nr != SYS_close) return 0;
  char target[256];
  link_of(target, sizeof target, "/proc/%d/fd/%d", pid, fd);
  return strncmp(target, "anon_inode:", 11) == 0;
}

static void tell(int index, long nr, pid_t pid) {
  char target[256];
  link_of(target, sizeof target, "/proc/%d/exe", pid, 0);
  char *base = strrchr(target, '/');
  dprintf(3, "call %d %s %s %s\n", index, name_of(nr), process_of(pid) == root ? "driver" : "other", base ? base + 1 : "?");
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
  if (lives < MOST) living[lives++] = pid;
}

static void forget(pid_t pid) {
  for (int at = 0; at < lives; at++) if (living[at] == pid) { living[at] = living[--lives]; return; }
}

int main(int argc, char **argv) {
  if (argc < 5) { fprintf(stderr, "usage: tracer CALLS N ACTION COMMAND...\n"); return 125; }
  select_calls(argv[1]);
  const int strike = atoi(argv[2]);
  const int everything = strcmp(argv[3], "all") == 0;
  const int error = strcmp(argv[3], "self") == 0 || everything ? 0 : atoi(argv[3]);
  int gate[2];
  if (pipe2(gate, 0)) die("pipe");
  root = fork();
  if (root == 0) {
    char byte;
    close(gate[1]);
    if (read(gate[0], &byte, 1) != 1) _exit(125);
    close(gate[0]);
    close(3);
    if (geteuid() != 0) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    struct sock_fprog program = { (unsigned short)filter_length, filter };
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) die("seccomp");
    execvp(argv[4], argv + 4);
    die(argv[4]);
  }
  const long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SEIZE, root, 0, options)) die("ptrace");
  close(gate[0]);
  if (write(gate[1], "g", 1) != 1) die("write");
  close(gate[1]);
  remember(root);
  int count = 0, struck = 0, status, began = 0;
  pid_t pid;
  while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
    if (pid <= 0) continue;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      forget(pid);
      if (pid == root) dprintf(3, WIFEXITED(status) ? "exit %d\n" : "signal %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
      continue;
    }
    if (!WIFSTOPPED(status)) continue;
    remember(pid);
    if (struck && everything) { kill(pid, SIGKILL); continue; }
    const int signal = WSTOPSIG(status), event = status >> 16;
    if (event == PTRACE_EVENT_EXEC) began = 1;
    if (event == PTRACE_EVENT_SECCOMP && began && !struck) {
      struct __ptrace_syscall_info info;
      if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) > 0 && !is_chance(pid, info.seccomp.nr, (int)info.seccomp.args[0])) {
        count++;
        if (strike == 0) tell(count, info.seccomp.nr, pid);
        else if (count == strike) {
          struck = 1;
          tell(count, info.seccomp.nr, pid);
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
