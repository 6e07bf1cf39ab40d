"""
Lines that hold what looks like a secret and is meant to be read: values encrypted so that they can be committed, public keys, certificates, digests and
identifiers in alphabets other than hexadecimal, placeholders. Put together from parts, in ways in which a secret could stand there too.
"""

import re

import statements
from formats import ALNUM, BASE64, DIGITS, HEX, LOWER, UPPER, URL64, b64, draw
from formats import UNMARKED

NIX, BECH32, BASE32, CROCKFORD = "0123456789abcdfghijklmnpqrsvwxyz", "023456789acdefghjklmnpqrstuvwxyz", UPPER + "234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
CIPHERS = "AES256_GCM AES128_GCM AES256 AES_256_CBC PKCS7 GPG RSA RSA_OAEP CHACHA20 XCHACHA20 KMS NACL SECRETBOX aes-256-gcm aes-128-cbc xchacha20poly1305 rsa-oaep fernet DES3 SM4".split()
SEALED_WORDS = "encrypted cipher ciphertext enc sealed encrypted_value cipher_text encryptedValue encryptedData sealed_value wrapped_key encrypted_key enc_data EncryptedPassword kms_ciphertext crypt".split()


def uuid(r):
    return UNMARKED["uuid-secret"](r)


def ciphertext(r, least=8, most=120):
    alphabet = r.random()
    if alphabet < 0.75:
        return b64(r, r.randrange(least, most))
    return draw(r, HEX if alphabet < 0.9 else URL64, 2 * r.randrange(least, most))


def envelope(r):
    """What a tool writes around a ciphertext: of some tools, and of none in particular."""
    at = r.random()
    if at < 0.3:
        kind = r.choice(["str", "str", "str", "int", "bool", "comment", "bytes", "float"])
        return f"ENC[AES256_GCM,data:{b64(r, r.randrange(1, 70))},iv:{b64(r, 32)},tag:{b64(r, 16)},type:{kind}]"
    if at < 0.42:
        return f"ENC[{r.choice(['PKCS7', 'PKCS7', 'GPG'])},{r.choice(['MII', 'hQEMA', 'hQIMA', ''])}{b64(r, r.randrange(60, 340))}]"
    if at < 0.54:
        return r.choice(["ENC({})", "ENC({})", "{{cipher}}{}", "{{enc}}{}", "!{{{}}}", "{{{}}}", "enc:{}", "Enc({})", "DEC({})", "crypt:{}"]).format(ciphertext(r, 12))
    if at < 0.64:
        return f"Ag{r.choice('ABCD')}{draw(r, BASE64, r.randrange(240, 900))}{r.choice(['', '=', '=='])}"
    words = r.choice([draw(r, LOWER, r.randrange(2, 7)), draw(r, UPPER, r.randrange(2, 6)), "enc", "ENC", "encrypted", "sealed", "cipher", "secret", "locked", "crypt"])
    alg = r.choice(CIPHERS)
    parts = [r.choice(["{}", "data:{}", "ct:{}", "c={}"]).format(ciphertext(r)), r.choice(["iv:{}", "nonce:{}", "n={}", "{}"]).format(b64(r, r.choice([12, 16, 24, 32]))), r.choice(["tag:{}", "mac:{}", "{}"]).format(b64(r, 16))]
    inner = r.choice([",", ":", ";", "|"]).join([alg, *parts[: r.randrange(1, 4)]] if r.random() < 0.75 else parts)
    return r.choice(["{w}[{i}]", "{w}[{i}]", "{w}({i})", "{w}:v{n}:{i}", "!{w} {i}", "{w}:{i}", "${w}${i}$", "<{w}:{i}>", "{{{{{w}}}}}{i}", "v{n}:{i}"]).format(w=words, i=inner, n=r.randrange(1, 5))


def vault_digits(r):
    """Hexadecimal of hexadecimal: what Ansible writes."""
    return "".join("3" + draw(r, DIGITS, 1) if r.random() < 0.625 else "6" + draw(r, "123456", 1) for _ in range(r.choice([40, 40, 40, 40, r.randrange(2, 40)])))


def encrypted(r, source):
    at = r.random()
    if at < 0.72:
        return statements.assign(r, statements.secret_name(r) if r.random() < 0.85 else r.choice(["mac", "lastmac", "data", "value", "sops_mac", statements.harmless_name(r)]), envelope(r))
    if at < 0.84:
        indent = " " * r.choice([0, 2, 4, 6, 8, 10, 10, 12])
        return indent + r.choice([vault_digits(r), vault_digits(r), vault_digits(r), "$ANSIBLE_VAULT;1.1;AES256", f"$ANSIBLE_VAULT;1.2;AES256;{statements.word(r, source)}", f"{statements.secret_name(r)}: !vault |", f"{statements.secret_name(r)}: !vault | # {statements.word(r, source)}"])
    if at < 0.96:
        name = r.choice([r.choice(SEALED_WORDS), statements.spelled(r, r.choice(SEALED_WORDS[:5]), r.choice(statements.SECRET_NOUNS)), statements.spelled(r, r.choice(statements.SECRET_NOUNS), r.choice(["encrypted", "enc", "ciphertext", "cipher"]))])
        return statements.assign(r, name, r.choice([ciphertext(r, 24, 300), envelope(r)]))
    return r.choice(["  - {e}", '  "{e}",', "{e}", "# {e}", '    data: "{e}"']).format(e=envelope(r))


def public(r, source):
    """A key anybody may know, under a name or in a record that says so."""
    w = statements.word(r, source)
    at = r.random()
    if at < 0.3:
        noun = r.choice(["public_key", "pubkey", "public_key", "pub_key", "verify_key", "verification_key", "peer_public_key", "public", "recipient", "vapid_public", "host_key", "public_key_base64", "publickey", "trusted_key", "signing_public_key"])
        value = r.choice([lambda: b64(r, 32), lambda: b64(r, 32), lambda: draw(r, URL64, r.choice([43, 87])), lambda: "B" + draw(r, URL64, 86), lambda: draw(r, HEX, r.choice([64, 66, 130])), lambda: "age1" + draw(r, BECH32, 58), lambda: draw(r, BASE58, r.choice([44, 51])), lambda: "MCowBQYDK2VwAyEA" + draw(r, BASE64, 43) + "=",
                          lambda: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + draw(r, BASE64, 86) + "==", lambda: "ed25519:" + b64(r, 32), lambda: f"{w}-1:{b64(r, 32)}", lambda: "LS0tLS1CRUdJTiBQVUJMSUMg" + draw(r, BASE64, r.randrange(100, 400)), lambda: "RW" + draw(r, BASE64, 54), lambda: "-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2Vw" + draw(r, BASE64, 60)])()
        return statements.assign(r, r.choice([statements.spelled(r, noun), statements.spelled(r, r.choice(statements.AREAS), noun)]), value)
    if at < 0.5:
        members = r.sample([f'"x":"{draw(r, URL64, r.choice([43, 64]))}"', f'"y":"{draw(r, URL64, 43)}"', f'"n":"{draw(r, URL64, r.choice([342, 342, 512, 683]))}"', '"e":"AQAB"', f'"kid":"{draw(r, r.choice([URL64, HEX]), r.choice([8, 27, 40, 43]))}"', f'"x5t":"{draw(r, URL64, 27)}"', f'"x5c":["MII{draw(r, BASE64, r.randrange(80, 400))}"]', '"alg":"RS256"', f'"x5t#S256":"{draw(r, URL64, 43)}"'], r.randrange(2, 6))
        text = '{"kty":"' + r.choice(["RSA", "EC", "OKP"]) + '",' + ",".join(members) + ',"use":"sig"}'
        if r.random() < 0.5:
            text = r.choice(members) + ","
        return " " * r.choice([0, 2, 4, 8]) + (text if r.random() < 0.4 else text.replace('":', '": '))
    blob = draw(r, BASE64, r.choice([43, 86, 128, 200, 360]))
    dns = [f'{w}._domainkey.{w}.com. IN TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEF{blob}"', f"{w}._domainkey TXT \"v=DKIM1;p=MIGfMA0GCSqGSIb3DQEB{blob}\"", f"v=DKIM1; h=sha256; p={blob}", f"_25._tcp.{w} TLSA 3 {r.randrange(2)} 1 {draw(r, HEX, 64)}", f"{w}.net. DNSKEY 257 3 13 {draw(r, BASE64, 86)}==", f"{w}.org. DS {r.randrange(65000)} 8 2 {draw(r, HEX.upper(), 64)}", f"{w}. SSHFP 4 2 {draw(r, HEX, 64)}", f"google-site-verification={draw(r, URL64, 43)}"]
    keys = [f"|1|{b64(r, 20)}|{b64(r, 20)} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{draw(r, BASE64, 43)}", f"{w}.com,10.0.0.{r.randrange(255)} ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABB{draw(r, BASE64, 86)}=", f"cert-authority ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB{blob}", f"PublicKey = {b64(r, 32)}", f"public-keys = {w}.com-1:{b64(r, 32)}", f"minisign public key {draw(r, HEX.upper(), 16)}", "RWQ" + draw(r, BASE64, 53), f"[Peer] PublicKey={b64(r, 32)}", f"sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAI{draw(r, BASE64, 60)}"]
    pem = ["MII" + draw(r, BASE64, 61), draw(r, BASE64, 64), draw(r, BASE64, 76), draw(r, BASE64, r.randrange(8, 60)) + "==", "-----BEGIN PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----", "-----BEGIN RSA PUBLIC KEY-----", f"cert = MIIE{blob}", f"x509: MIIC{blob}", f"ca_data: LS0tLS1CRUdJTiBDRVJU{blob}", f"certificate: \"-----BEGIN CERTIFICATE-----\\nMII{blob}\""]
    finger = [f"SHA{r.choice(['1', '256'])} Fingerprint={':'.join(draw(r, HEX.upper(), 2) for _ in range(r.choice([20, 32])))}", f"serial: {':'.join(draw(r, HEX, 2) for _ in range(r.choice([8, 16, 20])))}", f"Key fingerprint = {' '.join(draw(r, HEX.upper(), 4) for _ in range(10))}", f"rsa{r.choice(['2048', '4096'])}/{draw(r, HEX.upper(), 16)} 2025-0{r.randrange(1, 10)}-11 [SC]", f"thumbprint: {draw(r, HEX.upper(), 40)}", f"pin-sha256=\"{b64(r, 32)}\"", f"SHA256:{draw(r, BASE64, 43)} {w}@{w} (ED25519)"]
    return " " * r.choice([0, 0, 2, 4]) + r.choice(r.choice([dns, keys, pem, finger]))


DIGEST_NAMES = "sha256 hash narHash vendorHash cargoHash npmDepsHash outputHash integrity digest checksum content_hash sum etag cid merkle_root root tx txid block_hash address contract wallet did ulid nanoid id run_id cursor page_token next_page ref serial order_id resource_id arn zone_id".split()


def identifier(r, source):
    """Digests, identifiers and addresses as drawn from alphabets of all kinds, under names that say what they are, or in an address."""
    value = r.choice([lambda: draw(r, NIX, 52), lambda: draw(r, NIX, 32), lambda: "sha256-" + b64(r, 32), lambda: "sha512-" + b64(r, 64), lambda: draw(r, BASE32, r.choice([16, 26, 32, 52])), lambda: draw(r, CROCKFORD, 26), lambda: "01" + draw(r, CROCKFORD, 24), lambda: draw(r, BASE58, r.choice([22, 27, 34, 44])), lambda: "Qm" + draw(r, BASE58, 44),
                      lambda: "bafy" + draw(r, LOWER + "234567", 55), lambda: "0x" + draw(r, HEX, r.choice([40, 64])), lambda: "0x" + draw(r, HEX + "ABCDEF", 40), lambda: draw(r, LOWER, r.randrange(3, 8)) + "1" + draw(r, BECH32, 38), lambda: "did:key:z6Mk" + draw(r, BASE58, 44), lambda: draw(r, HEX, 128), lambda: draw(r, HEX, 24), lambda: draw(r, DIGITS, r.randrange(10, 20)), lambda: draw(r, LOWER + DIGITS, 25),
                      lambda: draw(r, LOWER, 2) + draw(r, LOWER + DIGITS, 23), lambda: draw(r, URL64, r.choice([11, 21, 22, 27])), lambda: r.choice(["cus", "price", "acct", "pi", "evt", "prod", "ord", "req", "run"]) + "_" + draw(r, ALNUM, r.choice([14, 16, 24])), lambda: f"ocid1.{draw(r, LOWER, 6)}.oc1.iad.{draw(r, LOWER + DIGITS, 60)}", lambda: f"{draw(r, HEX, 32)}-{draw(r, HEX, 16)}-01", lambda: uuid(r)])()
    w = statements.word(r, source)
    at = r.random()
    if at < 0.12:
        digest = r.choice([f"sha384-{b64(r, 48)}", f"sha512-{b64(r, 64)}", f"sha256-{b64(r, 32)}"])
        version = f"v{r.randrange(9)}.{r.randrange(40)}.{r.randrange(20)}"
        return " " * r.choice([0, 0, 2, 4, 6]) + r.choice(['<script src="https://{w}.com/{w}.js" integrity="{s}" crossorigin="anonymous"></script>', '<link rel="stylesheet" href="/{w}.css" integrity="{s}">', "script-src 'self' '{s}'", '"{w}.js": "{s}",', "integrity: {s}", "{w}.org/{w} {v} h1:{h}=", "{w}.org/{w} {v}/go.mod h1:{h}=", "{w}.org/{w} v0.0.0-20250{n}-{c} h1:{h}=", "digest: {s}", "checksum/{w}: {x}", "checksum/secret: {x}", 'etag: W/"{c}-{e}"']).format(
            w=w, s=digest, v=version, h=draw(r, BASE64, 43), n=draw(r, DIGITS, 9), c=draw(r, HEX, 12), x=draw(r, HEX, 64), e=draw(r, BASE64, 27))
    if at < 0.5:
        return statements.assign(r, statements.spelled(r, r.choice(DIGEST_NAMES)) if r.random() < 0.5 else statements.spelled(r, r.choice([*statements.AREAS, w]), r.choice(DIGEST_NAMES)), value)
    return " " * r.choice([0, 0, 2, 4]) + r.choice(["/nix/store/{v}-{w}", "{v}", "- {v}", "{v}  {w}", '"{v}",', "{w}/{v}", "{v},{w},{n}", "{n},{v},{w}", "https://{w}.com/{w}/{v}", "{w} id {v} done", "[{w}] {v} {w} {n} ms", "/subscriptions/{u}/resourceGroups/{w}/{w}", "arn:aws:{w}:eu-west-1:{d}:{w}/{v}", "checksum: {n}c0/{v}", 'uuid!("{u}")', "{{{u}}} = {w}", "ipfs://{v}", "{w}={v};{w}",
                                                    "urn:{w}:{v}", "{w} {v} -> {v}", "const {w} = \"{v}\"; // {w} address", "traceparent: 00-{h32}-{h16}-01", "request {u} took {n} ms", "#{v}", "{w}: {w}-{v}", "{v}\t{w}\t{n}"]).format(v=value, w=w, n=r.randrange(10**4), u=uuid(r), d=draw(r, DIGITS, 12), h32=draw(r, HEX, 32), h16=draw(r, HEX, 16))


OTHER_TONGUES = "cambiar contraseña clave aquí mot passe ici changer remplacer ändern passwort geheim einfügen hier cambiare chiave qui senha troque aqui wachtwoord invullen hasło zmień пароль ключ パスワード 密码".split()
SAYINGS = "see vault|set in ci|from vault|filled in by the pipeline|to be defined|none yet|not used|hidden|masked|removed|omitted|not set|ask the admins|generated at start|n/a|unused|set by ci|same as above|managed elsewhere|only an example".split("|")


def placeholder(r, source):
    """What stands in a secret's place in examples: repeated, counted up, said in words or in other tongues."""
    at = r.random()
    if at < 0.22:
        run = r.choice(["dead", "beef", "deadbeef", "abcd", "cafe", "cafebabe", "0123456789abcdef", "1234", "12345678", "0", "a", "A", "x", "f", "1", "00", "ab", "feed", "test", "foo", "xyz", "abc123"])
        value = (run * 64)[: r.choice([8, 12, 16, 20, 24, 32, 40, 64])]
        if r.random() < 0.2:
            value = f"{value[:8]}-{value[:4]}-{value[:4]}-{value[:4]}-{(value * 2)[:12]}"
    elif at < 0.32:
        start = r.randrange(10)
        run = r.choice(["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "1234567890", "abcdefghijklmnopqrstuvwxyz0123456789", "0123456789abcdef", "qwertyuiop", "zyxwvutsrqponm"]) * 2
        value = run[start if r.random() < 0.3 else 0 :][: r.randrange(8, 40)]
    elif at < 0.5:
        value = r.choice(["-", "_", " ", "."]).join(r.sample(OTHER_TONGUES, r.randrange(2, 5)))
        value = r.choice([value, value.upper()])
    elif at < 0.68:
        value = r.choice(["{}", "({})", "[{}]", "<{}>", "__{}__", "{}", "# {}"]).format(r.choice(["{}", "{}", "-"]).format(r.choice(SAYINGS)).replace(" ", r.choice([" ", "-", "_"])))
        value = r.choice([value, value.upper()])
    elif at < 0.85:
        value = r.choice(["sk-", "sk_live_", "pk_", "ghp_", "xoxb-", "glpat-", "AKIA", "key-", "Bearer ", "npm_", "tok_", "eyJ", "AIza", ""]) + r.choice(["...", "…", "xxxxxxxx", "XXXXXXXXXXXX", "your-key", "your_token_here", "<key>", "0000000000", "EXAMPLE", "REPLACE_ME", "************", "abc...xyz", "1234567890", "[REDACTED]"])
    else:
        value = r.choice(["{}-here", "{}_HERE", "MY_{}", "<{}>", "the-{}", "your.{}", "s3cr3t-{}", "{}-goes-here", "{} of your account", "EXAMPLE_{}", "{}_PLACEHOLDER", "test-{}", "insert {}", "32-character-{}", "{}-32-chars"]).format(re.sub(r"[-.]", "_", statements.spelled(r, r.choice(statements.SECRET_NOUNS))))
    return statements.assign(r, statements.secret_name(r), value)


def demo(r, source):
    """Keys that manuals print, and says so."""
    key = "-".join(draw(r, UPPER + DIGITS, r.choice([4, 5, 5])) for _ in range(r.randrange(3, 6)))
    w = statements.word(r, source)
    says = r.choice(["public {w} key", "sample key", "demo serial of {w}", "trial key, expired", "example from the manual", "generic volume key", "evaluation key of {w}", "well-known test key"]).format(w=w)
    return r.choice(["{k}  # {s}", "| {w} | {k} | {s} |", "{s}: {k}", "The {s} is `{k}`.", "// {s}: {k}", "{w} /ipk {k} ({s})", "{k} ({s})"]).format(k=key, s=says, w=w)


def negative(r, source):
    """(line, kind)"""
    at = r.random()
    for share, make in ((0.3, encrypted), (0.52, public), (0.74, identifier), (0.96, placeholder), (1, demo)):
        if at < share:
            return make(r, source), make.__name__
    raise AssertionError
