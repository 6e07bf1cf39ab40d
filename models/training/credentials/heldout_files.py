"""
Made-up files with secrets where people leave them, for measuring only: settings, code, infrastructure, scripts. `make` gives the lines
of one file, each with its label: a kind of secret, a kind of look-alike, or nothing. Styles of the two halves differ.
"""

import base64
import json

import formats
import heldout_formats
from formats import ALNUM, BASE64, DIGITS, HEX, URL64, b64, draw

KEYS = {
    "look": "smtp_password mysql_pwd api_secret_key billingApiKey sessionKey github_pat storage_key ADMIN_PASS cookie_secret crypt_key licenseKey db_pass".split(),
    "final": "relay_password pg_passwd payments_api_secret mailerApiKey csrfSecret deploy_token blob_account_key ROOT_PASS flask_secret_key wrapping_key hmacKey svc_pwd".split(),
}
HARMLESS = {
    "look": "commit etag checksum request_id build_sha fingerprint content_hash image_digest".split(),
    "final": "revision md5sum file_digest correlationId tree_hash object_version cacheVersion layer_digest".split(),
}
PLACEHOLDERS = {
    "look": ["changeme", "<your-api-key>", "xxxxxxxxxxxxxxxx", "REPLACE_ME", "your_secret_here", "********", "TODO", "example", "dummy-token-for-tests", "PLACEHOLDER"],
    "final": ["change-this-value", "<insert token>", "XXXXXXXX-XXXX", "put-your-key-here", "YOUR_PASSWORD", "••••••••", "FIXME", "sample-value", "not-a-real-key", "fill_me_in", "000000000000000000000000"],
}
LOOKUPS = {
    "env": ["${{{K}}}", "${{{K}:-}}", "$(cat /run/secrets/{k})"],
    "yaml": ["${{{{ secrets.{K} }}}}", "{{{{ .Values.{k} }}}}", "!vault_ref {k}", "ENC(vault:{k})"],
    "json": ['"${{{K}}}"', '"arn:aws:secretsmanager:eu-west-1:000000000000:secret:{k}"', '"vault://kv/app#{k}"'],
    "python": ['os.environ["{K}"]', 'os.getenv("{K}", "")', "getpass.getpass()", "secrets.token_urlsafe(32)", "settings.{k}", 'keyring.get_password("app", "{k}")'],
    "js": ["process.env.{K}", "process.env.{K} ?? ''", "await vault.read('{k}')", "config.get('{k}')", "crypto.randomBytes(32).toString('hex')", "options.{k}"],
    "go": ['os.Getenv("{K}")', "cfg.{k}", 'viper.GetString("{k}")', "mustEnv(\"{K}\")"],
    "terraform": ["var.{k}", "random_password.{k}.result", "data.aws_ssm_parameter.{k}.value", "sensitive(local.{k})"],
    "shell": ['"${K}"', '"$(pass show {k})"', '"${{1:?{k} missing}}"', "$(openssl rand -hex 32)"],
    "java": ['System.getenv("{K}")', 'env.getProperty("{k}")', "props.{k}()"],
}
# language: (extension, comment, [styles of look], [styles of final]); {k} the key as it is written there, {v} the value.
LANGUAGES = {
    "env": (".env", "#", ['{K}={v}', 'export {K}={v}'], ['{K}="{v}"', "{K}='{v}'", "{K}={v}"]),
    "yaml": (".yml", "#", ["  {k}: {v}", '  {k}: "{v}"'], ["    {k}: '{v}'", "      - {K}={v}", "    {k}: {v}  # prod"]),
    "json": (".json", None, ['  "{k}": "{v}",'], ['    "{K}": "{v}",', '    {{ "name": "{k}", "value": "{v}" }},']),
    "python": (".py", "#", ['{K} = "{v}"', "    {k}='{v}',"], ["    '{k}': '{v}',", '    parser.add_argument("--{k}", default="{v}")', '        self._{k} = "{v}"', 'client = connect(host, {k}="{v}", timeout=30)']),
    "js": (".js", "//", ["const {c} = '{v}';", '  {c}: "{v}",'], ["  {c} = `{v}`;", 'module.exports.{c} = "{v}";', "  const {c} = opts.{c} || '{v}';"]),
    "ts": (".ts", "//", ["export const {c} = '{v}';"], ["  private readonly {c}: string = '{v}';", 'const settings: Settings = {{ region: "eu", {c}: "{v}" }};', "  {c}: '{v}' as const,"]),
    "go": (".go", "//", ['\t{c} := "{v}"'], ['\t{c}: "{v}",', 'const {c} = "{v}"', "\tcfg.Set(\"{k}\", `{v}`)"]),
    "terraform": (".tf", "#", ['  {k} = "{v}"'], ['  {k}           = "{v}"', '    {k} = "{v}" # rotate', '  default = "{v}" # {k}']),
    "shell": (".sh", "#", ['export {K}="{v}"', "{K}={v} ./run.sh"], ["readonly {K}='{v}'", 'curl -s -H "X-{k}: {v}" https://api.acme.dev/v2', "helm upgrade app . --set {k}={v}"]),
    "docker": ("Dockerfile", "#", ["ENV {K}={v}"], ['ENV {K}="{v}" \\', "ARG {K}={v}", "RUN {K}={v} make install"]),
    "properties": (".properties", "#", ["app.{k}={v}"], ["spring.{k} = {v}", "quarkus.app.{k}={v}"]),
    "toml": (".toml", "#", ['{k} = "{v}"'], ["{k} = '{v}'", 'server = {{ url = "https://x.dev", {k} = "{v}" }}']),
    "xml": (".xml", None, ["  <{k}>{v}</{k}>"], ['    <entry key="{k}">{v}</entry>', '    <property name="{c}" value="{v}"/>']),
    "php": (".php", "//", ["define('{K}', '{v}');"], ["    '{k}' => env('{K}', '{v}'),", "    public $" + '{c} = "{v}";']),
    "java": (".java", "//", ['    String {c} = "{v}";'], ['    private static final String {K} = "{v}";', '        builder.set("{k}", "{v}");']),
}
WHERE = {
    "env": "env", "yaml": "yaml", "json": "json", "python": "python", "js": "js", "ts": "js", "go": "go", "terraform": "terraform", "shell": "shell",
    "docker": "env", "properties": "env", "toml": "env", "xml": "env", "php": "java", "java": "java",
}
UNQUOTED = {"js", "ts", "python", "go", "terraform", "java", "php"}


def camel(name):
    first, *rest = name.lower().replace("-", "_").split("_") if "_" in name or name.isupper() else [name]
    return first + "".join(part.capitalize() for part in rest)


def spell(style, key, value):
    return style.format(k=key, K=key.upper() if "_" in key else key, c=camel(key), v=value)


def contextual(r, half):
    """(kind, value) of what only its name makes a secret."""
    kind = r.choice(["password", "password", "password", "hex", "base64", "token", "aws-secret", "uuid-secret"])
    return kind, heldout_formats.password(r, half) if kind == "password" else formats.UNMARKED[kind](r)


def pick_secret(r, half):
    """(kind, value): half of a format that training never saw, else of one it did or of none."""
    at = r.random()
    if at < 0.5:
        kind = r.choice(sorted(heldout_formats.FORMATS[half]))
        return f"new:{kind}", heldout_formats.FORMATS[half][kind](r)
    if at < 0.68:
        kind = r.choice(sorted(set(formats.MARKED) - {"private-key", "vendor"}))
        return kind, formats.MARKED[kind](r)
    return contextual(r, half)


def insert(r, half, language):
    """(line, label) of a secret for a package's file, in the file's language."""
    kind, value = pick_secret(r, half)
    return spell(r.choice(LANGUAGES[language][2 + (half == "final")]), r.choice(KEYS[half]), value), f"secret:{kind}"


def connection(r, half):
    """Whole lines with a password inside of a URL, a driver's string or a command."""
    word = heldout_formats.password(r, half)
    plain = "".join(c for c in word if c not in "@/:#?%&;,'\"$`\\ ")
    user, host = r.choice(["shop", "ledger", "etl", "reports"]), r.choice(["pg-1.acme.dev", "10.4.2.8", "db", "mq.prod.acme.dev"])
    url = f"{r.choice(['postgresql', 'mysql', 'mongodb', 'amqps', 'redis', 'https', 'smtp'])}://{user}:{plain}@{host}/{r.choice(['main', 'orders', ''])}"
    styles = {
        "look": [f'DATABASE_URL="{url}"', f"    url: {url}", f'db = connect("{url}")', f"Server={host};Database=main;User Id={user};Password={plain};", f"mysql -h {host} -u {user} -p{plain} main",
                 f"    proxy: http://{user}:{plain}@proxy.acme.dev:3128"],
        "final": [f"BROKER={url}", f'  "dsn": "{url}",', f"const pool = new Pool({{ connectionString: '{url}' }});", f'  connection_string = "{url}"', f"jdbc:mysql://{host}/main?user={user}&password={plain}",
                  f"curl -u {user}:{plain} https://{host}/api", f'<add name="Main" connectionString="Data Source={host};Initial Catalog=main;User ID={user};Password={plain}" />',
                  f"machine {host} login {user} password {plain}", f"{host}:5432:main:{user}:{plain}", f"PGPASSWORD={plain} psql -h {host} -U {user} main", f"sshpass -p '{plain}' ssh {user}@{host}",
                  f"git clone https://{user}:{plain}@git.acme.dev/core.git", f'DefaultEndpointsProtocol=https;AccountName={user};AccountKey={b64(r, 64)};EndpointSuffix=core.windows.net'],
    }[half]
    return r.choice(styles), plain if "AccountKey" not in url else url


def header(r, half):
    token = draw(r, r.choice([ALNUM, URL64, HEX]), r.randrange(28, 60))
    basic = base64.b64encode(f"svc:{heldout_formats.password(r, half)}".encode()).decode()
    return r.choice({
        "look": [f"curl -H 'Authorization: Bearer {token}' https://api.acme.dev", f'    "authorization": "Basic {basic}",'],
        "final": [f'  -H "Authorization: Bearer {token}" \\', f"    headers: {{ Authorization: 'Basic {basic}' }},", f'req.Header.Add("Authorization", "Bearer {token}")', f'  "auth": "{basic}"', f"    Authorization: Bearer {token}"],
    }[half])


def key_file(r):
    """A private key in several lines. What is inside of it is no line anybody must find by itself."""
    label, body = heldout_formats.private_key(r)
    return [(f"-----BEGIN {label}-----", "private-key"), *((line, None) for line in body), (f"-----END {label}-----", None)]


def look_alike(r, half, language):
    """(line, kind) of what only looks like a secret."""
    _, _, *styles = LANGUAGES[language]
    style = r.choice(styles[half == "final"])
    key, plain = r.choice(KEYS[half]), r.choice(HARMLESS[half])
    at = r.random()
    if at < 0.22:
        value = r.choice([draw(r, HEX, 40), draw(r, HEX, 64), draw(r, HEX, 32), "sha256:" + draw(r, HEX, 64), "sha256-" + b64(r, 32), draw(r, HEX, 12)])
        return spell(style, plain, value), "hash"
    if at < 0.32:
        return spell(style, r.choice(["tenant_id", "trace_id", "userId", "zone_id"]), heldout_formats.uuid(r)), "uuid"
    if at < 0.5:
        return spell(style, key, r.choice(PLACEHOLDERS[half])), "placeholder"
    if at < 0.75:
        value = spell(r.choice(LOOKUPS[WHERE[language]]), key, "")
        if language in UNQUOTED or language == "json":
            for quote in "'\"`":
                style = style.replace(f"{quote}{{v}}{quote}", "{v}")
        return spell(style, key, value), "lookup"
    if at < 0.82:
        return spell(style, r.choice(["logo", "icon", "avatar"]), f"data:image/png;base64,iVBORw0KGgo{draw(r, BASE64, r.randrange(60, 500))}="), "base64-image"
    if at < 0.88:
        return spell(style, r.choice(["public_key", "host_key"]), r.choice([f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{draw(r, BASE64, 43)}", f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB{draw(r, BASE64, 340)}"])), "public-key"
    if at < 0.94:
        return spell(style, r.choice(["expected", "vector", "input", "nonce"]), r.choice([draw(r, HEX, 32), draw(r, HEX, 96), b64(r, 24)])), "test-vector"
    return spell(style, r.choice(["token_url", "password_policy", "secret_name", "key_file", "auth_type", "token_ttl"]), r.choice(["https://login.acme.dev/oauth2/token", "min-12-chars", "prod/db/main", "/etc/ssl/private/app.pem", "oauth2", "3600"])), "harmless-key"


def filler(r, language):
    mark = LANGUAGES[language][1]
    key, value = r.choice(["host", "port", "region", "timeout", "log_level", "retries", "replicas", "name"]), r.choice(["eu-west-1", "5432", "info", "30", "app", "true"])
    if mark and r.random() < 0.25:
        return f"{mark} {r.choice(['settings of the service', 'see the operations handbook', 'defaults', 'passwords are rotated every quarter', 'tokens come from the vault'])}"
    return spell(LANGUAGES[language][2][0], key, value)


def lock_file(r):
    """A lock file: nothing but names, versions and digests."""
    lines = ["{", '  "lockfileVersion": 3,', '  "packages": {']
    for _ in range(r.randrange(10, 40)):
        name = r.choice(["left", "tiny", "fast", "node", "micro"]) + "-" + r.choice(["pad", "glob", "queue", "stream", "color"]) + draw(r, DIGITS, 1)
        lines += [f'    "node_modules/{name}": {{', f'      "version": "{r.randrange(9)}.{r.randrange(30)}.{r.randrange(9)}",',
                  f'      "resolved": "https://registry.example.com/{name}/-/{name}-1.0.{r.randrange(9)}.tgz",', f'      "integrity": "sha512-{b64(r, 64)}"', "    },"]
    return "package-lock.json", [(line, "lock-file") for line in [*lines, "  }", "}"]]


def long_line(r):
    """One long line of JSON or of minified code, harmless."""
    if r.random() < 0.5:
        items = [{"address": f"aws_instance.web[{n}]", "id": heldout_formats.uuid(r), "after": {"ami": "ami-" + draw(r, HEX, 17), "hash": draw(r, HEX, 40), "tags": {"Name": f"web-{n}"}}, "sensitive": False} for n in range(r.randrange(10, 60))]
        return "plan.json", [(json.dumps({"format_version": "1.2", "resource_changes": items}, separators=(",", ":")), "long-json")]
    parts = [f"function {draw(r, 'abcdefgh', 2)}(e,t,n){{return e[{r.randrange(99)}]?t({draw(r, 'mnopqrs', 1)}):n.{draw(r, 'uvwxyz', 3)}(\"{r.choice(['click', 'key', 'token', 'auth', 'div'])}\")}}" for _ in range(r.randrange(20, 120))]
    return "bundle.js", [("!function(){" + "".join(parts) + "}();", "minified")]


def make(r, half, number):
    """(file name, [(line, label)]); a label is None for what is not measured, "secret:KIND", "like:KIND" or "plain"."""
    at = r.random()
    if at < 0.03 or at < 0.06:
        name, lines = (lock_file if at < 0.03 else long_line)(r)
        return f"f{number}/{name}", [(line, f"like:{kind}") for line, kind in lines]
    language = r.choice(sorted(LANGUAGES))
    extension, _, *styles = LANGUAGES[language]
    lines = []
    for _ in range(r.randrange(8, 30)):
        where = r.random()
        if where < 0.16:
            kind, value = pick_secret(r, half)
            lines.append((spell(r.choice(styles[half == "final"]), r.choice(KEYS[half]), value), f"secret:{kind}"))
        elif where < 0.2:
            line, _ = connection(r, half)
            lines.append((line, "secret:connection-string"))
        elif where < 0.22:
            lines.append((header(r, half), "secret:header"))
        elif where < 0.225:
            lines += [(line, kind and f"secret:{kind}") for line, kind in key_file(r)]
        elif where < 0.5:
            line, kind = look_alike(r, half, language)
            lines.append((line, f"like:{kind}"))
        else:
            lines.append((filler(r, language), "plain"))
    return f"f{number}/{'settings' + extension if extension.startswith('.') else extension}", lines
