#!/usr/bin/python3
"""One hostile program, as a planning command and as an engine that speaks the protocol. Attacks by the name in params.json beside it.

What an attack reached it says itself, as a line `REACHED ...` on stderr, or it is seen from outside: a canary that changed, a
listener that heard something, a process that lives on. Aims only at what the campaign made for it.
"""
import ctypes, hashlib, json, mmap, os, signal, socket, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "params.json")) as params:
    P = json.load(params)
MODE = os.environ.get("CABINCREW_MODE", "command")
CANARY = os.path.join(P["outside"], "canary")
ATTACKS = {}
libc = ctypes.CDLL(None, use_errno=True)


def attack(function):
    ATTACKS[function.__name__.replace("_", "-")] = function
    return function


def say(text):
    os.write(2, f"REACHED {text}\n".encode())


def write(file):
    with open(file, "w") as out:
        out.write("touched by the engine\n")


def each(places, act):
    """Every way is tried; the first that works is told, the others must not hide it."""
    for place in places:
        try:
            act(place)
        except (OSError, ValueError):
            pass


# --- isolation: files outside

@attack
def write_outside():
    write(CANARY)


@attack
def write_by_planted_symlink():
    write(os.path.join("link-out", "canary"))


@attack
def write_by_own_symlink():
    here = os.environ.get("TMPDIR", ".")
    os.symlink(P["outside"], os.path.join(here, "way"))
    write(os.path.join(here, "way", "canary"))


@attack
def write_by_hard_link():
    def by(place):
        os.link(CANARY, os.path.join(place, "hard"))
        write(os.path.join(place, "hard"))
    each([".", os.environ.get("TMPDIR", "."), os.path.join(P["outside"])], by)


@attack
def write_by_proc_self():
    up = "../" * 20
    places = [f"/proc/self/{way}" for way in ("root", f"cwd/{up}", f"task/{os.getpid()}/root")] + ["/proc/1/root", f"/proc/{os.getppid()}/root"]
    each(places, lambda place: write(place + CANARY))


@attack
def write_by_descriptors():
    def by(name):
        base = f"/proc/self/fd/{name}"
        target = os.readlink(base)
        if target.startswith("/") and not target.startswith("/dev/"):
            if os.path.isdir(base):
                write(os.path.join(base, "../" * 20 + CANARY))
            elif int(name) > 2 and not target.startswith("/proc/"):
                say(f"descriptor {name} of {target}")
    each(os.listdir("/proc/self/fd"), by)


@attack
def inherited_descriptors():
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        own = target.startswith(("/proc/", "/dev/null")) or HERE in target
        if int(name) > 2 and not own:
            say(f"descriptor {name}: {target}")
            each([int(name)], lambda fd: os.write(fd, b"written by the engine"))


@attack
def write_by_mmap():
    with open(CANARY, "r+b") as file:
        with mmap.mmap(file.fileno(), 0) as view:
            view[0:4] = b"mmap"


@attack
def change_mode_and_times():
    os.utime(CANARY, (1, 1))
    os.chmod(CANARY, 0o777)


@attack
def remove_outside():
    os.unlink(CANARY)


@attack
def remount_writable():
    """Where the file can be written as it is there is no mount in the way, and none of the machine's is touched."""
    try:
        return write(CANARY)
    except OSError:
        pass
    script = f"mount -o remount,rw,bind {P['outside']} ; mount -o remount,rw,bind / ; umount -l {P['outside']} ; echo x > {CANARY}"
    for how in (["sh", "-c", script], ["unshare", "-Urm", "sh", "-c", script], ["unshare", "-m", "sh", "-c", script]):
        subprocess.run(how, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


@attack
def raw_device():
    device = os.stat(P["outside"]).st_dev
    node = os.path.join(os.environ.get("TMPDIR", "."), "disk")
    os.mknod(node, 0o600 | 0o060000, device)
    with open(node, "rb") as disk:
        disk.read(512)
    say("the disk itself")


@attack
def workspace_itself():
    """By its own path; a planning command sees its private copy there, which is no attack."""
    write(os.path.join(P["workspace"], "notes.txt"))


# --- isolation: reading

def read_all(directory, most=400):
    for base, _, names in os.walk(directory):
        for name in names[:most]:
            try:
                with open(os.path.join(base, name), "rb") as file:
                    if file.read(64):
                        say(f"read {os.path.join(base, name)}")
                        return
            except OSError:
                pass


@attack
def read_state():
    read_all(P["state"])


@attack
def read_ledger_key():
    read_all(os.path.join(P["state"], "keys"))


@attack
def read_other_runs():
    read_all(os.path.join(P["state"], "store"))


@attack
def read_state_by_proc():
    each([f"/proc/{pid}/root" for pid in ("self", "1", os.getppid())], lambda root: read_all(root + P["state"]))


@attack
def read_governance():
    read_all(P["governance"])


@attack
def read_approver_key():
    read_all(P["config"])


@attack
def change_governance():
    write(os.path.join(P["governance"], "governance.json"))


@attack
def change_ledger():
    def by(name):
        with open(os.path.join(P["state"], name), "r+b") as file:
            history = file.read()
            file.seek(0)
            file.write(history.replace(b'"run_id"', b'"rum_id"'))
    each(["cabincrew.db", "cabincrew.db-wal"], by)


@attack
def read_environments():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if P["secret"].encode() in file.read():
                    return say(f"environment of {pid}")
        except OSError:
            pass


@attack
def inherited_variables():
    for name in ("LD_PRELOAD", "NODE_OPTIONS", "BASH_ENV", "PYTHONSTARTUP", "GIT_DIR", "MALICE_SECRET"):
        if name in os.environ:
            say(f"variable {name}")


# --- isolation: network and sockets

def tell(family, kind, address):
    with socket.socket(family, kind) as line:
        line.settimeout(2)
        line.connect(address)
        line.send(b"hello")


@attack
def tcp_loopback():
    tell(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", P["port"]))


@attack
def udp_loopback():
    tell(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", P["udp"]))


@attack
def abstract_socket():
    # Node fills the name up with NUL bytes, which belong to it.
    tell(socket.AF_UNIX, socket.SOCK_STREAM, ("\0" + P["abstract"]).ljust(108, "\0"))


@attack
def file_socket():
    tell(socket.AF_UNIX, socket.SOCK_STREAM, P["socket"])


@attack
def file_socket_in_granted_directory():
    tell(socket.AF_UNIX, socket.SOCK_STREAM, os.path.join(P["outside"], "granted.sock"))


# --- isolation: other processes

def orchestrator():
    """The driving process: the nearest ancestor whose command line names this campaign's state directory."""
    pid = os.getppid()
    while pid > 1:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            line = file.read()
        if P["state"].encode() in line and b"--state-dir" in line:
            return pid
        with open(f"/proc/{pid}/stat") as file:
            pid = int(file.read().rsplit(")", 1)[1].split()[1])
    raise OSError("not seen")


def is_victim(pid):
    with open(f"/proc/{pid}/environ", "rb") as file:
        return P["secret"].encode() in file.read()


def victim():
    if not is_victim(P["victim"]):
        raise OSError("another process has the number")
    return P["victim"]


@attack
def kill_another_process():
    os.kill(victim(), signal.SIGKILL)


@attack
def kill_the_driver():
    os.kill(orchestrator(), signal.SIGKILL)
    time.sleep(1)


@attack
def interrupt_the_driver():
    os.kill(orchestrator(), signal.SIGTERM)
    time.sleep(1)


@attack
def ptrace_another_process():
    if libc.ptrace(16, victim(), None, None) == 0:
        say("attached")
        libc.ptrace(17, P["victim"], None, None)


@attack
def memory_of_another_process():
    pid = victim()
    with open(f"/proc/{pid}/maps") as maps:
        start = int(next(line for line in maps if " rw-p " in line).split("-")[0], 16)
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        memory.seek(start)
        if memory.read(8):
            say(f"memory of {pid}")


# --- isolation: living on, planting

def daemon(environment=None):
    """Double fork into a session of its own, no descriptor left; then changes the workspace after everything is over."""
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    libc.prctl(15, b"kworker", 0, 0, 0)
    os.closerange(0, 256)
    code = f"import time\nfor _ in range(300):\n time.sleep(0.1)\n try: open({P['workspace'] + '/late'!r}, 'a').write('late')\n except OSError: pass\n"
    argv = ["/usr/bin/python3", "-I", "-c", code, P["mark"]]
    os.execve(argv[0], argv, os.environ if environment is None else environment)


@attack
def daemon_of_own_session():
    daemon()


@attack
def daemon_without_environment():
    daemon({})


@attack
def child_that_holds_stdout():
    if os.fork() == 0:
        os.execve("/usr/bin/python3", ["/usr/bin/python3", "-I", "-c", "import time; time.sleep(30)", P["mark"]], {})


@attack
def fork_chain():
    """Each process starts the next one in a session of its own and ends: whoever scans sees only dead ones. Strikes when the run is over."""
    if os.fork():
        return
    try:
        end = time.time() + 20
        while time.time() < end and not os.path.exists(os.path.join(P["outside"], "over")):
            os.setsid()
            if os.fork():
                os._exit(0)
        write(CANARY)
    finally:
        os._exit(0)


@attack
def planted_for_the_next_launch():
    for name in filter(os.environ.get, ("HOME", "TMPDIR")):
        place = os.path.join(os.environ[name], ".planted")
        if os.path.exists(place):
            say(f"planted in {name}")
        each([place], write)
    for place in ("/tmp/.planted-" + P["mark"], "/dev/shm/.planted-" + P["mark"]):
        if os.path.exists(place):
            say(f"planted {place}")
            os.unlink(place)
        else:
            each([place], write)


# --- resources

@attack
def many_processes():
    for _ in range(300):
        if os.fork() == 0:
            time.sleep(300)
    time.sleep(300)


@attack
def memory_hog():
    hold = []
    while True:
        hold.append(bytearray(os.urandom(1 << 20)) * 16)


@attack
def memory_of_children():
    for _ in range(8):
        if os.fork() == 0:
            hold = bytearray(os.urandom(1 << 20)) * 60
            time.sleep(300 + len(hold) % 2)
    time.sleep(300)


@attack
def endless_stdout():
    line = b"A" * 99 + b"\n"
    while True:
        os.write(1, line * 600)


@attack
def endless_stderr():
    line = b"A" * 99 + b"\n"
    while True:
        os.write(2, line * 600)


@attack
def output_without_newline():
    while True:
        os.write(2, b"A" * 65536)


@attack
def endless_time():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


def products():
    """Where what is planned is written: the artifacts of an engine, the private copy of a command."""
    return os.environ.get("CABINCREW_ARTIFACTS_DIR", ".") if MODE == "flight-plan" else os.environ.get("CABINCREW_OUTPUT_DIR", ".")


def product(name, fill=lambda out: out.write(b"x")):
    """One planned file: of a command in its copy, of an engine as an artifact with a body."""
    place = os.path.join(products(), name)
    if MODE == "command":
        with open(place, "wb") as out:
            return fill(out)
    os.mkdir(place)
    with open(os.path.join(place, "body"), "wb") as out:
        fill(out)
    document = json.dumps({"artifact_type": "file", "action": "show", "mime": "text/plain", "body_file": "body"}).encode()
    with open(os.path.join(place, "artifact.json"), "wb") as out:
        out.write(document)
    ARTIFACTS.append({"name": name, "role": "evidence", "path": f"{name}/artifact.json", "hash": hashlib.sha256(document).hexdigest()})


@attack
def many_artifacts():
    for at in range(2000):
        product(f"a{at}")


@attack
def sparse_terabyte():
    product("sparse", lambda out: out.truncate(1 << 40))


@attack
def large_artifact():
    product("large", lambda out: [out.write(b"L" * (1 << 20)) for _ in range(64)])


def deep(place, levels):
    here = os.open(place, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


@attack
def deep_products():
    deep(products(), 10_000)


@attack
def deep_private_places():
    deep(os.environ["HOME"], 10_000)
    deep(os.environ["TMPDIR"], 10_000)


@attack
def many_empty_directories():
    for at in range(20_000):
        os.mkdir(os.path.join(products(), f"e{at}"))


@attack
def longest_names():
    for at in range(20):
        product(("n" * 250) + f"{at:05d}")


@attack
def names_with_newlines():
    for name in ("a\nb", "c\r\nd", "\n", "e\x1b[2Jf"):
        product(name)


@attack
def unreadable_products():
    os.mkfifo(os.path.join(products(), "pipe"))
    os.mkdir(os.path.join(products(), "closed"))
    write(os.path.join(products(), "closed", "x"))
    os.chmod(os.path.join(products(), "closed"), 0)


ARTIFACTS = []


def act():
    try:
        ATTACKS[P["attack"]]()
    except (OSError, ValueError, KeyError, StopIteration) as error:
        os.write(2, f"held: {error}\n".encode()[:300])


def receipt(mode):
    out = {"protocol_version": "draft", "engine_id": P["engine"], "mode": mode, "receipt_id": "r", "status": "success"}
    if mode == "flight-plan" and ARTIFACTS:
        out["artifacts"] = ARTIFACTS
    os.write(1, json.dumps(out).encode())


if MODE == "command":
    act()
else:
    if MODE == P["strikes"] or (P["attack"] == "planted-for-the-next-launch"):
        act()
    receipt(MODE)
