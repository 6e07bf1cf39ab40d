# A second implementation of spec/workspace-hash.md (without W2.2, the ignore file), to hold the first one against.
import hashlib, os, stat, sys

def sha(data):
    return hashlib.sha256(data).digest()

def entry(path, name, mode):
    if stat.S_ISDIR(mode):
        return b"d", directory(path)
    if stat.S_ISLNK(mode):
        return b"l", sha(os.readlink(path))
    if stat.S_ISREG(mode):
        with open(path, "rb") as file:
            return (b"x" if mode & 0o100 else b"f"), sha(file.read())
    kinds = {stat.S_IFIFO: b"p", stat.S_IFSOCK: b"s", stat.S_IFCHR: b"c", stat.S_IFBLK: b"b"}
    return kinds[stat.S_IFMT(mode)], bytes(32)

def directory(path):
    records = b""
    for name in sorted(os.listdir(path)):
        child = path + b"/" + name
        mode = os.lstat(child).st_mode
        if name == b".git" and stat.S_ISDIR(mode):
            continue
        kind, digest = entry(child, name, mode)
        records += kind + len(name).to_bytes(4, "big") + name + digest
    return sha(records)

print(sha(b"cabincrew.workspace/1\n" + directory(os.fsencode(sys.argv[1]))).hex())
