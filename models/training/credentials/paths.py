"""
Names drawn at random in paths: temporary directories, stores named by digest, pods, chunks. A line with one is no secret, whatever the line
says about it, and a secret beside a path is one still. The last templates of PLACES, NAMES and LINES are for held-out lines.
"""

import re
import string

import statements
from formats import ALNUM, DIGITS, HEX, LOWER, MARKED, UNMARKED, UPPER, URL64, draw
from lines import mark

# Letter and size in a template, as in {a6}: that many characters of an alphabet.
ALPHABETS = {
    "a": ALNUM, "h": HEX, "H": HEX.upper(), "u": URL64, "l": LOWER, "d": DIGITS, "b": LOWER + DIGITS, "B": UPPER + DIGITS, "y": LOWER + DIGITS + "_",
    "x": "0123456789abcdfghijklmnpqrsvwxyz", "p": "bcdfghjklmnpqrstvwxz2456789", "t": LOWER + "234567", "r": string.digits + "abcdefghijklmnopqrstuv",
}
# Each is a place that programs make names for. {w} is a word, {n} a number, {v} a version, {id} a UUID, {home} somebody's home.
PLACES = [
    "/tmp/tmp.{a10}", "/tmp/tmp.{a10}", "/tmp/{w}.{a6}", "/tmp/{w}-{a6}", "/tmp/{w}-{a6}", "/tmp/{w}-{w}-{a6}", "/tmp/{w}-{w}-{w}-{a6}", "/tmp/{w}-{a8}", "/tmp/{w}_{a6}", "/tmp/{w}{a6}", "/tmp/tmp{y8}", "/tmp/tmp{y8}", "/tmp/{w}_{y8}",
    "/tmp/tmp-{n}{a12}", "/tmp/tmp-{n}-{a12}", "/tmp/{u21}", "/tmp/{w}-{u21}", "/tmp/{w}-{b10}", "/tmp/{w}-{h32}", "/tmp/{h40}", "/tmp/{id}", "/var/tmp/{w}.{a8}", "/var/tmp/{w}-{a6}", "/private/tmp/{w}-{a8}", "$TMPDIR/{w}.{a8}", "/dev/shm/{w}-{a6}", "/run/{w}/{w}-{a6}",
    "/tmp/vitest-{a8}", "/tmp/jest_{b5}", "/tmp/jest-transform-cache-{h32}-{h32}", "/tmp/playwright-artifacts-{a6}", "/tmp/puppeteer_dev_chrome_profile-{a6}", "/tmp/.org.chromium.Chromium.{a6}", "/tmp/systemd-private-{h32}-{w}.service-{a6}/tmp",
    "/tmp/pytest-of-{w}/pytest-{n}/test_{w}_{w}{d1}", "/tmp/pytest-of-{w}/pytest-current/{w}{d1}", "/tmp/pip-install-{y8}/{w}_{h32}", "/tmp/pip-req-build-{y8}", "/tmp/pip-ephem-wheel-cache-{y8}/wheels/{h2}/{h2}/{h2}/{h60}", "/tmp/build-env-{y8}", "/tmp/go-build{d10}/b{d3}", "/tmp/rustc{a6}",
    "/var/folders/{b2}/{y30}/T/{w}-{a6}", "/var/folders/{b2}/{y28}0000gn/T", "/var/folders/zz/{b26}/T/{w}.{a8}", "/private/var/folders/{b2}/{b30}/C/{w}", "/var/folders/{b2}/{y30}/T/tmp.{a10}",
    "/var/lib/docker/overlay2/{h64}/merged", "/var/lib/docker/overlay2/{h64}/diff", "/var/lib/docker/overlay2/l/{B26}", "/var/lib/docker/overlay2/{b25}/work", "/var/lib/docker/containers/{h64}", "/var/lib/docker/volumes/{h64}/_data", "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/{n}/fs",
    "/var/lib/containers/storage/overlay/{h64}/diff", "/sys/fs/cgroup/system.slice/docker-{h64}.scope", "/run/containerd/io.containerd.runtime.v2.task/k8s.io/{h64}/rootfs", "/var/lib/registry/docker/registry/v2/blobs/sha256/{h2}/{h64}", "/var/lib/docker/tmp/buildkit-mount{d10}",
    "/var/lib/kubelet/pods/{id}/volumes/kubernetes.io~projected/kube-api-access-{p5}", "/var/lib/kubelet/pods/{id}/containers/{w}/{h8}", "/var/log/pods/{w}_{w}-{h9}-{p5}_{id}/{w}", "/var/log/containers/{w}-{p10}-{p5}_{w}_{w}-{h64}.log", "/var/lib/kubelet/plugins/kubernetes.io/csi/{w}.csi.aws.com/{h64}/globalmount",
    "/nix/store/{x32}-{w}-{v}", "/nix/store/{x32}-{w}-{w}-{v}", "/nix/store/{x32}-{w}.drv", "/nix/store/.links/{x52}", "/gnu/store/{x32}-{w}-{v}",
    "{home}/.cache/bazel/_bazel_{w}/{h32}/execroot/_main", "{home}/.cache/bazel/_bazel_{w}/{h32}/sandbox/linux-sandbox/{n}/execroot/{w}", "{home}/.cache/bazel/_bazel_{w}/cache/repos/v1/content_addressable/sha256/{h64}", "bazel-out/k8-fastbuild-ST-{h12}/bin/{w}",
    "{home}/.cache/ccache/{r1}/{r1}", "{home}/.ccache/{h1}/{h1}", "{home}/.cache/sccache/{h1}/{h1}", "{home}/.cache/go-build/{h2}", "{home}/.cache/uv/archive-v0/{u21}", "{home}/.cache/uv/builds-v0/.tmp{a6}", "{home}/.cache/pre-commit/repo{y8}", "{home}/.cache/pip/http-v2/{h1}/{h1}/{h1}/{h1}/{h1}",
    "node_modules/.pnpm/{w}-{w}@{v}_{t26}/node_modules", "node_modules/.pnpm/@{w}+{w}@{v}_{h32}/node_modules/@{w}", "node_modules/.pnpm/{w}@{v}_{w}@{v}/node_modules", "{home}/.local/share/pnpm/store/v3/files/{h2}", "{home}/.npm/_cacache/content-v2/sha512/{h2}/{h2}", "{home}/.npm/_cacache/tmp/{h8}", "{home}/.npm/_npx/{h16}/node_modules",
    "node_modules/.{w}-{a8}", "node_modules/.cache/{w}/{h32}", "{home}/.yarn/berry/cache", "{home}/.cargo/registry/src/index.crates.io-{h16}/{w}-{v}", "{home}/.cargo/git/checkouts/{w}-{h16}/{h7}", "target/debug/.fingerprint/{w}-{h16}", "target/release/build/{w}-{h16}/out", "{home}/.gradle/caches/transforms-3/{h32}/transformed",
    "{home}/.gradle/caches/modules-2/files-2.1/org.{w}/{w}/{v}/{h40}", "{home}/go/pkg/mod/cache/download/sumdb/sum.golang.org/lookup", ".git/objects/{h2}", "/srv/git/{w}.git/objects/{h2}", ".git/lfs/objects/{h2}/{h2}", ".git/modules/{w}/objects/{h2}", ".terraform/modules/{w}.{w}", "mlruns/{n}/{h32}/artifacts",
    "wandb/run-20{d6}_{d6}-{b8}", ".next/static/{u21}", ".next/static/chunks/{w}", "/_next/static/{u21}", ".next/cache/webpack/{w}", "build/static/js", "dist/assets", "public/build/assets", "/static/dist/chunks",
    "C:\\Users\\{w}\\AppData\\Local\\Temp\\{w}-{a6}", "C:\\Users\\{w}\\AppData\\Local\\Temp\\tmp{y8}", "C:\\Users\\RUNNER~1\\AppData\\Local\\Temp\\{w}{a6}", "C:\\Users\\{w}\\AppData\\Local\\Temp\\{{{id}}}", "C:\\Users\\{w}\\AppData\\Local\\Temp\\{b8}.{b3}", "C:\\Users\\{w}\\AppData\\Local\\Temp\\is-{B5}.tmp",
    "C:\\Users\\{w}\\AppData\\Local\\Temp\\{id}", "C:\\Users\\{w}\\AppData\\Local\\Temp\\nuget-{a8}", "C:\\Windows\\Temp\\{H8}-{H4}-{H4}-{H4}-{H12}", "D:\\a\\_temp\\{id}", "C:/Users/{w}/AppData/Local/Temp/{w}-{a8}", "C:\\ProgramData\\{w}\\{{{id}}}", "C:\\Windows\\WinSxS\\amd64_{w}-{w}_{h16}_10.0.{d5}.{d3}_none_{h16}", "%TEMP%\\{w}{a6}",
    "s3://{w}-{w}/{w}/dt=20{d2}-{d2}-{d2}", "s3://{w}-{w}/{w}/{id}", "s3://{w}/{h2}/{h40}", "s3://{w}-{w}-{d12}/{w}/{a22}", "gs://{w}-{w}/{w}/{h32}", "s3://{w}/AWSLogs/{d12}/elasticloadbalancing/eu-west-1/2025/{d2}/{d2}", "az://{w}/{w}/{id}", "/home/runner/" "work/_temp/{id}", "/home/runner/" "work/_temp/{w}_{a6}", "/builds/{u9}/0/{w}/{w}",
    "/var/jenkins_home/workspace/{w}@tmp/durable-{h8}", "/opt/actions-runner/_work/_actions/{w}/{w}/{h40}", "/tmp/spark-{id}/{w}", "/tmp/hadoop-{w}/blockmgr-{id}/{h2}", "/tmp/ray/session_2025-{d2}-{d2}_{d6}_{n}", "/var/spool/postfix/deferred/{H1}", "/var/cache/nginx/{h1}/{h2}", "/data/elasticsearch/nodes/0/indices/{u22}/0", "/lib/modules/{v}-{n}-generic/kernel/{w}",
    "/tmp/{a16}", "/tmp/{w}/{a8}", "/tmp/{w}/{a20}", "/var/cache/{w}/{a12}", "{home}/.cache/{w}/{u16}", "{home}/.local/share/{w}/{a22}", "/data/{w}/{b24}", "/mnt/{w}/{u11}/{u11}", "{home}/{w}/.tmp-{a10}", "./.{w}/{u12}", "../{w}/{a14}", "/opt/{w}/releases/{h12}", "/workspaces/{w}-{b13}",
    # held out
    "{home}/Library/Developer/Xcode/DerivedData/{w}-{l28}/Build", "{home}/.mozilla/firefox/{b8}.default-release", "/data/app/~~{u22}==/com.{w}-{u22}==", "/tmp/ssh-{a12}", "s3://{w}/AWSLogs/{d12}/CloudTrail/eu-west-1/{d12}_{a16}", "/snap/{w}/common/{w}.{a9}", "{home}/.conan2/p/b/{w}{h13}/p", "/ostree/repo/objects/{h2}/{h62}.file",
    "/var/lib/buildkite-agent/builds/{w}-{a7}/{w}", "C:\\Users\\{w}\\AppData\\Local\\Temp\\chocolatey\\{w}.{v}.{a9}", "/tmp/nix-shell.{a6}", "{home}/.cache/deno/gen/https/{w}.land/{h64}",
]
HELD_PLACES = 12
# What lies in such a place: often named at random too, sometimes as secrets are.
NAMES = [
    "{w}", "{w}", "{w}.{ext}", "{w}.{ext}", "{w}.{ext}", "{w}/{w}.{ext}", "{w}/{w}/{w}.{ext}", "home/{w}", "home/.{w}", "bin/{w}", "src/{w}_{w}.{ext}", "{w}-{h8}.{ext}", "{w}.{h8}.{ext}", "{w}-{h16}.{ext}", "{w}.{h20}.{ext}", "{w}-{u8}.{ext}", "{w}-{u8}.{ext}", "{n}-{h16}.{ext}", "{h20}.{ext}", "{h32}.{ext}",
    "{h38}", "{h62}-d", "{h64}", "{h126}", "pack-{h40}.pack", "pack-{h40}.idx", "tmp_pack_{a6}", "tmp_obj_{a6}", ".{w}.{ext}.{a6}", "{w}.{a6}", "tmp{y8}", "tmp.{a10}", "{id}.{ext}", "part-{d5}-{id}-c000.snappy.parquet", "part-{d5}-{u22}.{ext}", "{r30}R", "{r28}M", "{w}-{a6}.o", "cc{a6}.s", "cc{a6}.o", "lib{w}-{h16}.rlib",
    "{w}-{h16}.d", "{w}-npm-{v}-{h10}-{h10}.zip", "{B13}.20{d2}-{d2}-{d2}-{d2}.{h8}.gz", "{w}.chunk.{h8}.js", "{w}.{u11}.js", "chunk-{B8}.js", "{u21}/_buildManifest.js", "{w}.{a22}.css", "{b12}.{ext}", "{a10}/{w}.{ext}", "{h2}/{h38}", "{w}/{id}/{w}.{ext}",
    "home/.ssh/id_{w}", ".netrc", ".npmrc", ".env", "password.txt", "secrets/{w}", "token", "credentials.json", "keys/{w}.pem", "home/.aws/credentials", "tokens.{ext}", "auth/{w}.{ext}", "secret.{ext}", "{w}_key.{ext}", "id_rsa", "passwd", "vault/{w}.{ext}",
    # held out
    "{w}.{ext}.{a7}", "{w}~{b6}.{ext}", "agent.{n}", ".fuse_hidden{h24}", "{w}-{u10}.mjs", ".nfs{h24}", ".{w}.{ext}.{a9}.swp", "{a11}.part",
]
HELD_NAMES = 8
EXTENSIONS = "log txt json js ts py css map yml yaml out go rs c h o so a tgz gz zip html md xml cache lock toml sh dll exe db sqlite pid sock parquet csv jar class mjs tmp whl".split()
# {p} is a path of the above, {pod} a pod, {s} and {i} names of code.
LINES = [
    "cat: {p}: No such file or directory", "cat: {p}: Permission denied", "ls: cannot access '{p}': No such file or directory", "rm: cannot remove '{p}': Directory not empty", "cp: cannot stat '{p}': No such file or directory", "mkdir: cannot create directory '{p}': File exists", "bash: {p}: Is a directory", "sh: {n}: cannot create {p}: Read-only file system",
    "{w}: {p}: No such file or directory", "{w}: {p}: {w} {w}", "{w} {p}", "{w}: {p}", "{w} {w} {p}", "{w} {p} {p}", "wrote {p}", "Writing {p}", "created {p}", "removed '{p}'", "deleted: {p}", "saved to {p} ({n} bytes)", "Generating {p}...", "using {p}", "[{w}] {w} {p}", "{W} {w} {w} {p}.", "opened {p} in {n} ms", "{p}", "{p}", "  {p}", "- {p}", "\"{p}\",", "'{p}'",
    "{p}:{n}:{n}: error: expected ';' before '{s}'", "{p}:{n}:{n}: warning: unused variable '{s}' [-Wunused-variable]", "{p}:{n}: undefined reference to `{s}'", "In file included from {p}:{n}:", "/usr/bin/ld: {p}: in function `{s}':", "collect2: error: ld returned 1 exit status: {p}", "{p}({n},{n}): error TS{d4}: Cannot find name '{i}'.",
    "gcc -O2 -I{p} -c {s}.c -o {p}", "cc -L{p} -l{w} -o {w}", "clang: error: no such file or directory: '{p}'", "ld.lld: error: cannot open {p}: No such file or directory", "make[{d1}]: *** [Makefile:{n}: {p}] Error {d1}", "make: Entering directory '{p}'", "ninja: error: '{p}', needed by '{w}', missing and no known rule to make it", "error: could not compile `{w}` (lib) due to {n} previous errors in {p}",
    "thread 'main' panicked at {p}:{n}:{n}:", "panic: open {p}: no such file or directory", "\t{p}:{n} +0x{h3}", "    at {i} ({p}:{n}:{n})", "    at async {i}.{i} ({p}:{n}:{n})", "    at file://{p}:{n}:{n}", "  File \"{p}\", line {n}, in {s}", "Error: ENOENT: no such file or directory, open '{p}'", "Error: EACCES: permission denied, mkdir '{p}'",
    "Error: Cannot find module '{p}'", "FileNotFoundError: [Errno 2] No such file or directory: '{p}'", "PermissionError: [Errno 13] Permission denied: '{p}'", "java.io.FileNotFoundException: {p} (No such file or directory)", "System.IO.FileNotFoundException: Could not find file '{p}'.", "The system cannot find the path specified: {p}", "fatal: could not open '{p}' for reading: {w}",
    "[{d5}.{d6}] {w}[{n}]: segfault at {h12} ip 0000{h12} sp 0000{h12} error 4 in {p}", "audit: type=1400 apparmor=\"DENIED\" operation=\"open\" name=\"{p}\" pid={n} comm=\"{w}\"", "EXT4-fs error (device {w}): {w}: {p}", "overlayfs: upperdir={p} is in-use", "overlay on {p} type overlay (rw,relatime,lowerdir={p}:{p},upperdir={p})", "systemd[1]: {w}.mount: {p} {w}", "kernel: {w} {w} {p} ({n})", "oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg={p},task={w},pid={n}",
    "openat(AT_FDCWD, \"{p}\", O_RDONLY|O_CLOEXEC) = {d1}", "stat(\"{p}\", 0x{h12}) = -1 ENOENT (No such file or directory)", "execve(\"{p}\", [\"{w}\", \"{p}\"], 0x{h12} /* {n} vars */) = 0", "lrwxrwxrwx 1 root root {n} Jan {d2} 12:{d2} {w} -> {p}", "drwx------ 2 {w} {w} 4096 Nov {d1} 09:{d2} {p}", "-rw-r--r-- 1 {w} staff {n} Mar {d1} 10:{d2} {p}", "{n}\t{p}", "{h32}  {p}", "{h40}  {p}", "{h64}  {p}",
    "diff -r {p} {p}", "--- {p}\t2025-{d2}-{d2} 10:{d2}:{d2}", "+++ {p}", "Only in {p}: {w}", "rename {p} => {p}", "renamed '{p}' -> '{p}'", "'{p}' -> '{p}'", "tar: {p}: file changed as we read it", "rsync: [sender] link_stat \"{p}\" failed: No such file or directory (2)", "adding: {p} (deflated {n}%)", "  inflating: {p}", "x {p}", "Copying {p} to {p}", "git: cannot mmap {p}", "error: unable to unlink old '{p}': {w}",
    "TMPDIR={p}", "export {S}={p}", "{S}={p}", "{S}={p} {w} --{w} {p}", "cd {p} && {w} {w}", "rm -rf {p}", "mount --bind {p} {p}", "source {p}", "PATH={p}:/usr/bin:/bin", "LD_LIBRARY_PATH={p}:{p}", "HOME={p}", "cwd: {p}", "path: {p}", "  {s}: {p}", "\"{s}\": \"{p}\",", "\"path\": \"{p}\",", "{{\"{s}\":\"{p}\",\"size\":{n}}}", "--{w}={p}", "--{w}-{w} {p} \\", "-v {p}:/{w}:ro", "const {i} = \"{p}\";", "{s} = '{p}'", "{s}: Path('{p}')", "# {p}", "// {p}", "file://{p}",
    "#!{p}", "exec {p} \"$@\"", "COPY --from={h12} {p} /{w}", "Step {n}/{n} : RUN {w} {p}", "#{n} {n}.{n} {w}: {p}", " ---> Running in {h12}", "docker: Error response from daemon: error while creating mount source path '{p}': mkdir {p}: read-only file system.", "failed to solve: failed to compute cache key: \"{p}\": not found", "{p} {w}={w} {w}={p}", "Collecting {w} from file://{p}", "  Stored in directory: {p}",
    "Processing {p}", "Using cached {p} ({d2}.{d1} kB)", "building '{p}'...", "copying path '{p}' from 'https://cache.nixos.org'...", "error: builder for '{p}' failed with exit code {d1};", "warning: Git tree '{p}' is dirty", "INFO: Analyzed target {p} ({n} packages loaded, {n} targets configured).", "ERROR: {p}: {w} failed: (Exit 1): {w} failed: error executing command", "SUBCOMMAND: # {w} [action '{w} {p}']",
    "Compiling {w} v{v} ({p})", "   Running `{p} --{w}`", "     Running unittests src/{w}.rs ({p})", "  {n} kB  {p}", "<script src=\"{p}\"></script>", "<link rel=\"preload\" href=\"{p}\" as=\"script\">", "  ○ {p}   {n} kB", "asset {p} {n} KiB [emitted] [minimized] (name: {w})", "{p}   {n}.{d2} kB │ gzip: {n}.{d2} kB", "GET {p} 200 in {n}ms", "GET {p} HTTP/1.1\" 404 {n}", "upload: ./{w} to {p}", "download: {p} to {p}", "2025-{d2}-{d2} 10:{d2}:{d2}   {n} {p}",
    "An error occurred (404) when calling the HeadObject operation: Key \"{p}\" does not exist", "Writing objects: 100% ({n}/{n}), {p}", "error: inflate: data stream error ({p})", "fatal: loose object {h40} (stored in {p}) is corrupt", "error: object file {p} is empty", "PASS {p}", "FAIL  {p} > {w} {w}", "AssertionError: expected '{p}' to equal '{p}'", "+ {w} {p}", "++ mktemp -d {p}", "time=\"2025-{d2}-{d2}T10:{d2}:{d2}Z\" level=error msg=\"{w} {p}\" {w}={p}", "{{\"level\":\"info\",\"msg\":\"{w}\",\"file\":\"{p}\",\"pod\":\"{pod}\"}}",
    "pod/{pod}   1/1     Running   {d1}   {d2}h", "{pod}   0/1   CrashLoopBackOff   {n}   {d2}m", "pod/{pod} condition met", "pod \"{pod}\" deleted", "Error from server (NotFound): pods \"{pod}\" not found", "kubectl logs -f {pod} -c {w}", "kubectl exec -it {pod} -- sh", "Successfully assigned {w}/{pod} to ip-10-0-{n}-{n}.ec2.internal", "Back-off restarting failed container {w} in pod {pod}_{w}({id})", "name: {pod}", "{pod} {w} {w} {p}", "replicaset.apps/{w}-{p10} created", "host={pod}", "node/gke-{w}-{w}-{h8}-{b4} cordoned", "namespace/{w} pod/{pod} {w} {p}",
    # held out
    "chmod: changing permissions of '{p}': Operation not permitted", "touch: cannot touch '{p}': {w}", "find: ‘{p}’: Permission denied", "ERROR {w} failed to read {p}: {w} {w}", "could not lock config file {p}: File exists", "{p}: {n} warnings, {n} errors", "unlinkat {p}: directory not empty", "dlopen({p}, 0x0001): tried: '{p}' (no such file)", "Traceback in {p}, line {n}", "Unable to attach or mount volumes for pod {pod}: {p}", "node: {pod} restarted at 10:{d2}",
    "restored {p} from {p}", "[{n}/{n}] Linking {p}", "stored '{p}' ({n} kB) as {p}", "@import url('{p}');", "Downloading s3 object {p} ... done", "warning: {p} has modification time {n} s in the future",
]
HELD_LINES = 17
# {S} is the secret, {k} and {K} a name that tells what it is.
SECRET_LINES = [
    "curl -fsSL https://{w}.{w}.com/{w}/{w}?token={S} -o {p}", "curl https://{w}.com/{w}?api_key={S}&{w}={n} > {p}", "GET https://{w}.io/{w}/{w}.{ext}?access_token={S} 200 {p}", "wget -O {p} 'https://{w}.com/{w}?key={S}'", "curl -H 'Authorization: Bearer {S}' -F file=@{p} https://{w}.com/{w}", "curl -T {p} -H \"X-Api-Key: {S}\" https://{w}.dev/{w}/{a8}",
    "{p}/.npmrc://registry.npmjs.org/:_authToken={S}", "{p}/.npmrc:_authToken={S}", "{p}:_password={S}", "echo '//npm.{w}.com/:_authToken={S}' > {p}/.npmrc", "{p}/.env:{n}:{K}={S}", "{p}:{n}:{K}={S}", "{p}:{n}: {k} = \"{S}\"", "{p}: {k}: {S}", "{p}-{n}-  \"{k}\": \"{S}\",", "{p}/.netrc:machine {w}.com login {w} password {S}", "{p}:aws_secret_access_key = {S}", "+++ {p}: {k}={S}",
    "{K}={S} {p}", "{K}={S} node {p}", "export {K}={S} # {p}", "docker run -v {p}:/{w} -e {K}={S} {w}", "PGPASSWORD={S} pg_dump -f {p} {w}", "mysqldump -u {w} -p{S} {w} > {p}", "scp {p} && sshpass -p '{S}' ssh {w}@10.0.0.{n}", "unzip -P {S} {p}", "openssl rsa -in {p} -passin pass:{S}", "gpg --batch --passphrase {S} -d {p}", "{w} --config {p} --password {S}", "{w} --{k}={S} {p}", "{w} login -u {w} -p {S} --cacert {p}",
    "{{\"path\":\"{p}\",\"{k}\":\"{S}\"}}", "{{\"{k}\":\"{S}\",\"file\":\"{p}\"}}", "cd {p} && {K}={S} make", "cp {p} ftp://{w}:{S}@{w}.com/{w}", "git clone https://{w}:{S}@{w}.com/{w}.git {p}", "fatal: unable to access 'https://{w}:{S}@git.{w}.com/{w}.git/': see {p}", "s3cmd --secret_key={S} put {p} {p}", "AWS_SECRET_ACCESS_KEY={S} aws s3 cp {p} {p}", "vault write {w} {k}={S} file=@{p}", "    at connect ({w}://{w}:{S}@{w}:{n}) {p}:{n}:{n}",
    "kubectl exec {pod} -- env {K}={S}", "{pod} {w} {K}={S}", "pod/{pod} {k}: {S}", "kubectl create secret generic {w} --from-literal={k}={S} --from-file={p}", "s3://{w}/{w}?{k}={S}", "Error: {w} {p}: invalid {k} \"{S}\"", "WARN {p}: {k}={S} is deprecated", "+ {w} --{k} {S} {p}", "{K}={S} > {p}", "echo {S} > {p}/token", "[{w}] {k}={S} path={p}",
    # held out
    "tee {p} <<< '{k}={S}'", "{p}#L{n}: {k}: '{S}'", "helm install -f {p} --set {k}={S}", "http --download https://{w}.net/{w}?auth_token={S} --output {p}", "restic -r {p} --password-command 'echo {S}'", "{p} (line {n}): {k} => {S}",
]
HELD_SECRET_LINES = 6


class Filled(dict):
    """Draws what a template asks for, anew for each time it is asked."""

    def __init__(self, r, source, held_out, **fixed):
        super().__init__()
        self.r, self.source, self.held_out, self.fixed = r, source, held_out, fixed

    def pick(self, items, held):
        return self.r.choice(items[-held:] if self.held_out else items[:-held])

    def __missing__(self, key):
        r = self.r
        if key in self.fixed:
            return self.fixed[key]
        if len(key) > 1 and key[0] in ALPHABETS and key[1:].isdigit():
            return draw(r, ALPHABETS[key[0]], int(key[1:]))
        if key == "p":
            place = self.pick(PLACES, HELD_PLACES).format_map(self)
            rest = self.pick(NAMES, HELD_NAMES).format_map(self) if r.random() < 0.85 else ""
            if "\\" in place:
                return place + ("\\" + rest.replace("/", "\\") if rest else "")
            return place + ("/" + rest if rest else r.choice(["", "", "/"]))
        return {
            "w": lambda: statements.word(r, self.source), "W": lambda: statements.word(r, self.source).capitalize(), "n": lambda: str(r.randrange(10 ** r.randrange(1, 5))), "v": lambda: f"{r.randrange(9)}.{r.randrange(30)}" + r.choice(["", f".{r.randrange(20)}"]),
            "id": lambda: UNMARKED["uuid-secret"](r), "ext": lambda: r.choice(EXTENSIONS), "home": lambda: r.choice(["/root", "/home/runner", "~", f"/home/{statements.word(r, self.source)}", f"/Users/{statements.word(r, self.source)}"]),
            "pod": lambda: r.choice(["{w}-{p9}-{p5}", "{w}-{h9}-{p5}", "{w}-{w}-{h10}-{p5}", "{w}-{p10}-{p5}", "{w}-{w}-{p5}", "{w}-{d1}", "{w}-{w}-{d8}-{p5}", "{w}-{h8}-{p5}"]).format_map(self),
            "s": lambda: statements.identifier(r, self.source, "s"), "i": lambda: statements.identifier(r, self.source, "c"), "S": lambda: statements.identifier(r, self.source, "u"),
        }[key]()


def dress(r, line):
    return r.choice(["", "", "", "", "  ", "    ", "\t", "> ", "# ", "2025-03-01T10:00:00Z "]) + line


def negative(r, source, held_out=False):
    """(line, kind) of a line with a name in it that was drawn at random, and no secret."""
    filled = Filled(r, source, held_out)
    at = r.random()
    if at < 0.06 and not held_out:
        # What is found in such a file is judged by itself.
        inner = statements.negative(r, source)[0] if r.random() < 0.4 else r.choice(source)[:150]
        return f"{filled['p']}:{r.choice(['', filled['n'] + ':'])}{r.choice(['', ' '])}{inner}", "path"
    line = filled.pick(LINES, HELD_LINES).format_map(filled)
    if at < 0.1:
        line += r.choice([" ", "; ", " && ", ", "]) + filled.pick(LINES, HELD_LINES).format_map(filled)
    return dress(r, line), "path"


def positive(r, source, held_out=False):
    """(line with its secret marked, kind) of a line with a path and a secret."""
    if r.random() < 0.2 and not held_out:
        line, kind = statements.positive(r, source)
        return f"{Filled(r, source, held_out)['p']}:{r.choice(['', str(r.randrange(999)) + ':'])}{r.choice(['', ' '])}{line}", kind
    kind = r.choice(["vendor", "marked", "marked", "token", "token", "hex", "password"])
    if kind == "marked":
        kind = r.choice(sorted(set(MARKED) - {"private-key", "slack-hook"}))
        value = MARKED[kind](r)
    elif kind == "password":
        value = re.sub(r"[@/:#?%&;'\"\s$]", "", statements.any_password(r, source))
    else:
        value = statements.vendor(r) if kind == "vendor" else UNMARKED[kind](r)
    key = statements.secret_name(r)
    filled = Filled(r, source, held_out, S=mark(value), k=key, K=re.sub(r"\W", "_", key).upper())
    return dress(r, filled.pick(SECRET_LINES, HELD_SECRET_LINES).format_map(filled)), kind
