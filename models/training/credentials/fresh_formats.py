"""
Secrets of formats that neither training nor the other held-out parts hold, after what their vendors document, passwords of other words, and
values that somebody encrypted so that they can be committed. For the one measurement of the next version (fresh.md). All is drawn from seeded generators.
"""

import base64
import json

import formats
from formats import ALNUM, BASE64, DIGITS, HEX, LOWER, UPPER, URL64, b64, draw
from heldout_formats import uuid

FORMATS = {
    "anyscale": lambda r: "aph0_" + draw(r, ALNUM, 48),
    "axiom": lambda r: "xaat-" + uuid(r),
    "bitwarden-machine": lambda r: f"0.{uuid(r)}.{draw(r, ALNUM, 30)}:{b64(r, 16)}",
    "cerebras": lambda r: "csk-" + draw(r, LOWER + DIGITS, 48),
    "clickup": lambda r: f"pk_{draw(r, DIGITS, 8)}_{draw(r, UPPER + DIGITS, 32)}",
    "cloudflare": lambda r: draw(r, URL64, 40),
    "dropbox": lambda r: "sl.u." + draw(r, URL64, 132),
    "elevenlabs": lambda r: "sk_" + draw(r, HEX, 48),
    "fireworks": lambda r: "fw_" + draw(r, ALNUM, 24),
    "flutterwave": lambda r: f"FLWSECK-{draw(r, HEX, 32)}-X",
    "frameio": lambda r: "fio-u-" + draw(r, URL64, 64),
    "ghost": lambda r: f"{draw(r, HEX, 24)}:{draw(r, HEX, 64)}",
    "honeycomb": lambda r: f"hcaik_01{draw(r, LOWER + DIGITS, 56)}",
    "hubspot": lambda r: "pat-na1-" + uuid(r),
    "intercom": lambda r: base64.b64encode(f"tok:{draw(r, HEX, 8)}_{draw(r, HEX, 4)}_{draw(r, HEX, 4)}_{draw(r, HEX, 4)}_{draw(r, HEX, 12)}:1:0".encode()).decode(),
    "mailersend": lambda r: "mlsn." + draw(r, HEX, 64),
    "mongodb-atlas": lambda r: "mdb_sa_sk_" + draw(r, URL64, 40),
    "neon": lambda r: "napi_" + draw(r, LOWER + DIGITS, 64),
    "ngrok": lambda r: f"2{draw(r, ALNUM, 26)}_{draw(r, ALNUM, 21)}",
    "onfido": lambda r: f"api_live.{draw(r, URL64, 11)}.{draw(r, URL64, 32)}",
    "openrouter": lambda r: "sk-or-v1-" + draw(r, HEX, 64),
    "paddle": lambda r: f"pdl_live_apikey_01{draw(r, LOWER + DIGITS, 24)}_{draw(r, ALNUM, 22)}_{draw(r, ALNUM, 3)}",
    "pagerduty": lambda r: "u+" + draw(r, URL64, 18),
    "pinecone": lambda r: f"pcsk_{draw(r, ALNUM, 6)}_{draw(r, ALNUM, 63)}",
    "razorpay": lambda r: draw(r, ALNUM, 24),
    "readme": lambda r: "rdme_" + draw(r, LOWER + DIGITS, 70),
    "render": lambda r: "rnd_" + draw(r, ALNUM, 28),
    "runpod": lambda r: "rpa_" + draw(r, UPPER + DIGITS, 40) + draw(r, LOWER + DIGITS, 6),
    "snyk": uuid,
    "telnyx": lambda r: f"KEY01{draw(r, HEX.upper(), 30)}_{draw(r, ALNUM, 22)}",
    "tinybird": lambda r: "p." + formats.url64(json.dumps({"u": uuid(r), "id": uuid(r), "host": "eu_shared"}).encode()) + "." + draw(r, URL64, 43),
    "together": lambda r: "tgp_v1_" + draw(r, URL64, 43),
    "trello": lambda r: "ATTA" + draw(r, HEX, 72),
    "wakatime": lambda r: "waka_" + uuid(r),
}
# These say nothing by themselves: they are put under names that tell what they are, never under others.
NEEDS_NAME = {"cloudflare", "ghost", "intercom", "ngrok", "pagerduty", "razorpay", "snyk"}
UNMARKED = {
    **{kind: make for kind, make in formats.UNMARKED.items() if kind not in ("password", "azure-account")},
    "short-hex": lambda r: draw(r, HEX, r.choice([20, 24, 32])),
    "urlsafe": lambda r: draw(r, URL64, 43) + r.choice(["", "="]),
    "rails-key": lambda r: draw(r, HEX, 128),
}

# None of these words makes a password in training's lists or in the other parts.
PASSWORD_WORDS = (
    "blanket pigeon chimney dolphin pepperoni scooter blizzard cucumber lighthouse panther sandal toaster umbrella vulcano whistle accordion blueberry clover domino eclipse flamingo ginger "
    "sonnenblume kaffee zucker chocolat soleil montana gatito amore spaghetti fiets"
).split()
SIGNS = "!#$%*+-_=?^~.@&"


def password(r):
    """Mostly what people type; phrases as advised by those who generate them; and what a manager makes."""
    kind = r.random()
    one, two, three, four = r.sample(PASSWORD_WORDS, 4)
    if kind < 0.18:
        return one.capitalize() + r.choice(["", "", "@", "_"]) + str(r.choice([r.randrange(100), r.randrange(1955, 2028), 123, 1234])) + r.choice(["", "!", "!", "?", "*"])
    if kind < 0.32:
        return one + two.capitalize() + r.choice(["", str(r.randrange(100)), "!"])
    if kind < 0.46:
        return r.choice(["-", ".", "_", ""]).join([one.capitalize(), two.capitalize(), three.capitalize()] if r.random() < 0.4 else [one, two, three, four]) + r.choice(["", "", str(r.randrange(10))])
    if kind < 0.6:
        return one.replace("o", "0").replace("e", "3").replace("a", "@").capitalize() + draw(r, DIGITS, r.randrange(1, 4)) + r.choice(SIGNS)
    if kind < 0.82:
        return draw(r, ALNUM, r.choice([10, 12, 16, 16, 20, 24, 32]))
    return draw(r, ALNUM, 2) + draw(r, ALNUM + SIGNS, r.choice([8, 12, 16, 20])) + draw(r, ALNUM, 2)


def long64(r, low, high):
    return b64(r, r.randrange(low, high))


# kind: the whole lines in which it is committed; {k} a secret's name, {c} the same in camel case, {K} in capitals. What is encrypted, and by what, each line says itself.
ENCRYPTED = {
    "sops": [
        lambda r: f"{{k}}: ENC[AES256_GCM,data:{long64(r, 8, 48)},iv:{b64(r, 32)},tag:{b64(r, 16)},type:{r.choice(['str', 'str', 'int'])}]",
        lambda r: f"{{K}}=ENC[AES256_GCM,data:{long64(r, 8, 48)},iv:{b64(r, 32)},tag:{b64(r, 16)},type:str]",
        lambda r: f'\t"{{k}}": "ENC[AES256_GCM,data:{long64(r, 8, 48)},iv:{b64(r, 32)},tag:{b64(r, 16)},type:str]",',
        lambda r: f"    mac: ENC[AES256_GCM,data:{b64(r, 66)},iv:{b64(r, 32)},tag:{b64(r, 16)},type:str]",
        lambda r: f'sops_mac=ENC[AES256_GCM,data:{b64(r, 66)},iv:{b64(r, 32)},tag:{b64(r, 16)},type:str]',
        lambda r: f'        - recipient: age1{draw(r, "qpzry9x8gf2tvdw0s3jn54khce6mua7l", 58)}',
    ],
    "eyaml": [
        lambda r: f"{{k}}: ENC[PKCS7,MIIB{long64(r, 210, 300)}]",
        lambda r: f"profile::app::{{k}}: ENC[GPG,hQIMA{long64(r, 210, 300)}]",
        lambda r: f"  - ENC[PKCS7,MIIB{long64(r, 210, 300)}]",
    ],
    "ansible-vault": [
        lambda r: "{k}: !vault |",
        lambda r: "          $ANSIBLE_VAULT;1.1;AES256",
        lambda r: f"$ANSIBLE_VAULT;1.2;AES256;{r.choice(['prod', 'dev', 'ci'])}",
        lambda r: "          " + "".join("3" + draw(r, "0123456789", 1) if r.random() < 0.62 else "6" + draw(r, "123456", 1) for _ in range(40)),
        lambda r: "".join("3" + draw(r, "0123456789", 1) if r.random() < 0.62 else "6" + draw(r, "123456", 1) for _ in range(40)),
    ],
    "sealed-secret": [
        lambda r: f"    {{k}}: Ag{r.choice('ABCD')}{draw(r, BASE64, r.randrange(380, 720))}==",
        lambda r: f'      "{{k}}": "Ag{r.choice("ABCD")}{draw(r, BASE64, r.randrange(380, 720))}=",',
        lambda r: "apiVersion: bitnami.com/v1alpha1 # SealedSecret {k}",
    ],
    "age": [
        lambda r: "-----BEGIN AGE ENCRYPTED FILE-----",
        lambda r: f"-> X25519 {draw(r, BASE64, 43)}",
        lambda r: f"-> ssh-ed25519 {draw(r, BASE64, 6)} {draw(r, BASE64, 43)}",
        lambda r: f"--- {draw(r, BASE64, 43)}",
        lambda r: "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB" + draw(r, BASE64, 21),
        lambda r: f"{{k}}: age[YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB{draw(r, BASE64, 180)}]" if r.random() < 0.3 else "  {k}.file = ./secrets/{k}.age;",
    ],
    "git-crypt": [
        lambda r: "secrets/{k}.env filter=git-crypt diff=git-crypt",
        lambda r: "*.key filter=git-crypt diff=git-crypt merge=binary # {k}",
        lambda r: f"git-crypt unlock ./{{k}}.symmetric # added by gpg user {draw(r, HEX.upper(), 40)}",
        lambda r: f".git-crypt/keys/default/0/{draw(r, HEX.upper(), 40)}.gpg",
    ],
    "kms": [
        lambda r: f"{{k}}_ciphertext: AQICAHh{draw(r, BASE64, r.randrange(160, 260))}==",
        lambda r: f'  ciphertext_blob = "AQICAHh{draw(r, BASE64, r.randrange(160, 260))}=="',
        lambda r: f"  kms_encrypted_{{k}}: CiQA{draw(r, BASE64, r.randrange(90, 170))}==",
        lambda r: f'      "enc": "AQECAHh{draw(r, BASE64, r.randrange(160, 230))}", "arn": "arn:aws:kms:eu-west-1:{draw(r, DIGITS, 12)}:key/{uuid(r)}"',
    ],
    "vault-transit": [
        lambda r: f"{{k}}: vault:v{r.randrange(1, 9)}:{long64(r, 36, 90)}",
        lambda r: f'  "{{k}}_encrypted": "vault:v{r.randrange(1, 9)}:{long64(r, 36, 90)}",',
    ],
    "pulumi-config": [
        lambda r: f"    secure: v1:{b64(r, 12)}:{long64(r, 24, 70)}",
        lambda r: f"  shop:{{c}}: {{{{ secure: AAABA{draw(r, BASE64, r.randrange(40, 90))}= }}}}",
        lambda r: f"encryptionsalt: v1:{b64(r, 8)}:v1:{b64(r, 12)}:{b64(r, 26)}",
    ],
    "rails-credentials": [lambda r: f"{long64(r, 160, 300)}--{b64(r, 12)}--{b64(r, 16)}"],
    "ci-secure": [
        lambda r: f'    - secure: "{b64(r, 256)}"',
        lambda r: f"  {{K}}:\tsecure: {b64(r, r.choice([16, 32, 48]))}",
        lambda r: f"    secure: {b64(r, 512)}",
    ],
    "dotenvx": [lambda r: f'{{K}}="encrypted:B{draw(r, BASE64, r.randrange(140, 220))}=="', lambda r: f"{{k}}: EJ[1:{b64(r, 32)}:{b64(r, 24)}:{long64(r, 24, 60)}]", lambda r: f'DOTENV_PUBLIC_KEY="0{r.choice("23")}{draw(r, HEX, 64)}"'],
    "jasypt": [lambda r: f"app.{{k}}=ENC({long64(r, 16, 64)})", lambda r: f"  {{k}}: '{{{{cipher}}}}{draw(r, HEX, r.choice([64, 96, 128, 160]))}'", lambda r: f"    <password>{{{{{b64(r, 32)}}}}}</password>"],
    "gpg": [lambda r: "-----BEGIN PGP MESSAGE-----", lambda r: "hQIMA" + draw(r, BASE64, 59), lambda r: "-----END PGP MESSAGE-----", lambda r: "{k}: |\t-----BEGIN PGP MESSAGE-----"],
}
