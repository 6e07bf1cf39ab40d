"""
Lines in which somebody logs in: commands, calls of drivers and statements of SQL with a password in them, put together from what such tools have in
common; phrases of plain words; and secrets that speak for themselves under names that do not. The same lines with a lookup or a placeholder are harmless.
"""

import base64
import re

import statements
from formats import ALNUM, DIGITS, HEX, LOWER, MARKED, UPPER, URL64, b64, draw
from formats import UNMARKED
from lines import mark

BASE32 = UPPER + "234567"
TOOLS = (
    "smbclient rpcclient mount.cifs sqlplus impdp expdp rman mongosh mongo mongoexport mongodump curl wget lftp ncftp ftp sftp redis-server redis-cli valkey-cli mysql mysqldump mysqlimport mariadb psql pgbench isql tsql bteq "
    "clickhouse-client influx kinit ldapadd ldappasswd ldapmodify ldapwhoami ipmitool racadm xfreerdp swaks aria2c rclone cadaver docker podman skopeo crane nerdctl oras twine gcloud az aws oc rancher argocd nomad consul etcdctl "
    "ansible ansible-playbook salt knife puppet rsync restic borg duplicity unzip zip gpg openssl ssh-keygen sshpass plink winscp net wmic psexec snmpwalk nats kcat kafkacat amqp-publish iperf3 sysbench flyway liquibase dbmate"
).split()
NEUTRAL = "value val arg args input output default item key name text param x y a b s v data field option opt content body payload line string str label result ret tmp current first entry cell attribute prop setting fallback raw id code source target expected example var foo bar node elem message".split()
COMMAND_PLACES = ["$PASS", "${PASSWORD}", '"$DB_PASSWORD"', "$1", "{password}", "%s", "<password>", "***", "$(cat pw)", "{{ pw }}", "PASSWORD", "yourpassword", "%PASS%", "$env:PW", "<your password>", "changeme", "xxxx", "'#{pw}'"]


def phrase(r, source):
    """Three to five plain words, as those are advised to choose who must remember them."""
    words = [statements.word(r, source) for _ in range(r.randrange(3, 6))]
    style = r.random()
    if style < 0.6:
        text = r.choice(["-", "-", "_", ".", "", "+"]).join(words)
    else:
        text = r.choice(["", "-", "_", ""]).join(w.capitalize() for w in words)
    return text + r.choice(["", "", "", str(r.randrange(100)), "!"])


def plain(r, source):
    """A password that stands in a command or an address without quotes."""
    text = phrase(r, source) if r.random() < 0.28 else statements.any_password(r, source)
    return re.sub(r"[@/:#?%&;,'\"$`\\ ^*!<>=~()|]", "", text) or "window7"


def who(r, source):
    return r.choice([statements.word(r, source), statements.word(r, source), "root", "admin", "app", "deploy", "svc_" + statements.word(r, source), draw(r, LOWER, 4)])


def where(r, source):
    w = statements.word(r, source)
    return r.choice(["localhost", "db", w, f"{w}.internal", f"{w}-{r.randrange(9)}.{w}.com", f"10.{r.randrange(255)}.{r.randrange(255)}.{r.randrange(255)}", f"{w}.local"])


def command(r, source, secret):
    u, h, w, p = who(r, source), where(r, source), statements.word(r, source), secret
    tool = r.choice(TOOLS) if r.random() < 0.8 else w
    at = r.random()
    if at < 0.14:
        return r.choice([f"{tool} {u}/{p}@{h}", f"{tool} {u}/{p}@//{h}:1521/{w}", f"{tool} -s {u}/{p}@{w} @{w}.sql", f"jdbc:oracle:thin:{u}/{p}@{h}:1521:{w}", f"url = jdbc:oracle:thin:{u}/{p}@//{h}/{w}", f"connect {u}/{p}@{w}", f"sqlplus -L {u}/{p}"])
    if at < 0.28:
        glued = r.choice([f"-U {u}%{p}", f"--user={u}%{p}", f"-u {u},{p}", f"-u {u}:{p}", f"--proxy-user {u}:{p}", f"--user {u}:{p}", f"-U '{u}:{p}'", f"--auth {u}:{p}", f"-a {u}:{p}", f"--creds={u}:{p}", f"--basic-auth {u}:{p}", f"-U {w}/{u}%{p}", f"-o username={u},password={p}", f"-o user={u},pass={p},vers=3.0", f"--proxy {w}://{u}:{p}@{h}:3128", f"-u \"{u}:{p}\""])
        bits = [glued, r.choice([f"//{h}/{w}", f"https://{h}/{w}", h, f"sftp://{h}", f"-h {h}"]), *r.sample(["-v", "-k", "-s", f"-c {w}", "--json", "-L", f"-p {r.randrange(9999)}"], r.randrange(0, 2))]
        r.shuffle(bits)
        return " ".join([tool, *bits])
    if at < 0.4:
        flag = r.choice(["--requirepass", "--masterauth", "--password", "--pass", "--passwd", "--auth-password", "--db-password", "--admin-password", "--bind-pass", "-storepass", "-keypass", "--passphrase", "--root-pass", "--smtp-pass", "--vault-pass", "--token-secret", f"--{w}-password", "-passin pass:", "-passout pass:", "--pw", "--pwd"])
        glue = "" if flag.endswith(":") else r.choice([" ", " ", "="])
        quote = r.choice(["", "", "'", '"'])
        bits = [f"{flag}{glue}{quote}{p}{quote}"]
        bits += r.sample([f"--port {r.randrange(9999)}", f"--host {h}", f"-h {h}", f"--user {u}", f"--username={u}", f"-u {u}", f"--{w}", f"{w}.conf", "--yes", f"-d {w}", "--tls"], r.randrange(0, 4))
        r.shuffle(bits)
        return " ".join([tool, *r.choice([[], [w], ["login"]]), *bits])
    if at < 0.55:
        user = r.choice([f"-u {u}", f"-U {u}", f"--user {u}", f"-D cn={u},dc={w}", f"--username {u}", f"-l {u}"])
        word = r.choice([f"-p {p}", f"-p{p}", f"-P {p}", f"-w {p}", f"-a {p}", f"-p '{p}'", f"-W {p}", f"--pass {p}"])
        rest = r.sample([f"-h {h}", f"--host {h}", f"--host={h}", h, f"-d {w}", f"--port {r.randrange(9999)}", f"--{w}-{w} {w}", f"--authenticationDatabase {u}", f"-e 'show {w}'", f"< {w}.sql", f"> {w}.gz", f"-t {w}"], r.randrange(1, 4))
        order = [*r.choice([[user], [user], []]), word, *[x for x in rest if x[0] not in "<>"]]
        r.shuffle(order)
        return " ".join([r.choice(["", "", "", "sudo ", "$ ", "RUN ", "    - ", "exec "]) + tool, *order, *[x for x in rest if x[0] in "<>"]])
    if at < 0.65:
        return r.choice([f"net use {draw(r, UPPER, 1)}: \\\\{h}\\{w} {p} /user:{u}", f"net use \\\\{h}\\{w} /user:{w}\\{u} {p}", f"net user {u} {p} /add", f"net use {draw(r, UPPER, 1)}: \\\\{h}\\{w}$ {p} /user:{u} /persistent:no", f"cmdkey /add:{h} /user:{u} /pass:{p}", f"psexec \\\\{h} -u {u} -p {p} cmd", f"wmic /node:{h} /user:{u} /password:{p} os get {w}", f"runas /user:{u} {p}", f"schtasks /create /s {h} /u {u} /p {p} /tn {w}", f"dsmod user {u} -pwd {p}"])
    if at < 0.85:
        return sql(r, u, p, w, h)
    quote = r.choice("\"'\"'`")
    q = lambda text: f"{quote}{text}{quote}"
    call = r.choice(["{w}.connect", "connect", "new {W}Client", "{W}.create", "{w}.login", "login", "open_{w}", "{w}.authenticate", "new {W}", "{W}Connection", "{w}.auth", "create{W}", "BasicAuth", "{w}_connect", "session.login", "Credentials"]).format(w=w, W=w.capitalize())
    named = [f"user{r.choice(['', 'name'])}={q(u)}", f"{r.choice(['password', 'passwd', 'pwd', 'pass', 'secret'])}={q(p)}"]
    args = r.choice([[q(u), q(p)], [q(h), q(u), q(p)], [q(h), q(u), q(p), q(w)], [q(h), str(r.randrange(9999)), q(u), q(p)], [f"host={q(h)}", *named], [*named, f"database={q(w)}"], ["{ " + ", ".join(x.replace("=", ": ", 1) for x in named) + " }"], [q(f"{u}:{p}@tcp({h}:3306)/{w}")], [q(f"host={h} user={u} password={p}")]])
    return " " * r.choice([0, 2, 4, 8]) + r.choice(["", "", f"{w} = ", f"const {w} = ", "return ", "await ", f"{w} := ", f"var {w} = "]) + call + "(" + ", ".join(args) + ")" + r.choice(["", ";", ";", ",", ")"])


def sql(r, u, p, w, h):
    name = r.choice([u, f"'{u}'@'%'", f"'{u}'@'{h}'", f'"{u}"', f"`{u}`", f"{w}_{u}"])
    clause = r.choice([f"IDENTIFIED BY '{p}'", f"IDENTIFIED BY '{p}'", f"identified by '{p}'", f'IDENTIFIED BY "{p}"', f"IDENTIFIED WITH mysql_native_password BY '{p}'", f"IDENTIFIED WITH sha256_password BY '{p}'", f"PASSWORD '{p}'", f"WITH LOGIN PASSWORD '{p}'", f"ENCRYPTED PASSWORD '{p}'", f"WITH PASSWORD '{p}'", f"PASSWORD = '{p}'", f"IDENTIFIED BY {p}"])
    verb = r.choice(["CREATE USER", "ALTER USER", "CREATE ROLE", "ALTER ROLE", "create user", "CREATE USER IF NOT EXISTS", "GRANT ALL ON *.* TO", f"GRANT SELECT ON {w}.* TO", "CREATE LOGIN", "alter user"])
    return r.choice(["", "", "", "  ", "mysql -e \"", "-- ", "echo \"", "psql -c \""]) + f"{verb} {name} {clause}" + r.choice([";", ";", "", " DEFAULT ROLE ALL;", " ACCOUNT UNLOCK;", " REQUIRE SSL;", ';"', " WITH GRANT OPTION;"])


def header(r, source):
    """A header of HTTP that lets somebody in, as code, settings and commands set it."""
    basic = r.random() < 0.45
    value = mark(base64.b64encode(f"{who(r, source)}:{statements.any_password(r, source)}".encode()).decode() if basic else draw(r, r.choice([ALNUM, URL64, HEX]), r.randrange(24, 65)))
    scheme = r.choice(["Basic ", "basic "]) if basic else r.choice(["Bearer ", "bearer ", "Token ", "token ", "ApiKey "])
    name = r.choice(["Authorization", "Authorization", "authorization", "AUTHORIZATION", "Proxy-Authorization"])
    if not basic and r.random() < 0.35:
        name, scheme = r.choice(["X-Api-Key", "x-api-key", "X-Auth-Token", "PRIVATE-TOKEN", "api-key", "X-Vault-Token", "apikey", "X-Access-Token", "JOB-TOKEN"]), ""
    w, q = statements.word(r, source), r.choice("\"'")
    return " " * r.choice([0, 0, 2, 4, 8]) + r.choice([
        f"{name}: {scheme}{value}", f"{q}{name}{q}: {q}{scheme}{value}{q},", f"-H {q}{name}: {scheme}{value}{q} https://{w}.com/{w}", f"{w}.headers[{q}{name}{q}] = {q}{scheme}{value}{q}", f"{w}.setHeader({q}{name}{q}, {q}{scheme}{value}{q});", f"{w}_set_header {name} {q}{scheme}{value}{q};", f".header({w.upper()}_{w.upper()}, {q}{scheme}{value}{q})",
        f"extraheader = {name}: {scheme}{value}", f"headers: {{ {q}{name}{q}: {q}{scheme}{value}{q} }},", f"{name} = {q}{scheme}{value}{q}", f"--header={q}{name}: {scheme}{value}{q} \\", f"{w}.Header.Add({q}{name}{q}, {q}{scheme}{value}{q})", f"@{{ {name} = {q}{scheme}{value}{q} }}", f"add_header({q}{name}{q} => {q}{scheme}{value}{q});", f"{w} --auth={value} https://{w}.io",
    ])


def speaking(r):
    """A secret that says by itself that it is one."""
    if r.random() < 0.45:
        return MARKED[r.choice(sorted(set(MARKED) - {"private-key", "vendor", "slack-hook"}))](r)
    return statements.any_vendor(r)


def named_only(r):
    """A value that only its name makes a secret, in more spellings than formats.py has."""
    d = lambda alphabet, *sizes: draw(r, alphabet, r.choice(sizes))
    return r.choice([lambda: d(BASE32, 16, 26, 32, 52), lambda: b64(r, 32), lambda: d(HEX, 24, 32, 40, 64, 128), lambda: f"{d(DIGITS, 1, 6, 16)}/{d(DIGITS, 12, 16)}:{d(HEX, 32)}", lambda: f"{d(LOWER + DIGITS, 6, 8)}.{d(LOWER + DIGITS, 16, 20, 32)}", lambda: UNMARKED["uuid-secret"](r), lambda: f"{d(HEX, 12, 16, 24)}:{d(HEX, 32, 48, 64)}", lambda: d(URL64, 20, 32, 43, 64), lambda: f"{d(LOWER, 3, 5)}~{d(URL64, 32, 43)}",
                     lambda: f"v{r.randrange(1, 5)}.{r.randrange(9)}-{d(HEX, 24, 32)}-{d(HEX, 64, 128, 146)}", lambda: b64(r, r.choice([24, 40, 48, 64])), lambda: d(ALNUM, 20, 24, 32, 40, 48), lambda: draw(r, UPPER, r.randrange(2, 5)) + draw(r, ALNUM, r.randrange(50, 200))])()


def positive(r, source):
    """(line with its secret marked, kind)"""
    at = r.random()
    if at < 0.44:
        return command(r, source, mark(plain(r, source))), "connection-string"
    if at < 0.58:
        return statements.assign(r, statements.spelled(r, r.choice(statements.AREAS), r.choice(["password", "passphrase", "pass", "pwd", "passwd", "secret", "psk", "password"])), mark(phrase(r, source))), "password"
    if at < 0.66:
        return statements.around(r, mark(plain(r, source)), source), "connection-string"
    if at < 0.74:
        return header(r, source), "header"
    if at < 0.88:
        name = r.choice(NEUTRAL)
        return statements.assign(r, statements.spelled(r, name) if r.random() < 0.8 else statements.spelled(r, r.choice(statements.AREAS), name), mark(speaking(r))), "vendor"
    return statements.assign(r, statements.secret_name(r), mark(named_only(r))), "named"


def negative(r, source):
    """(line, kind)"""
    at = r.random()
    if at < 0.45:
        return command(r, source, r.choice(COMMAND_PLACES) if r.random() < 0.85 else statements.placeholder(r, source).replace(" ", "-")), "connection-placeholder"
    if at < 0.75:
        words = "-".join(statements.word(r, source) for _ in range(r.randrange(2, 5)))
        return statements.assign(r, r.choice([*NEUTRAL, statements.harmless_name(r), statements.harmless_name(r), "branch", "slug", "bucket", "host", "topic", "queue", "class", "title"]), r.choice([words, words, words.replace("-", " "), words.replace("-", "_"), words.replace("-", "/")])), "plain-value"
    return statements.assign(r, r.choice(NEUTRAL), statements.harmless_value(r)), "harmless-value"
