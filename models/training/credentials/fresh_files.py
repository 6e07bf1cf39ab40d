"""
Made-up files as changes of services hold them, with secrets where people leave them, for the one measurement of the next version (fresh.md): other
frameworks, wordings and look-alikes than training and the other held-out parts. `make` gives a file's lines, `insert` one line for a package's file.
"""

import base64
import re

import formats
import fresh_likes
import heldout_formats
from formats import ALNUM, BASE64, DIGITS, HEX, LOWER, UPPER, URL64, b64, draw
from fresh_formats import ENCRYPTED, FORMATS, NEEDS_NAME, UNMARKED, password
from fresh_styles import CODE, HARMLESS, IDENTIFIERS, KEYS, LANGUAGES, NEUTRAL, PLACEHOLDERS, PLAIN_VALUES, REMARKS, SETTINGS
from heldout_files import camel, spell

KNOWN = sorted(set(formats.MARKED) - {"private-key", "vendor"})
SPOKEN = {"python": "django", "js": "next", "yaml": "spring", "ts": "nest"}


def secret(r, language):
    """(line, label): new formats, known ones and what only its name makes a secret, a third each; what speaks for itself sometimes stands under a name that says nothing."""
    style = r.choice(LANGUAGES[language][2])
    at = r.random()
    key = r.choice(NEUTRAL if r.random() < 0.12 else KEYS)
    if at < 0.35:
        kind = r.choice(sorted(FORMATS))
        value, label = FORMATS[kind](r), f"secret:new:{kind}"
        if kind in NEEDS_NAME:
            key = r.choice(KEYS)
    elif at < 0.6:
        kind = r.choice(KNOWN)
        value, label = formats.MARKED[kind](r), f"secret:{kind}"
    else:
        kind = r.choice(["password", "password", "password", *sorted(UNMARKED)])
        key, value, label = r.choice(KEYS), password(r) if kind == "password" else UNMARKED[kind](r), f"secret:{kind}"
    return spell(style, key, value), label


def insert(r, part, language):
    return secret(r, SPOKEN.get(language, language) if SPOKEN.get(language, language) in LANGUAGES else "json")


def connection(r):
    """(line, label): a password inside of an address, of a driver's call or string, or of a command."""
    word = re.sub(r"[@/:#?%&;,'\"$`\\ ^*!<>=~+]", "", password(r))
    user, host = r.choice(["shop", "app", "postgres", "admin", "orders"]), r.choice(["db.shop.example", "10.20.0.5", "mysql", "cache.shop.example"])
    address = f"{r.choice(['postgres', 'postgresql', 'mysql', 'mongodb+srv', 'redis', 'amqp', 'https', 'mysql+pymysql', 'sftp'])}://{user}:{word}@{host}/{r.choice(['shop', 'app', '1'])}"
    at = r.random()
    if at < 0.4:
        return r.choice([
            f"DATABASE_URL={address}", f'    url: "{address}"', f'SQLALCHEMY_DATABASE_URI = "{address}"', f"  - REDIS_URL={address}", f"mongoose.connect('{address}');", f'\tdsn := "{address}"', f"spring.data.uri={address}", f'  "connectionString": "{address}",', f"psql \"{address}\"", f"- name: DB_URL\tvalue: {address}", f"git clone {address}.git",
        ]), "secret:address"
    if at < 0.7:
        return r.choice([
            f'conn = psycopg2.connect(host="{host}", user="{user}", password="{word}", dbname="shop")', f"$pdo = new PDO('mysql:host={host};dbname=shop', '{user}', '{word}');", f'Connection c = DriverManager.getConnection("jdbc:mysql://{host}/shop", "{user}", "{word}");', f"mysqli_connect('{host}', '{user}', '{word}', 'shop');", f'smtp.login("{user}@shop.example", "{word}")',
            f'"Default": "Server={host};Database=shop;User Id={user};Password={word};TrustServerCertificate=True"', f"const db = mysql.createPool({{ host: '{host}', user: '{user}', password: '{word}' }});", f'dsn := "{user}:{word}@tcp({host}:3306)/shop?parseTime=true"', f'ssh.connect("{host}", username="{user}", password="{word}")', f'auth = HTTPBasicAuth("{user}", "{word}")', f"host={host} port=5432 user={user} password={word} sslmode=require",
            f"nodemailer.createTransport({{ host: '{host}', auth: {{ user: '{user}', pass: '{word}' }} }});", f'ftp.login("{user}", "{word}")', f'credentials = pika.PlainCredentials("{user}", "{word}")', f"  conn_str: Endpoint=sb://{user}.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey={b64(r, 32)}",
        ]), "secret:driver"
    return r.choice([
        f"sqlcmd -S {host} -U {user} -P {word} -Q \"select 1\"", f"cqlsh {host} -u {user} -p {word}", f"vault login -method=userpass username={user} password={word}", f"htpasswd -bc /etc/nginx/.htpasswd {user} {word}", f"keytool -importkeystore -srcstorepass {word} -destkeystore app.jks", f"7z a backup.7z ./data -p{word}", f"mosquitto_pub -h {host} -u {user} -P {word} -t shop/orders -m 1",
        f"rabbitmqctl add_user {user} {word}", f"helm repo add shop https://{host}/charts --username {user} --password {word}", f"mongorestore --host {host} --username {user} --password {word} dump/", f"mysql -h {host} -u{user} -p{word} shop < seed.sql", f"docker login registry.shop.example -u {user} -p {word}", f"curl -u {user}:{word} https://{host}/api/v1/health", f"cypher-shell -u {user} -p {word} 'MATCH (n) RETURN n'",
        f"CREATE ROLE {user} LOGIN PASSWORD '{word}';", f"CREATE LOGIN {user} WITH PASSWORD = '{word}';", f"ALTER USER {user} IDENTIFIED BY \"{word}\";", f"sqlplus {user}/{word}@{host}:1521/XEPDB1", f"mount -t cifs //{host}/share /mnt -o username={user},password={word}", f"echo \"{user}:{word}\" | chpasswd", f"sshpass -p {word} scp app.tgz {user}@{host}:", f"redis-cli -h {host} -a {word} FLUSHDB", f"wget --http-user={user} --http-password={word} https://{host}/dump.gz",
        f"ldapsearch -x -H ldap://{host} -D cn={user},dc=shop -w {word}", f"svn checkout --username {user} --password {word} https://{host}/svn/shop", f"nmcli dev wifi connect shop-office password {word}", f"snmpget -v3 -u {user} -A {word} -l authNoPriv {host} sysName.0", f"openssl rsa -in key.pem -passin pass:{word} -out plain.pem",
    ]), "secret:command"


def header(r):
    token = draw(r, r.choice([ALNUM, URL64, HEX]), r.choice([32, 40, 43, 48, 64]))
    basic = base64.b64encode(f"{r.choice(['shop', 'api'])}:{password(r)}".encode()).decode()
    return r.choice([
        f"curl -X POST -H \"Authorization: Bearer {token}\" https://api.shop.example/v1/orders", f"  headers: {{ 'Authorization': 'Bearer {token}' }},", f"Authorization: Basic {basic}", f'    headers = {{"X-API-Key": "{token}"}}', f"axios.defaults.headers.common['Authorization'] = 'Token {token}';", f'req.Header.Add("X-Auth-Token", "{token}")', f"      Authorization: Bearer {token}", f'    "Authorization": "Basic {basic}",', f"$headers = @{{ 'api-key' = '{token}' }}", f"--header 'apikey: {token}' \\",
    ])


def private_key(r):
    """A private key in one line, as settings and accounts' files carry it."""
    label, body = heldout_formats.private_key(r)
    text = "\\n".join([f"-----BEGIN {label}-----", *body, f"-----END {label}-----", ""])
    return r.choice(['  "private_key": "{}",', 'FIREBASE_PRIVATE_KEY="{}"', "    privateKey: '{}',", 'ssh_key = "{}"']).format(text)


def encrypted(r):
    """(line, label) of a value that was encrypted to be committed; the label says by what."""
    kind, key = r.choice(sorted(ENCRYPTED)), r.choice(KEYS)
    return r.choice(ENCRYPTED[kind])(r).format(k=key, K=key.upper(), c=camel(key)), f"like:encrypted by {kind}"


def identifier(r):
    return r.choice([heldout_formats.uuid(r), heldout_formats.uuid(r), draw(r, HEX, 24), draw(r, DIGITS, 12), draw(r, UPPER + DIGITS, 14), draw(r, LOWER + DIGITS, 20), f"{draw(r, DIGITS, 12)}-{draw(r, LOWER + DIGITS, 32)}.apps.googleusercontent.com", "Iv1." + draw(r, HEX, 16)])


def look_alike(r, language):
    """(line, label) of what only looks like a secret, in the way such a file has it."""
    _, _, styles, lookups = LANGUAGES[language]
    style, key, at = r.choice(styles), r.choice(KEYS), r.random()
    if at < 0.2:
        value = r.choice([draw(r, HEX, 40), draw(r, HEX, 64), draw(r, HEX, 32), draw(r, HEX, 7), "sha256:" + draw(r, HEX, 64), "sha512-" + b64(r, 64), "sha256-" + b64(r, 32)])
        return spell(style, r.choice(HARMLESS), value), "like:hash"
    if at < 0.34:
        return spell(style, r.choice(IDENTIFIERS), identifier(r)), "like:identifier"
    if at < 0.54:
        return spell(style, key, r.choice(PLACEHOLDERS)), "like:placeholder"
    if at < 0.78:
        if language in CODE:
            style = re.sub(r"([\"'`])\{v\}\1", "{v}", style)
        return spell(style, key, spell(r.choice(lookups), key, "")), "like:lookup"
    if at < 0.84:
        value = r.choice([b64(r, 32), f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{draw(r, BASE64, 43)} ops@shop", f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ{draw(r, BASE64, 340)}", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + draw(r, BASE64, 86) + "==", draw(r, HEX, 66), "-----BEGIN CERTIFICATE-----\\nMIID" + draw(r, BASE64, 200), "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0K" + draw(r, BASE64, 160)])
        return spell(style, r.choice(["public_key", "verification_public_key", "server_pubkey", "jwt_public_key", "webhook_public_key", "signer_public_key"]), value), "like:public-key"
    if at < 0.88:
        return spell(style, r.choice(["expected_hash", "want_digest", "test_ciphertext", "golden_checksum"]), r.choice([draw(r, HEX, 64), draw(r, HEX, 32), b64(r, 32), draw(r, HEX, 40)])), "like:test-vector"
    return spell(style, *r.choice(PLAIN_VALUES)), "like:harmless-key"


def filler(r, language):
    _, mark, styles, _ = LANGUAGES[language]
    return f"{mark} {r.choice(REMARKS)}" if mark and r.random() < 0.25 else spell(r.choice(styles), *r.choice(SETTINGS))


def make(r, part, number):
    """(file name, [(line, label)]); a label is "secret:KIND", "like:KIND" or "plain"."""
    at = r.random()
    if at < 0.14:
        name, lines = fresh_likes.make(r)
        return f"f{number}/{name}", [(line, f"like:{kind}") for line, kind in lines]
    if at < 0.175:
        return f"f{number}/secrets.enc.yaml", [encrypted(r) for _ in range(r.randrange(6, 20))]
    language = r.choice(sorted(LANGUAGES))
    lines = []
    for _ in range(r.randrange(8, 30)):
        where = r.random()
        if where < 0.16:
            lines.append(secret(r, language))
        elif where < 0.2:
            lines.append(connection(r))
        elif where < 0.22:
            lines.append((header(r), "secret:header"))
        elif where < 0.225:
            lines.append((private_key(r), "secret:private-key-inline"))
        elif where < 0.475:
            lines.append(look_alike(r, language))
        else:
            lines.append((filler(r, language), "plain"))
    return f"f{number}/{LANGUAGES[language][0]}", lines
