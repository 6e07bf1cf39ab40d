"""
Made-up files with secrets where people leave them, for the one measurement of a shipped pack (untouched.md): other languages, wordings
and look-alikes than training and the halves `look` and `final` have. `make` gives a file's lines, `insert` one line for a package's file.
"""

import base64
import re

import formats
import heldout_formats
import untouched_likes
from formats import ALNUM, BASE64, DIGITS, HEX, LOWER, UPPER, URL64, b64, draw
from heldout_files import spell
from untouched_formats import FORMATS, NEEDS_NAME, UNMARKED, password
from untouched_styles import CODE, HARMLESS, IDENTIFIERS, KEYS, LANGUAGES, NEUTRAL, PLACEHOLDERS, PLAIN_VALUES, REMARKS, SETTINGS

KNOWN = sorted(set(formats.MARKED) - {"private-key", "vendor"})


def secret(r, language):
    """(line, label): half of a new format, else of a known one or of none; what speaks for itself sometimes stands under a name that says nothing."""
    at = r.random()
    key = r.choice(NEUTRAL if r.random() < 0.12 else KEYS)
    if at < 0.5:
        kind = r.choice(sorted(FORMATS))
        value, label = FORMATS[kind](r), f"secret:new:{kind}"
        if kind in NEEDS_NAME:
            key = r.choice(KEYS)
    elif at < 0.68:
        kind = r.choice(KNOWN)
        value, label = formats.MARKED[kind](r), f"secret:{kind}"
    else:
        kind = r.choice(["password", "password", "password", *sorted(UNMARKED)])
        key, value, label = r.choice(KEYS), password(r) if kind == "password" else UNMARKED[kind](r), f"secret:{kind}"
    return spell(r.choice(LANGUAGES[language][2]), key, value), label


def insert(r, part, language):
    return secret(r, language)


def connection(r):
    """Whole lines with a password inside of an address, a driver's string or a command."""
    word = re.sub(r"[@/:#?%&;,'\"$`\\ ^*!<>=]", "", password(r))
    user, host = r.choice(["porter", "catalog", "feeds", "payroll"]), r.choice(["sql-2.shop.test", "172.20.1.9", "rabbit.shop.test", "store"])
    scheme = r.choice(["postgresql+asyncpg", "mysql2", "mongodb+srv", "amqp", "rediss", "ftps", "clickhouse", "nats", "ldaps", "smb"])
    address = f"{scheme}://{user}:{word}@{host}/{r.choice(['archive', 'carts', '0'])}"
    return r.choice([
        f'engine = create_async_engine("{address}")', f"  uri: {address}", f'dsn := "{address}?sslmode=require"', f"spring.datasource.url={address}", f"jdbc:oracle:thin:{user}/{word}@{host}:1521/ORCL",
        f"DRIVER={{ODBC Driver 18 for SQL Server}};SERVER={host};UID={user};PWD={word};", f"psql 'host={host} user={user} password={word} dbname=carts'", f'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="{user}" password="{word}";',
        f"smbclient //{host}/share -U {user}%{word}", f"docker login ghcr.io --username {user} --password {word}", f"curl --proxy-user {user}:{word} https://{host}/health", f"mongosh --host {host} -u {user} -p {word} --authenticationDatabase admin", f"redis-server --requirepass {word} --port 6380",
        f"ldapwhoami -x -H ldaps://{host} -D uid={user},dc=shop -w {word}", f"openssl pkcs12 -export -in tls.pem -passout pass:{word}", f"otpauth://totp/Shop:{user}?secret={UNMARKED['base32'](r)}&issuer=Shop", f"restic -r rest:https://{user}:{word}@{host}/ snapshots", f"  proxy: socks5://{user}:{word}@{host}:1080",
        f"git remote set-url origin https://{user}:{word}@{host}/team/shop.git", f"CREATE USER '{user}'@'%' IDENTIFIED BY '{word}';", f"ALTER ROLE {user} WITH LOGIN PASSWORD '{word}';", f"lftp -u {user},{word} sftp://{host}", f"net use S: \\\\{host}\\data {word} /user:{user} /persistent:yes", f"  imap: {{ host: {host}, user: {user}, pass: {word} }}",
    ])


def header(r):
    token = draw(r, r.choice([ALNUM, URL64, HEX]), r.randrange(26, 64))
    basic = base64.b64encode(f"{r.choice(['porter', 'feeds'])}:{password(r)}".encode()).decode()
    return r.choice([
        f'curl -H "PRIVATE-TOKEN: {token}" https://git.shop.test/api/v4/projects', f'    request.headers["Authorization"] = "Bearer {token}"', f"http --auth-type=bearer --auth={token} GET :8000/orders", f"\textraheader = AUTHORIZATION: basic {basic}", f"grpcurl -H 'authorization: Bearer {token}' store:443 list",
        f'  "x-api-key": "{token}",', f"    .defaultHeader(HttpHeaders.AUTHORIZATION, \"Basic {basic}\")", f"    proxy_set_header Authorization \"Basic {basic}\";", f"Invoke-RestMethod -Headers @{{ Authorization = 'Bearer {token}' }} -Uri $uri", f"    'X-Vault-Token: {token}',",
    ])


def private_key(r):
    """A private key in one line, as settings and accounts' files carry it."""
    label, body = heldout_formats.private_key(r)
    text = "\\n".join([f"-----BEGIN {label}-----", *body, f"-----END {label}-----", ""])
    return r.choice(['  "private_key": "{}",', "TLS_KEY='{}'", "  tlsKey: \"{}\"", 'let pem = "{}"', "| key | `{}` |"]).format(text)


def identifier(r):
    return r.choice([heldout_formats.uuid(r), "01" + draw(r, untouched_likes.CROCKFORD, 24), draw(r, HEX, 24), draw(r, DIGITS, 18), draw(r, UPPER + DIGITS, 10), draw(r, LOWER + DIGITS, 25), heldout_formats.uuid(r).upper()])


def look_alike(r, language):
    """(line, label) of what only looks like a secret, in the way the language has it."""
    _, _, styles, lookups = LANGUAGES[language]
    style, key, at = r.choice(styles), r.choice(KEYS), r.random()
    if at < 0.2:
        value = r.choice([draw(r, HEX, 40), draw(r, HEX, 64), draw(r, HEX, 32), draw(r, HEX, 128), "sha512-" + b64(r, 64), "md5:" + draw(r, HEX, 32), draw(r, untouched_likes.NIX, 52), draw(r, HEX, r.randrange(7, 13))])
        return spell(style, r.choice(HARMLESS), value), "like:hash"
    if at < 0.33:
        return spell(style, r.choice(IDENTIFIERS), identifier(r)), "like:identifier"
    if at < 0.5:
        return spell(style, key, r.choice(PLACEHOLDERS)), "like:placeholder"
    if at < 0.72:
        if language in CODE:
            style = re.sub(r"[br]?([\"'`])\{v\}\1", "{v}", style)
        return spell(style, key, spell(r.choice(lookups), key, "")), "like:lookup"
    if at < 0.78:
        return spell(style, key, f"ENC[AES256_GCM,data:{b64(r, r.randrange(9, 40))},iv:{b64(r, 32)},tag:{b64(r, 16)},type:str]"), "like:encrypted"
    if at < 0.84:
        value = r.choice([b64(r, 32), "B" + draw(r, URL64, 86), "age1" + draw(r, untouched_likes.BECH32, 58), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + draw(r, BASE64, 43), "-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + draw(r, BASE64, 86)])
        return spell(style, r.choice(["peer_public_key", "vapidPublicKey", "cosign_pubkey", "wgPublicKey"]), value), "like:public-key"
    if at < 0.88:
        return spell(style, r.choice(["expected_digest", "cipherText", "plain_text", "iv_hex"]), r.choice([draw(r, HEX, 32), draw(r, HEX, 48), draw(r, HEX.upper(), 64), b64(r, 24)])), "like:test-vector"
    if at < 0.93:
        value = r.choice(["data:font/woff;base64,d09GRgABAAAA", "data:audio/wav;base64,UklGRiQAAABXQVZF", "data:application/wasm;base64,AGFzbQEAAAAB", "data:image/webp;base64,UklGRh4AAABXRUJQ"]) + draw(r, BASE64, r.randrange(60, 400))
        return spell(style, r.choice(["bundled_font", "beep", "codec", "heroImage"]), value), "like:data-uri"
    return spell(style, *r.choice(PLAIN_VALUES)), "like:harmless-key"


def filler(r, language):
    _, mark, styles, _ = LANGUAGES[language]
    return f"{mark} {r.choice(REMARKS)}" if mark and r.random() < 0.25 else spell(r.choice(styles), *r.choice(SETTINGS))


def make(r, part, number):
    """(file name, [(line, label)]); a label is "secret:KIND", "like:KIND" or "plain"."""
    if r.random() < 0.14:
        name, lines = untouched_likes.make(r)
        return f"f{number}/{name}", [(line, f"like:{kind}") for line, kind in lines]
    language = r.choice(sorted(LANGUAGES))
    lines = []
    for _ in range(r.randrange(8, 30)):
        where = r.random()
        if where < 0.16:
            lines.append(secret(r, language))
        elif where < 0.2:
            lines.append((connection(r), "secret:connection-string"))
        elif where < 0.22:
            lines.append((header(r), "secret:header"))
        elif where < 0.225:
            lines.append((private_key(r), "secret:private-key-inline"))
        elif where < 0.5:
            lines.append(look_alike(r, language))
        else:
            lines.append((filler(r, language), "plain"))
    return f"f{number}/{LANGUAGES[language][0]}", lines
