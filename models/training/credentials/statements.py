"""
Lines put together from parts rather than from templates: a name, how it is assigned, a value, what stands around it. Both what is a
secret and what only looks like one is put together in the same ways, so that the shape of a line says nothing of its label.
"""

import json
import re

from formats import ALNUM, BASE64, DIGITS, HEX, LOWER, MARKED, UNMARKED, UPPER, URL64, b64, draw, password, vendor
from lines import mark

AREAS = (
    "db database mysql postgres pg mongo redis smtp mail imap ldap ftp ssh admin root user app application client server service backend frontend aws azure gcp s3 blob "
    "storage session cookie jwt oauth sso saml billing payment stripe slack github gitlab npm docker registry vault kafka rabbit queue cache search elastic sentry grafana "
    "datadog twilio openai maps proxy vpn tls ssl signing master main default internal external legacy prod production staging test worker web mobile partner crm erp hr bank"
).split()
SECRET_NOUNS = (
    "password password passwd pwd pass passphrase secret secret secret_key token token api_key api_key apikey access_key access_token auth_token refresh_token private_key "
    "signing_key encryption_key credential credentials shared_secret client_secret webhook_secret license_key account_key key master_key pat bearer_token auth key_secret hmac_key crypt_key"
).split()
HARMLESS_NOUNS = (
    "hash hash sha sha1 sha256 sha512 md5 digest checksum sum etag revision rev commit commit_sha version build_id fingerprint thumbprint id id uuid guid tenant_id trace_id span_id request_id "
    "correlation_id session_id client_id user_id project_id zone_id image_id ami snapshot cursor etag integrity signature_id nonce expected actual result vector sample data content body blob "
    "public_key pubkey host_key public_cert certificate ca_cert key_id kid keyname cache_key partition_key primary_key sort_key token_type token_count resource instance arn name path file url"
).split()
LEADS = (
    "|||||||||export |const |let |var |final |val |ENV |ARG |set |setenv |- |- |  - |\"|'|self.|this.|app.|config.|settings.|cfg.|process.env.|opts.|private String |public static final String |static const char* "
    "|define('|$|@|:|--|-D|local |readonly |declare -x |process(|new Client({ |{ |{ \"|foo(bar, |return { |<|set_|#define |pub const |type: string, |with_|// |# |environment:\t- |spec.|root."
).split("|")
SIGNS = ["=", "=", "=", " = ", " = ", ": ", ": ", ": ", ":", ":=", " := ", " => ", "=>", " ", ", ", "': '", '": "', '": ', "' => '", "', '", ">", " == ", " ?= ", "  =  ", ": str = ", ": string = ", '"] = ', "'] = ", ") || ", " value=", '" value="', " ?? "]
TAILS = ["", "", "", "", "", "", ",", ",", ";", ";", ")", ");", " }", " },", "})", " \\", " # comment", " // see wiki", " --verbose", " npm start", "]", "</value>", " && make", ", timeout=30)", '", "port": 8080', ", region: 'eu'", " # noqa"]
VERBS = "your my the insert change replace enter fill put add example sample dummy fake mock test some set use provide paste update".split()
THINGS = "api key token secret password value here me this in it string id credentials pass for tests fixture only not real unit local development".split()
# Parts of names in code that have digits in them and are no secret.
DIGITAL = (
    "float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 base64 base32 utf8 utf16 latin1 iso8859 sha1 sha256 sha512 md5 hmac256 aes128 aes256 gcm256 p256 p384 p521 secp256k1 ed25519 x25519 "
    "chacha20 poly1305 curve448 oauth1 oauth2 oidc1 rfc2617 rfc3986 rfc7235 rfc8446 resp2 resp3 http1 http2 h2 tls12 tls13 x509 pkcs1 pkcs7 pkcs8 pkcs12 rs256 es384 hs512 s3 ec2 k8s i18n l10n v1 v2 v3 v1beta1 "
    "3d 2d es5 es2015 es2022 py3 log4j web3 level2 arm64 x86 win32 amd64 ipv4 ipv6 mp3 h264 route53 neo4j error1 error2 value3 arg0 arg1 step2 crc32 fnv1a adler32 murmur3"
).split()
SECURITY = "token secret password auth credential session key hash signature nonce cipher crypto buffer encrypt decrypt sign verify bearer grant login cookie sentinel master user client".split()


def word(r, source):
    """A word of public packages' lines: passwords are made of words of all kinds."""
    for _ in range(5):
        found = re.findall(r"[a-zA-Z]{4,9}", r.choice(source))
        if found:
            return r.choice(found).lower()
    return "window"


def any_password(r, source):
    at = r.random()
    if at < 0.2:
        return password(r)
    words = [word(r, source) for _ in range(4)]
    number = str(r.randrange(10 ** r.randrange(1, 5)))
    sign = r.choice("!!!?#@$%&*.+-_=^~")
    if at < 0.35:
        return words[0].capitalize() + r.choice(["", "", "-", "_", ".", "@"]) + number + r.choice(["", sign])
    if at < 0.45:
        return "".join(w.capitalize() for w in words[: r.randrange(2, 4)]) + number + r.choice(["", sign])
    if at < 0.55:
        return r.choice("-_. +").replace(" ", "").join(words[: r.randrange(3, 5)]) + r.choice(["", number, "-" + number])
    if at < 0.65:
        return (words[0] + words[1]).translate(str.maketrans(dict(r.sample([("a", "4"), ("e", "3"), ("i", "1"), ("o", "0"), ("s", "$"), ("t", "7"), ("i", "!"), ("a", "@")], 3)))) + number
    if at < 0.8:
        return draw(r, ALNUM, r.randrange(8, 26)) + draw(r, DIGITS, 1)
    return "".join(draw(r, ALNUM, r.randrange(1, 7)) + draw(r, "!#$%^*+-_=?@~.,&", 1) for _ in range(r.randrange(2, 5))) + draw(r, ALNUM, 3)


def any_vendor(r):
    """Of no vendor: prefixes, separators and runs of random characters of one or several parts, sometimes as a hook's address."""
    at = r.random()
    if at < 0.35:
        return vendor(r)
    alphabet = r.choice([ALNUM, ALNUM, URL64, HEX, UPPER + DIGITS, LOWER + DIGITS, UPPER + "234567"])
    if at < 0.55:
        return draw(r, r.choice([LOWER, UPPER, ALNUM]), r.randrange(2, 7)) + r.choice(["", "", "_", "-", ".", "~", "/"]) + draw(r, alphabet, r.randrange(24, 100))
    if at < 0.85:
        parts = [draw(r, alphabet, r.choice([8, 11, 14, 16, 20, 24, 32, 40, 43, 64])) for _ in range(r.randrange(2, 4))]
        lead = draw(r, r.choice([LOWER, UPPER, LOWER + DIGITS]), r.randrange(2, 8)) + r.choice("_-.:")
        return r.choice([lead, lead, ""]) + r.choice("._-:").join(parts)
    if at < 0.9:
        return draw(r, LOWER, r.randrange(3, 8)) + r.choice("-_") + r.choice(["live", "prod", "dev", "production", "admin"]) + r.choice("-_") + UNMARKED["uuid-secret"](r)
    segments = [draw(r, r.choice([DIGITS, HEX, UPPER + DIGITS]), r.randrange(8, 20)) for _ in range(r.randrange(1, 3))] + [draw(r, alphabet, r.randrange(24, 70))]
    return f"https://{r.choice(['hooks', 'api', 'webhook', 'events'])}.{draw(r, LOWER, 6)}.{r.choice(['com', 'io', 'dev'])}/{r.choice(['hooks', 'services', 'v1/in', 'webhooks'])}/" + "/".join(segments)


def spelled(r, *parts):
    words = [w for part in parts for w in part.split("_")]
    style = r.random()
    if style < 0.3:
        return "_".join(words)
    if style < 0.6:
        return "_".join(words).upper()
    if style < 0.8:
        return words[0] + "".join(w.capitalize() for w in words[1:])
    if style < 0.87:
        return "".join(w.capitalize() for w in words)
    return r.choice("-.").join(words) if style < 0.97 else "".join(words)


def secret_name(r):
    noun = r.choice(SECRET_NOUNS)
    return spelled(r, noun) if r.random() < 0.25 else spelled(r, *([r.choice(AREAS)] if r.random() < 0.8 else r.sample(AREAS, 2)), noun)


def harmless_name(r):
    noun = r.choice(HARMLESS_NOUNS)
    return spelled(r, noun) if r.random() < 0.35 else spelled(r, r.choice(AREAS), noun)


def assign(r, name, value, quoted=None):
    """A line that gives a name a value; `quoted` False for a value that is code."""
    indent = r.choice(["", "", "", "  ", "    ", "\t", "      ", "        "])
    if r.random() < 0.05:
        lead, close = r.choice([("<", "</" + name + ">"), ("<", "</value>")])
        return f"{indent}<{name}>{value}{close}"
    quote = "" if quoted is False else r.choice(["", '"', '"', '"', "'", "'", "`"])
    sign = r.choice(SIGNS)
    if quoted is False and sign[-1] in "'\"":
        sign = sign[:-1]
    if sign[-1] in "'\"":
        quote = ""
        value += sign[-1]
    return indent + r.choice(LEADS) + name + r.choice(["", "", "", '"' if sign.startswith(":") else ""]) + sign + quote + value + quote + r.choice(TAILS)


def harmless_value(r):
    at = r.random()
    hexes = draw(r, r.choice([HEX, HEX, HEX.upper()]), r.choice([7, 8, 12, 16, 24, 32, 32, 40, 40, 64, 64, 96, 128]))
    if at < 0.3:
        return hexes
    if at < 0.42:
        return r.choice(["sha256:", "sha256-", "sha512-", "SHA256:", "md5:", "sha1:", "sha384-"]) + r.choice([hexes, b64(r, r.choice([20, 32, 48, 64]))])
    if at < 0.6:
        value = UNMARKED["uuid-secret"](r)
        return value if r.random() < 0.8 else value.upper()
    if at < 0.72:
        return b64(r, r.choice([12, 16, 18, 20, 24, 32, 32, 64]))
    if at < 0.86:
        kind = r.choice(["ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAI", "ssh-dss AAAAB3NzaC1kc3MAAACBA"])
        return kind + draw(r, BASE64, r.choice([43, 43, 68, 140, 200, 340])) + r.choice(["", "", " me@host", "== deploy@ci"])
    if at < 0.94:
        return r.choice(["data:image/png;base64,iVBORw0KGgo", "data:image/svg+xml;base64,PHN2Zy", "data:font/woff2;base64,d09GMg", "MIID", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", "-----BEGIN CERTIFICATE-----\\nMIID", "-----BEGIN PUBLIC KEY-----\\nMIIB"]) + draw(r, BASE64, r.randrange(40, 400))
    return r.choice(["ami-", "i-0", "vpc-", "subnet-0", "sg-", "v", "build-", "W/", "0x", "rev-", "layer-"]) + hexes


def placeholder(r, source):
    at = r.random()
    if at < 0.15:
        return r.choice("xX*0.#•-_?") * r.randrange(3, 40)
    if at < 0.2:
        return word(r, source).upper()
    if at < 0.28:
        return r.choice(["none", "null", "secret", "password", "test", "admin", "root", "guest", "postgres", "example", "token", "foobar", "abc123", "string", "optional", "disabled", "unset", "required"])
    words = [r.choice(VERBS), *r.sample(THINGS, r.randrange(1, 4))]
    text = r.choice(["-", "_", " ", "_", "-"]).join(words)
    text = r.choice([text, text, text.upper(), "".join(w.capitalize() for w in words), text.capitalize()])
    return r.choice(["{}", "{}", "{}", "<{}>", "[{}]", "{{{}}}", "%{}%", "__{}__", "({})", "@@{}@@", "<{}-XXXX>"]).format(text)


def lookup(r, name):
    bare = re.sub(r"\W", "_", name)
    upper = bare.upper()
    return r.choice(
        [f"os.environ['{upper}']", f'os.environ.get("{upper}", "")', f"os.getenv('{upper}')", f"process.env.{upper}", f"process.env['{upper}'] || ''", f'os.Getenv("{upper}")', f'System.getenv("{upper}")', f"ENV.fetch('{upper}')",
         f"${{{upper}}}", f"${upper}", f'"${{{upper}:?}}"', f"${{{upper}:-}}", f"$(cat /run/secrets/{bare})", f'"$(pass {bare})"', f"$(vault kv get -field={bare} kv/app)", f"${{{{ secrets.{upper} }}}}", f"{{{{ {bare} }}}}", f"{{{{ .Values.{bare} }}}}",
         f"var.{bare}", f"local.{bare}", f"module.db.{bare}", f"random_password.{bare}.result", f"data.vault_generic_secret.{bare}.data", f"aws_secretsmanager_secret.{bare}.arn", f"config.{bare}", f"settings.{upper}", f"self.{bare}", f"this.{bare}", f"options.{bare}", f"args.{bare}",
         f"getSecret('{bare}')", f"await secrets.get('{bare}')", f"keyring.get_password('x', '{bare}')", "getpass.getpass()", "secrets.token_hex(32)", "crypto.randomBytes(32)", "uuid4().hex", f"arn:aws:secretsmanager:eu-west-1:{draw(r, DIGITS, 12)}:secret:{bare}-{draw(r, ALNUM, 6)}",
         f"vault:secret/data/{bare}#value", f"op://prod/{bare}/value", f"ssm:/app/{bare}", f"/run/secrets/{bare}", f"/etc/ssl/private/{bare}.pem", f"file:///etc/{bare}", f"projects/p/secrets/{bare}/versions/latest", f"!Ref {bare}", f"@{bare}", "true", "false", "None", "null", '""', str(r.randrange(10**5)),
         f"https://login.{draw(r, LOWER, 6)}.com/oauth2/v2.0/token", f"validate({bare})", f"hash({bare})", f"decrypt({bare})", f"req.body.{bare}", "string", "str | None", "Secret<String>", "z.string().min(12)", "String?", f"min-{r.randrange(8, 20)}-chars"]
    )


def identifier(r, source, style=None):
    """A name as code has it: words of packages, of cryptography, and with digits in them."""
    parts = [r.choice([word(r, source), word(r, source), r.choice(DIGITAL), r.choice(SECURITY)]) for _ in range(r.choice([1, 2, 2, 3, 3, 4, 5]))]
    style = style or r.choice("cccspp")
    if style == "s":
        return "_".join(parts)
    if style == "u":
        return "_".join(parts).upper()
    pascal = "".join(part[:1].upper() + part[1:] for part in parts)
    return pascal if style == "p" else pascal[:1].lower() + pascal[1:]


CODE = (
    "import {{ {A}, {B} }} from './{a}-{b}.js';|from {s}.{t} import {A}|from {s}.{t}.{v} import {A} as _{A}|function {a}({b}: {A}, {c}: {B}): {C}<{D}> {{|export async function {a}({b}: readonly {A}[]): Promise<{B}<{C}>> {{|"
    "export type {A} = {B} {P} {C};|type {A} = ({a}: {B}) => Promise<{C}<{D}>>;|type {A} = Partial<Pick<{B}, \"{a}\">>;|{a}?: {A}<{B}<{C}, \"{b}\">>;|readonly {a}: {A};|var {A} = exports.{A} = function (_{B}) {{|"
    "exports.{A} = exports.{B} = exports.{C} = void 0;|  (0, _{a}2.default)({A}, _{B}4);|return {a}({b}, {c}.{d});|return {a}.{b}({c}.{d} * {e}.length, '{f}');|const {a} = {A}.from({b}.{c}, {b}.{d}).toString(\"{w}\");|const {a} = await {b}.{c}({d});|"
    "class {A}({B}):|class {A} extends {B}<{C}> {{|@{s}({t}={v})|{a}.{b}.{c} = {d};|def {s}({t}, {v}):|def {s}(self, {t}: {A} = None) -> {B}:|{s}, {t} = self.{v}.{s}(|\"\"\"{s}.{t}.{v}.|\"{U}\": {s},|\"{W} {U}\": {s},|{a}: {A}.{b},|"
    ":type: :class:`{s}.{A}.{B}`|:param {s}: {w} {x} {y} {z}.|new {A}({b}, {c} => {d}.{e})|const {a} = {b} as {A};|// {W} {x} {A} {y} {z} {b}.|# {W} {x} {y} {s} {z}|/** {W} {x} one {a} for each {w} of {b}. */|* {W} {x}: `{a}` {y} `{b}`|{W} {D} {x} {y} with {U}.|"
    "export const {a}: {A}<{B}> = {{|export function {a}(): ReturnType<{A}> {{|if (!{a}.{b}({c})) throw new {A}(`{w} {x} ${{{d}}}`);|expect({a}({b}, \"{w}\")).toEqual({c});|self.assertEqual({s}.{t}, {v}.{s})|public static {A} {a}({B} {b}, {C} {c}) {{|func ({w} *{A}) {B}({a} {C}) ({D}, error) {{|"
    "let {s}: Result<{A}, {B}> = {t}.{v}()?;|{s} = {t}[\"{v}\"]|{a} = {b}.{c} ?? {d}|type {A} = {B} {P} \"{w}\" {P} \"{x}\";|register_{s}({A})|{U} = {s}.{t}({v})|[{w} {x}](https://{w}.com/@{x}/{y}-{z}-{w}-{x}-{h}#.{k})|// see https://www.{w}.org/{x}-id/{h}%40{w}.org|"
    "{w}/{s}/{t}.py,sha256={m},{n}|<img src=\"https://github.com/{W}/{w}/assets/{n}/{i}\" width=1000>|import{{{k} as e,{l} as t}}from\"./{w}-{q}.js\";import{{t as n}}from\"./{x}-{y}-{o}.js\";var r=e(),{l}=t(n);|# Copyright {n} {W} <{w}.{x}{n}@{y}.com>"
).split("|")


def code(r, source):
    """A line of code or of its documentation in which no secret is, whatever its names sound like."""
    names = {letter: identifier(r, source, "c") for letter in "abcdef"} | {letter: identifier(r, source, "p") for letter in "ABCD"} | {letter: identifier(r, source, "s") for letter in "stv"}
    words = {letter: word(r, source) for letter in "wxyz"} | {"W": word(r, source).capitalize(), "U": identifier(r, source, "u")}
    odd = {"P": "|", "h": draw(r, HEX, r.choice([12, 16, 40])), "k": draw(r, ALNUM, 2) + draw(r, LOWER, r.choice([0, 6])), "l": draw(r, ALNUM, 2), "m": draw(r, URL64, 43), "n": str(r.randrange(10**4)), "i": UNMARKED["uuid-secret"](r), "q": draw(r, URL64, 8), "o": draw(r, URL64, 8)}
    return " " * r.choice([0, 0, 2, 4, 4, 8]) + r.choice(CODE).format(**names, **words, **odd)


def url(r, user, secret):
    host = r.choice(["localhost", "db", f"{draw(r, LOWER, 5)}.internal", f"10.{r.randrange(9)}.{r.randrange(9)}.{r.randrange(250)}", f"{draw(r, LOWER, 4)}-{r.randrange(9)}.{draw(r, LOWER, 6)}.{r.choice(['com', 'io', 'net'])}"])
    scheme = r.choice("postgres postgresql mysql mariadb mongodb mongodb+srv redis rediss amqp amqps https http ftp sftp smtp smtps ldap mssql clickhouse nats kafka socks5 postgresql+asyncpg".split())
    return f"{scheme}://{user}:{secret}@{host}" + r.choice(["", f":{r.randrange(80, 65000)}", f":{r.randrange(80, 65000)}"]) + r.choice(["", "/", f"/{draw(r, LOWER, 5)}", f"/{draw(r, LOWER, 4)}?ssl=true"])


def around(r, secret, source):
    """A line with a URL, a driver's string or a command that holds `secret`."""
    user, host = r.choice([word(r, source), "root", "admin", "app", draw(r, LOWER, 4)]), r.choice(["localhost", "db", f"{draw(r, LOWER, 5)}.{draw(r, LOWER, 4)}.com", "10.0.0.7"])
    at = r.random()
    if at < 0.45:
        text = url(r, user, secret)
        return assign(r, spelled(r, r.choice([*AREAS]), r.choice(["url", "uri", "dsn", "connection", "endpoint", "broker", "proxy"])), text) if r.random() < 0.6 else r.choice(
            ["{}", "connect('{}')", 'createClient("{}")', "git remote add origin {}", "git clone {}", "pip install --index-url {}", "wget {}", "curl -O {}", "psql {}", "HTTP_PROXY={}", "- {}", "new URL('{}')", "@engine.connect({})", "redis-cli -u {}"]).format(text)
    if at < 0.65:
        key = r.choice(["Password", "Pwd", "password", "PASSWORD", "pwd"])
        parts = r.sample([f"Server={host}", f"Database={draw(r, LOWER, 4)}", f"Port={r.randrange(9999)}", "Encrypt=true", f"Host={host}", "sslmode=require"], r.randrange(1, 4))
        name = r.choice(["User Id", "Uid", "User", "user", "Username", "username", "user_id"])
        text = r.choice([";", ";", "&", " "]).join([*parts, f"{name}={user}", f"{key}={secret}"]) + r.choice(["", ";", ";", "&x=1"])
        return assign(r, spelled(r, r.choice(AREAS), r.choice(["connection_string", "dsn", "conn", "jdbc_url"])), r.choice(["", "", f"jdbc:sqlserver://{host};", f"jdbc:mysql://{host}/x?"]) + text)
    if at < 0.8:
        return r.choice(["mysqldump -u{u} -p{p} {h}", "mysqldump -h{h} -u {u} -p{p} --all-databases", "mariadb -u {u} -p{p} -h {h} -P 3306 app", "mysqladmin -u{u} -p{p} status", "mysql -p{p} -u{u} app < dump.sql", "mysql --user={u} --password={p} -h {h}", "docker login -u {u} -p {p} {h}", "curl --user {u}:{p} https://{h}/", "http -a {u}:{p} GET {h}", "az login --username {u} --password {p}", "wget --user={u} --password={p} {h}", "mongo -u {u} -p {p} --host {h}",
                         "redis-cli -a {p} ping", "net use z: \\\\{h} {p} /user:{u}", "rsync --password={p} {u}@{h}::x", "ldapsearch -D cn={u} -w {p}", "echo {p} | sudo -S ls", "echo '{u}:{p}' | chpasswd", "openssl enc -k {p}", "ssh-keygen -N {p}", "expect password: send {p}"]).format(u=user, h=host, p=secret)
    if at < 0.9:
        return r.choice(["login {u} password {p}", "user {u} pass {p}", "{h} {u} {p}", "default login {u} password {p}", "{u}:{p}", "{u} / {p}", "user={u} password={p}", "username: {u}, password: {p}", "('{u}', '{p}')", 'auth("{u}", "{p}")', '.basicAuth("{u}", "{p}")', "auth=('{u}', '{p}')"]).format(u=user, h=host, p=secret)
    return assign(r, secret_name(r), secret)


def long_json(r, source, inside=None):
    """A long line of JSON, as plans and exports have it; `inside` is put among its members."""
    items = []
    for _ in range(r.randrange(4, 30)):
        item = {}
        for _ in range(r.randrange(3, 9)):
            item[r.choice([harmless_name(r), harmless_name(r), word(r, source), secret_name(r)])] = r.choice(
                [r.randrange(10**4), True, None, False, word(r, source), UNMARKED["uuid-secret"](r), draw(r, HEX, r.choice([8, 17, 32, 40, 64])), f"{word(r, source)}.{word(r, source)}[{r.randrange(9)}]", [], {}, "sha256:" + draw(r, HEX, 64), f"{r.choice(['ami', 'i', 'vpc', 'subnet', 'eni', 'vol'])}-{draw(r, HEX, 17)}", {harmless_name(r): draw(r, HEX, 40), "Name": f"{word(r, source)}-{r.randrange(99)}"}, f"arn:aws:iam::{draw(r, DIGITS, 12)}:role/{word(r, source)}"])
            # What a secret's name has in there must not be a secret.
        items.append({key: value if not any(n.split("_")[-1] in key.lower() for n in SECRET_NOUNS) else r.choice([None, "", True, "string", "(sensitive value)", {}]) for key, value in item.items()})
    text = json.dumps({word(r, source): items, "version": 4}, separators=r.choice([(",", ":"), (", ", ": ")]))
    if inside is not None:
        places = [m.start() + 1 for m in re.finditer(r"\{(?=\")", text)]
        at = r.choice(places)
        text = text[:at] + inside + "," + text[at:]
    return text


def positive(r, source):
    """(line with its secret marked, kind)"""
    at = r.random()
    if at < 0.28:
        value, kind = any_vendor(r), "vendor"
    elif at < 0.36:
        kind = r.choice(sorted(set(MARKED) - {"private-key"}))
        value = MARKED[kind](r)
    elif at < 0.59:
        line = around(r, mark(re.sub(r"[@/:#?%&;'\"\s$]", "", any_password(r, source)) if r.random() < 0.9 else draw(r, r.choice([HEX, ALNUM, URL64]), r.randrange(12, 50))), source)
        return line, "connection-string"
    elif at < 0.62:
        head = r.choice(["Authorization: Bearer ", "authorization: Basic ", '"Authorization": "Bearer ', "-H 'Authorization: Bearer ", 'Set("Authorization", "Bearer ', "'auth': 'Basic ", "X-Api-Key: ", "-H 'X-Auth-Token: ", "Cookie: session="])
        return r.choice(["", "  ", "    ", "curl "]) + head + mark(b64(r, r.randrange(12, 40)) if "Basic" in head else draw(r, r.choice([ALNUM, URL64, HEX]), r.randrange(24, 60))) + r.choice(["", "'", '"', '")', '",', "' \\"]), "header"
    elif at < 0.82:
        value, kind = any_password(r, source), "password"
    else:
        kind = r.choice(sorted(set(UNMARKED) - {"password"}))
        value = UNMARKED[kind](r)
    if r.random() < 0.04:
        return long_json(r, source, f'"{secret_name(r)}":"{mark(value)}"'), kind
    free = kind in ("vendor", *MARKED)
    return assign(r, harmless_name(r) if free and r.random() < 0.15 else secret_name(r), mark(value)), kind


def negative(r, source):
    """(line, kind)"""
    if r.random() < 0.2:
        return code(r, source), "code"
    at = r.random()
    if at < 0.36:
        return assign(r, harmless_name(r), harmless_value(r)), "harmless-value"
    if at < 0.5:
        return assign(r, secret_name(r), placeholder(r, source)), "placeholder"
    if at < 0.68:
        name = secret_name(r)
        value = lookup(r, name)
        return assign(r, name, value, r.choice([False, False, None])), "lookup"
    if at < 0.75:
        return around(r, r.choice([placeholder(r, source).replace(" ", "-"), f"${{{spelled(r, 'db', 'password').upper()}}}", "$PASS", "{password}", "%s", "password", "***", "$(cat pw)", "{{ pw }}", "<password>", "' + pw + '", "#{pw}"]), source), "connection-placeholder"
    if at < 0.85:
        return long_json(r, source), "long-json"
    if at < 0.93:
        return assign(r, r.choice([harmless_name(r), word(r, source), spelled(r, r.choice(SECRET_NOUNS), r.choice(["url", "type", "name", "policy", "ttl", "length", "path", "file", "id", "count", "enabled", "field", "header"]))]),
                      r.choice([word(r, source), str(r.randrange(10**6)), f"/{word(r, source)}/{word(r, source)}.{draw(r, LOWER, 3)}", f"https://{word(r, source)}.com/{word(r, source)}", f"{word(r, source)}-{word(r, source)}-{r.randrange(99)}", f"{r.randrange(9)}.{r.randrange(20)}.{r.randrange(9)}", f"{word(r, source)}@{word(r, source)}.com"])), "plain-value"
    return harmless_value(r) if r.random() < 0.3 else r.choice(["- ", "  ", "", '"', "at ", "see "]) + harmless_value(r) + r.choice(['",', "", "  file.txt", " ok", ","]), "bare-hash"
