"""Lines around secrets and around what only looks like one. The last templates of each list are for held-out lines."""

import re

from formats import ALNUM, BASE64, DIGITS, HEX, LOWER, MARKED, UNMARKED, UNSEEN, UPPER, URL64, WORDS, b64, draw
from formats import password, pem_first_line, pem_header

KEYS = (
    "password passwd pwd db_password DB_PASSWORD POSTGRES_PASSWORD MYSQL_ROOT_PASSWORD PGPASSWORD REDIS_PASSWORD admin_password "
    "smtp_password SMTP_PASS userPassword dbPassword secret SECRET client_secret CLIENT_SECRET clientSecret app_secret APP_SECRET "
    "SECRET_KEY secret_key secretKey secretAccessKey AWS_SECRET_ACCESS_KEY aws_secret_access_key api_key API_KEY apiKey apikey "
    "x-api-key token TOKEN access_token ACCESS_TOKEN accessToken auth_token AUTH_TOKEN authToken refresh_token bearer_token "
    "private_key PRIVATE_KEY privateKey encryption_key ENCRYPTION_KEY encryptionKey jwt_secret JWT_SECRET signing_key SIGNING_SECRET "
    "session_secret SESSION_SECRET webhook_secret WEBHOOK_SECRET AccountKey credentials master_key MASTER_KEY service_token"
).split()
UNSEEN_KEYS = "ldap_bind_password VAULT_TOKEN keystorePassword DATADOG_API_KEY passphrase cookieSecret oauthToken HMAC_SECRET rootPassword DEPLOY_TOKEN".split()
SERVICES = "STRIPE GITHUB SLACK OPENAI ANTHROPIC GOOGLE AWS NPM SENDGRID AZURE PAYMENTS BILLING MAIL GITLAB PYPI BACKEND".split()

ASSIGN = [
    "{k}={v}", "export {k}={v}", '{k}="{v}"', "{k}='{v}'", '{k} = "{v}"', "{k} = '{v}'", "{k}: {v}", '{k}: "{v}"', "{k}: '{v}',",
    '"{k}": "{v}"', '"{k}": "{v}",', "'{k}': '{v}',", 'const {k} = "{v}";', "let {k} = '{v}'", 'var {k} string = "{v}"', '{k} := "{v}"',
    'private static final String {k} = "{v}";', "ENV {k} {v}", "ENV {k}={v}", "- {k}={v}", "  - name: {k}\tvalue: {v}", "self.{k} = '{v}'",
    "config.{k} = '{v}'", "<{k}>{v}</{k}>", '<add key="{k}" value="{v}" />', 'os.environ["{k}"] = "{v}"', "process.env.{k} = '{v}'",
    "--{k}={v}", "--{k} {v} \\", '{k} => "{v}",', "set {k} {v}", 'def connect(host, {k}="{v}"):', "client = Client({k}='{v}')", "{k}\t{v}",
    'new Client({{ {k}: "{v}" }})', '{{"user": "root", "{k}": "{v}", "port": 5432}}', "curl -d {k}={v} https://api.internal/login", ":{k} \"{v}\"",
    'val {k}: String = "{v}"', 'let {k}: String = String::from("{v}");', '{k} /* production */ = "{v}"', 'const {k}: string = "{v}";', '@Value("{v}") String {k};',
    'static readonly {k} = "{v}";', 'my ${k} = "{v}";', 'property :{k}, default: "{v}"', '"{k}" : {{ "value": "{v}" }}', "{k}[]={v}", 'field({k}, default="{v}", required=True)', "{k} ?= {v}",
    # held out
    'public string {k} {{ get; set; }} = "{v}";', "$env:{k} = '{v}'", "{k}=\"{v}\" ./deploy.sh --prod", 'let {k}: &str = "{v}";',
    '{k}: !!str "{v}"', "putenv('{k}={v}');", "docker run -e {k}={v} app", 'setx {k} "{v}"',
]
HELD_ASSIGN = 8
BARE = [
    "{v}", "token {v}", "  {v}", '"{v}"', '"{v}",', "'{v}',", "# {v}", "// old key: {v}", 'client = OpenAI("{v}")', "gh auth login --with-token {v}",
    'return "{v}"', "//registry.npmjs.org/:_authToken={v}", "curl -H 'X-Token: {v}' https://example.com/v1", "url = https://example.com/?key={v}",
    "git clone https://oauth2:{v}@git.example.com/team/app.git", 'headers["X-Auth"] = "{v}"', "- {v}", "key: {v}", 'x = "{v}"', "fetch(`https://x.io/?t={v}`)",
    "login --token {v}", "print('{v}')", "run(token='{v}')", "note: use {v} for staging", "wget --header=X:{v} https://x.io", "f({v}, 1)", "<td>{v}</td>", "| {v} |", "`{v}`", "{v};",
    # held out
    "echo {v} | base64 -d", "assert client.key == '{v}'", "todo rotate {v} asap", 'printf "{v}" > key', "login({v});",
]
HELD_BARE = 5
BEARER = [
    "Authorization: Bearer {v}", '"Authorization": "Bearer {v}"', "curl -H 'Authorization: Bearer {v}' https://api.example.com",
    'headers = {{"Authorization": "Bearer {v}"}}', "Authorization: token {v}", 'axios.defaults.headers.common["Authorization"] = "Bearer {v}";',
    "Proxy-Authorization: Bearer {v}", 'req.Header.Set("Authorization", "Bearer {v}")', ".header(AUTHORIZATION, \"Bearer {v}\")",
]
HELD_BEARER = 2
BASIC = ["Authorization: Basic {v}", '"Authorization": "Basic {v}"', "curl -H 'Authorization: Basic {v}' https://api.internal"]
PEM = ["{v}", "{v}", "{v}", "{v}", '"{v}\\n" +', "'{v}',", '"{v}', "key: |- {v}", 'PRIVATE_KEY="{v}', "const pem = `{v}", "# {v}"]
LOCK = [
    '"integrity": "{sri}",', '"integrity": "sha512-{b86}==",', '"integrity": "sha512-{b86}=="', '"integrity": "sha512-{b86}==",', "integrity sha512-{b86}==", "  resolution: {{integrity: sha512-{b86}==}}",
    '"resolved": "https://registry.npmjs.org/{word}/-/{word}-{n}.{digit}.0.tgz",', '"resolved": "https://registry.npmjs.org/@{word}/{word}-{word}/-/{word}-{n}.{n}.1.tgz",', "    --hash=sha256:{sha256} \\", 'checksum = "{sha256}"',
    "example.org/{word}/{word} v{digit}.{n}.0 h1:{b44}", '"{word}-{word}-win32-x64-msvc": "{n}.{n}.{digit}",', '"@{word}/{word}-linux-arm64-gnu": "{digit}.{n}.{digit}",', '"{word}": "^{digit}.{n}.{digit}",', '{{file = "{word}-{n}.tar.gz", hash = "sha256:{sha256}"}},',
    '"node_modules/@{word}/{word}-{word}": {{', '"version": "{n}.{digit}.{n}",', '"{word}-{word}": "bin/{word}.js"', "{word}/{word}_{word}.py,sha256={b43},{n}",
]
URLS = ["postgres", "postgresql", "mysql", "mongodb", "mongodb+srv", "redis", "amqp", "https", "ftp", "mssql", "rediss", "postgresql+psycopg2"]
HOSTS = ["db.internal", "prod-db.example.com", "10.0.3.17", "cluster0.mongodb.net", "redis.internal", "cache-1", "mq.corp.local", "rds.amazonaws.com"]
URL_KEYS = ["DATABASE_URL", "REDIS_URL", "MONGO_URI", "url", "dsn", "connectionString", "SQLALCHEMY_DATABASE_URI", "broker", "jdbcUrl"]
COMMENTS = [" # prod", "  // temporary", " # noqa", "", "", "", "", "", "", ""]
PLACEHOLDERS = (
    "changeme CHANGE_ME change-me your-api-key-here YOUR_API_KEY your_token_here <YOUR_KEY> <token> <password> ${{VAR}} ${{DB_PASSWORD}} $API_KEY "
    "{{{{secret}}}} {{{{ .Values.token }}}} {{{{secrets.TOKEN}}}} xxxxx xxxxxxxxxxxxxxxx XXXXXXXXXXXXXXXXXXXX **** ******** ... password secret "
    "test example dummy null None undefined placeholder TODO REPLACE_ME redacted [REDACTED] fake-token my-secret-name not-a-secret hunter insert-key-here "
    "%(password)s %s $(cat_token) foo bar foobar string abc123 123456 AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY AKIAXXXXXXXXXXXXXXXX "
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx sk-xxxxxxxx sk-... sk_test_... xoxb-your-token AIza... AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX "
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db vault:secret/data/db#password op://vault/item/field file:/run/secrets/db_password"
).replace("{{", "{").replace("}}", "}").split()
CODE_VALUES = (
    'os.environ["{K}"]|os.getenv("{K}")|process.env.{K}|getenv("{K}")|env.{K}|config.get("{k}")|settings.{K}|input("{k}: ")|getpass.getpass()|'
    "args.{k}|request.form['{k}']|self.{k}|this.{k}|string|str|Optional[str] = None|None|null|undefined|\"\"|''|{k}|credentials.{k}|"
    "await getSecret('{k}')|readFileSync(path)|std::env::var(\"{K}\")|secrets.{K}|ENV['{K}']|crypto.randomBytes(32).toString('hex')|"
    "hashlib.sha256(data).hexdigest()|generate_token(32)|uuid.uuid4().hex|z.string().min(8)|data.{k}.value|true|false|32|var.{k}|local.{k}|"
    "${{{{ secrets.{K} }}}}|valueFrom: secretKeyRef|!Ref {K}|@Value(\"${{{k}}}\")|ref('{k}')|validate({k})|bcrypt.hash({k}, 10)"
).split("|")
CODE_ASSIGN = ["{k} = {v}", "{k}: {v}", "{k}={v}", "const {k} = {v};", '"{k}": {v},', "def f({k}={v}):", "{k}: {v},", "  {k}={v},", "if ({k} === {v}) {{", "return {v}", "let {k}: {v};"]
PROSE = [
    "Set {K} to the value from your account settings.", "The {k} is stored encrypted and never logged.", "raise ValueError('{k} must not be empty')",
    "# rotate {k} every 90 days", "| `{K}` | string | yes | The {k} for the service |", "<label for=\"{k}\">Enter your {k}</label>",
    "test_{k}_is_required", "import {{ {k} }} from './{k}';", "log.info('{k} changed for user %s', user)", "function validate{k}({k}) {{", "UPDATE users SET {k} = ? WHERE id = ?",
    "{K}_FILE=/run/secrets/{k}", "{k}_path: /etc/app/{k}.txt", "--{k}-file ./{k}.txt", "ALTER TABLE accounts ADD COLUMN {k} varchar(255);", "https://docs.example.com/guides/{k}-rotation",
]
SAFE = {
    "sha1": lambda r: draw(r, HEX, 40), "sha256": lambda r: draw(r, HEX, 64), "md5": lambda r: draw(r, HEX, 32), "short": lambda r: draw(r, HEX, r.choice([7, 8, 10, 12])),
    "uuid": UNMARKED["uuid-secret"], "sri": lambda r: f"sha{r.choice(['512', '384', '256'])}-" + b64(r, r.choice([64, 48, 32])),
}
SAFE_LINES = [
    '"integrity": "{sri}",', "integrity {sri}", '"resolved": "https://registry.npmjs.org/a/-/a-1.0.{n}.tgz#{sha1}",', "    --hash=sha256:{sha256} \\", "sha256:{sha256}", "FROM node:20@sha256:{sha256}",
    "image: registry.example.com/app@sha256:{sha256}", "commit {sha1}", "{sha256}  release-{n}.tar.gz", "{md5}  file.bin", "{sha1} refs/heads/main", "index {short}..{short} 100644", 'checksum = "{sha256}"',
    "github.com/a/b v1.2.{n} h1:{b44}", "github.com/a/b v1.2.{n}/go.mod h1:{b44}", "id: {uuid}", '"id": "{uuid}",', "request_id={uuid}", 'correlationId: "{uuid}"', "uuid = '{uuid}'", "ETag: \"{md5}\"",
    "/assets/app.{short}.js", "<script src=\"/main.{short}.js\" integrity=\"{sri}\"></script>", ".css-{short} {{ color: #{hex6}; }}", "rev = \"{sha1}\"", 'digest: "sha256:{sha256}"', "Subproject commit {sha1}",
    "uses: actions/checkout@{sha1}", "data:image/png;base64,{blob}", 'src="data:image/svg+xml;base64,{blob}"', "//# sourceMappingURL=data:application/json;base64,{blob}", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ{blob} me@host",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{b43} me@host", "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----", "-----END CERTIFICATE-----", "-----BEGIN PGP PUBLIC KEY BLOCK-----", "MIID{b60}", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA{b16}",
    "expected = '{sha256}'", "assert hashlib.sha256(data).hexdigest() == '{sha256}'", "SHA256 = \"{sha256}\"", "vector: {sha256}", 'key_id: "{short}"', "trace_id={md5} span_id={hex16}", "const hash = '{sha1}';", "cursor={b43}",
    "version: {sha1}", "0x{hex16}, 0x{hex16},", "address = 0x{sha1}", "tx: 0x{sha256}", "nonce = bytes.fromhex('{hex16}')", "client_id: {uuid}", "tenantId = '{uuid}'", "\"cacheKey\": \"{md5}\",", "{sri}", "{uuid}", "{sha1}", "{sha256}", "{hex76}", "{b76}", "{b64line}",
    "https://cdn.example.com/{sha1}/{short}.png", "/home/user/.cache/pip/http/{short}/{sha256}", "arn:aws:iam::{d12}:role/deploy", "account_id = \"{d12}\"", "postgres://localhost:5432/app", "redis://localhost:6379/0", "https://user@example.com/repo.git",
    "postgres://user:password@localhost/db", "mysql://root:root@127.0.0.1/test", "https://${{USER}}:${{PASS}}@example.com", "postgresql://{{{{user}}}}:{{{{pass}}}}@db/app", "mongodb://<user>:<password>@host/db", "amqp://guest:guest@localhost",
    "pk_live_{alnum24}", "publishableKey: 'pk_test_{alnum24}'", "siteKey = \"6L{alnum24}\"", "fingerprint: SHA256:{b43}", "<svg><path d=\"M{path}\"/></svg>", "\\u{hex4}\\u{hex4}\\u{hex4}", "@font-face{{src:url(data:font/woff2;base64,{blob})}}",
    "{word}/{word}_{word}.py,sha256={b43},{n}", "{word}/{word}/v1_{word}.js,sha256={b43},{n}48", "{word}-{n}.dist-info/METADATA,sha256={b43},7{n}", "file.txt sha256={sha256}", "x-amz-content-sha256: {sha256}",
    "import {Camel}V{n}beta{digit}{Camel} as {Camel}V{n}beta{digit}", "class {Camel}{Camel}{n}({Camel}):", "    {CAPS}_{CAPS}_{n} = 0x{hex4}", "celery worker -n {word}{n}@myhost -c {digit}", "{word}{n}@{word}.com", "const {CAPS}_{CAPS} = ['{UP}{n}', '{UP}384'];",
    "{CAPS}{n}_{CAPS}_KEYWORDS", "// {Camel} {Camel}é <{word}{n}@example.com>, 20{n}-20{n}", "xlink:href=\"#{word}Gradient{n}{n}\"", "from {word}.{word}.{word}_v1beta1_{word} import V1beta1{Camel}{Camel}", "\\{word}@{word}@{word}{{{n}}}", "{{\"version\":3,\"mappings\":\"{vlq}\"}}",
    "{vlq}", ";{vlq}", "{UP}-{UP}-v1_{digit}-{UP}{n}", "kex = ('{word}{n}x{n}-sha256',)", "{word}({Camel}.{CAPS}_{n}_{CAPS}, {n})", "https://{word}.com/{word}?{word}={digit}%5E{n}&{Camel}={b24}", "https://{word}.com/pulse/{word}-{short}?trackingId={b22}%3D%3D",
    # held out
    "  tag: sha-{short}", "Digest: sha-256={b44}", "etag = W/\"{md5}\"", "locked.narHash = \"sha256-{b44}\";", "baseline: {sha1}", "snapshot_id: {uuid}", "Merge: {short} {short}", "Content-MD5: {b24}", "gitCommit={sha1}", "source.sha256 {sha256}", "block_hash: '{sha256}'",
]
HELD_SAFE = 11


def pick(rng, items, held, held_out):
    return rng.choice(items[-held:] if held_out else items[:-held])


# Around a secret while its line is built, so that it can be found in there; locate() takes them out.
START, END = "\x01", "\x02"


def mark(value):
    return START + value + END


def locate(line):
    """(the line without marks, where its secret begins, where it ends), in characters."""
    start = line.index(START)
    end = line.index(END) - 1
    return line.replace(START, "").replace(END, ""), start, end


def key_name(rng, held_out):
    name = rng.choice(UNSEEN_KEYS if held_out and rng.random() < 0.5 else KEYS)
    if rng.random() < 0.25:
        name = rng.choice(SERVICES) + "_" + name.upper()
    return name


def dress(rng, line):
    """Indentation, a trailing comment."""
    indent = rng.choice(["", "", "", "  ", "    ", "\t", "        ", "\t\t", "      "])
    return indent + line + (rng.choice(COMMENTS) if len(line) < 120 else "")


def splice(rng, line, value):
    """Puts a value where an ordinary line has a string literal; None when it has none."""
    found = list(re.finditer(r"([\"'])[^\"'\\]{0,40}\1", line[:400]))
    if not found:
        return None
    place = rng.choice(found)
    return line[: place.start() + 1] + value + line[place.end() - 1 :]


def positive(rng, ordinary, held_out=False, formats=MARKED):
    """(line, name of the format) of one line with a secret in it; the secret stands between START and END."""
    kind = rng.random()
    if formats is UNSEEN or kind < 0.5:
        name = "vendor" if formats is MARKED and rng.random() < 0.15 else rng.choice(sorted(formats))
        value = mark(formats[name](rng))
        where = rng.random()
        if name == "private-key" or where < 0.4:
            return dress(rng, pick(rng, ASSIGN, HELD_ASSIGN, held_out).format(k=key_name(rng, held_out), v=value)), name
        if where < 0.5:
            return dress(rng, pick(rng, BEARER, HELD_BEARER, held_out).format(v=value)), name
        if where < 0.72:
            spliced = splice(rng, rng.choice(ordinary), value)
            if spliced is not None:
                return spliced, name
        if where < 0.78:
            return rng.choice(ordinary)[:90] + " " + value + " " + rng.choice(ordinary)[:90], name
        return dress(rng, pick(rng, BARE, HELD_BARE, held_out).format(v=value)), name
    if kind < 0.54:
        value = mark(rng.choice([pem_header, pem_header, pem_first_line])(rng))
        return dress(rng, rng.choice(PEM).format(v=value)), "private-key-line"
    if kind < 0.63:
        user = rng.choice(["app", "root", "admin", "postgres", "svc_billing", "deploy", "user", ""])
        url = f"{rng.choice(URLS)}://{user}:{url_password(rng)}@{rng.choice(HOSTS)}:{rng.randrange(1000, 9999)}/{rng.choice(WORDS)}"
        template = rng.choice(["{v}", *ASSIGN[:30]]) if not held_out else rng.choice(["engine = create_engine('{v}')", *ASSIGN[-HELD_ASSIGN:]])
        return dress(rng, template.format(k=rng.choice(URL_KEYS), v=mark(url))), "connection-string"
    if kind < 0.67:
        value = b64_text(rng, rng.choice(["admin", "svc", "root"]) + ":" + password(rng))
        return dress(rng, rng.choice(BASIC).format(v=mark(value))), "basic"
    if kind < 0.72:
        return dress(rng, pick(rng, BEARER, HELD_BEARER, held_out).format(v=mark(draw(rng, rng.choice([ALNUM, URL64, HEX]), rng.randrange(24, 65))))), "bearer"
    name = rng.choice([*sorted(UNMARKED), "password", "password", "token"])
    line = pick(rng, ASSIGN, HELD_ASSIGN, held_out).format(k=key_name(rng, held_out), v=mark(UNMARKED[name](rng)))
    if rng.random() < 0.06:
        line = rng.choice(ordinary)[:120] + "," + line + "," + rng.choice(ordinary)[:120]
    return dress(rng, line), name


def url_password(rng):
    return re.sub(r"[@/:#?%\s]", "x", password(rng))


def b64_text(rng, text):
    import base64

    return base64.b64encode(text.encode()).decode()


def negative(rng, ordinary, held_out=False):
    """(line, name of the kind) of one line that only looks like a secret."""
    kind = rng.random()
    k = key_name(rng, held_out)
    if kind < 0.2:
        value = rng.choice(PLACEHOLDERS)
        return dress(rng, pick(rng, ASSIGN, HELD_ASSIGN, held_out).format(k=k, v=value)), "placeholder"
    if kind < 0.36:
        value = rng.choice(CODE_VALUES).format(k=k.lower().replace("-", "_"), K=k.upper())
        return dress(rng, rng.choice(CODE_ASSIGN).format(k=k, v=value)), "code"
    if kind < 0.42:
        return dress(rng, rng.choice(PROSE).format(k=k.lower(), K=k.upper())), "prose"
    if kind < 0.49:
        value = SAFE[rng.choice(sorted(SAFE))](rng)
        spliced = splice(rng, rng.choice(ordinary), value)
        if spliced is not None:
            return spliced, "hash-in-code"
    if kind < 0.57:
        value = draw(rng, HEX, 40) if rng.random() < 0.3 else rng.choice(WORDS) + "_" + rng.choice(WORDS)
        name = rng.choice(["commit", "name", "title", "etag", "revision", "checksum", "hash", "slug", "label", "path", "class", "theme", "sha", "buildId", "host", "user"])
        return dress(rng, pick(rng, ASSIGN, HELD_ASSIGN, held_out).format(k=name, v=value)), "harmless-key"
    if kind < 0.68:
        return dress(rng, fill(rng, rng.choice(LOCK))), "lock-file"
    return dress(rng, fill(rng, pick(rng, SAFE_LINES, HELD_SAFE, held_out))), "hash"


def vlq(rng):
    """The look of a source map's mappings."""
    parts = ["".join((rng.choice("AACE"), rng.choice("ACDGK"), rng.choice("AACEGI") , rng.choice(LOWER + UPPER), rng.choice(["", "", rng.choice(DIGITS + LOWER) + "B"]))) for _ in range(rng.randrange(12, 60))]
    return "".join(part + rng.choice(",,,;") for part in parts)


def fill(rng, template):
    values = {name: make(rng) for name, make in SAFE.items()}
    return template.format(
        **values, n=rng.randrange(100), blob=draw(rng, BASE64, rng.randrange(40, 400)), b76=draw(rng, BASE64, 76), b86=draw(rng, BASE64, 86), b64line=draw(rng, BASE64, 64),
        b60=draw(rng, BASE64, 60), b44=draw(rng, BASE64, 43) + "=", b43=draw(rng, BASE64, 43), b24=draw(rng, BASE64, 22) + "==", b16=draw(rng, BASE64, 16), hex76=draw(rng, HEX, 76),
        digit=draw(rng, DIGITS, 1), b22=draw(rng, ALNUM, 22), word=rng.choice(WORDS), Camel=rng.choice(WORDS).capitalize() + rng.choice(WORDS).capitalize(), CAPS=rng.choice(WORDS).upper(), UP=draw(rng, UPPER, rng.randrange(2, 5)),
        vlq=vlq(rng), hex16=draw(rng, HEX, 16), hex6=draw(rng, HEX, 6), hex4=draw(rng, HEX, 4), d12=draw(rng, DIGITS, 12), alnum24=draw(rng, ALNUM, 24),
        path=" ".join(f"{rng.random() * 100:.2f}{rng.choice('LlCcHhVv')}" for _ in range(rng.randrange(5, 30))),
    )
