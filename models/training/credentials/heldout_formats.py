"""
Secrets of formats that training never sees, for measuring only. Each format is wholly in one half: `look` may be looked at while
the model is improved, `final` is measured with a finished model. Nothing here is a credential: all is drawn from seeded generators.
"""

import base64
import json

from formats import ALNUM, BASE64, DIGITS, HEX, LOWER, UPPER, URL64, b64, draw, url64

BECH = "023456789ACDEFGHJKLMNPQRSTUVWXYZ"


def mapbox(r):
    return "sk." + url64(json.dumps({"u": draw(r, LOWER, 8), "a": draw(r, LOWER + DIGITS, 25)}, separators=(",", ":")).encode()) + "." + draw(r, URL64, 22)


def sentry(r):
    body = json.dumps({"iat": r.randrange(17 * 10**8, 18 * 10**8), "url": "https://sentry.io", "org": draw(r, LOWER, 7)}).encode()
    return "sntrys_" + base64.b64encode(body).decode().rstrip("=") + "_" + draw(r, BASE64, 43)


def prime(r, bits):
    """A number that passes Fermat's test for four bases: prime enough for a key nobody uses."""
    while True:
        number = r.getrandbits(bits) | 3 << bits - 2 | 1
        if all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7)):
            return number


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x80 + (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")) + body


def integer(number):
    return der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def private_key(r):
    """(label, base64 lines) of a private key that programs can read: scanners look into what they find."""
    kind = r.random()
    if kind < 0.35:
        p, q = prime(r, 512), prime(r, 512)
        d = pow(65537, -1, (p - 1) * (q - 1))
        label, data = "RSA PRIVATE KEY", der(0x30, integer(0), integer(p * q), integer(65537), integer(d), integer(p), integer(q), integer(d % (p - 1)), integer(d % (q - 1)), integer(pow(q, -1, p)))
    elif kind < 0.6:
        label, data = "EC PRIVATE KEY", bytes.fromhex("30310201010420") + r.randbytes(32) + bytes.fromhex("a00a06082a8648ce3d030107")
    else:
        label, data = "PRIVATE KEY", bytes.fromhex("302e020100300506032b657004220420") + r.randbytes(32)
    text = base64.b64encode(data).decode()
    return label, [text[at : at + 64] for at in range(0, len(text), 64)]


def uuid(r):
    return "-".join(draw(r, HEX, n) for n in (8, 4, 4, 4, 12))


LOOK = {
    "heroku": lambda r: "HRKU-AA" + draw(r, URL64, 58),
    "airtable": lambda r: f"pat{draw(r, ALNUM, 14)}.{draw(r, HEX, 64)}",
    "sentry-user": lambda r: "sntryu_" + draw(r, HEX, 64),
    "netlify": lambda r: "nfp_" + draw(r, ALNUM, 36),
    "groq": lambda r: "gsk_" + draw(r, ALNUM, 52),
    "replicate": lambda r: "r8_" + draw(r, ALNUM, 37),
    "rubygems": lambda r: "rubygems_" + draw(r, HEX, 48),
    "figma": lambda r: "figd_" + draw(r, URL64, 40),
    "plaid": lambda r: f"access-{r.choice(['production', 'development'])}-{uuid(r)}",
    "discord-hook": lambda r: f"https://discord.com/api/webhooks/{draw(r, DIGITS, 19)}/{draw(r, URL64, 68)}",
    "facebook": lambda r: "EAACEdEose0cBA" + draw(r, ALNUM, r.randrange(60, 140)),
    "alibaba": lambda r: "LTAI5t" + draw(r, ALNUM, 18),
    "dynatrace": lambda r: f"dt0c01.{draw(r, UPPER + '234567', 24)}.{draw(r, UPPER + '234567', 64)}",
    "sourcegraph": lambda r: f"sgp_{draw(r, HEX, 16)}_{draw(r, HEX, 40)}",
    "mapbox": mapbox,
}
FINAL = {
    "pulumi": lambda r: "pul-" + draw(r, HEX, 40),
    "terraform-cloud": lambda r: f"{draw(r, ALNUM, 14)}.atlasv1.{draw(r, URL64, 67)}",
    "atlassian": lambda r: "ATATT3xFfGF0" + draw(r, URL64, 172) + "=" + draw(r, HEX.upper()[:16], 8),
    "planetscale": lambda r: r.choice(["pscale_tkn_", "pscale_pw_"]) + draw(r, URL64, 43),
    "sentry-org": sentry,
    "notion": lambda r: "ntn_" + draw(r, DIGITS, 11) + draw(r, ALNUM, 35),
    "age": lambda r: "AGE-SECRET-KEY-1" + draw(r, BECH, 58),
    "supabase": lambda r: "sbp_" + draw(r, HEX, 40),
    "tailscale": lambda r: f"tskey-auth-k{draw(r, ALNUM, 11)}CNTRL-{draw(r, ALNUM, 32)}",
    "crates": lambda r: "cio" + draw(r, ALNUM, 32),
    "nuget": lambda r: "oy2" + draw(r, LOWER + DIGITS, 43),
    "mailchimp": lambda r: f"{draw(r, HEX, 32)}-us{r.randrange(1, 22)}",
    "discord-bot": lambda r: f"{r.choice('MNO')}{draw(r, ALNUM, 25)}.G{draw(r, URL64, 5)}.{draw(r, URL64, 38)}",
    "azure-app": lambda r: f"{draw(r, ALNUM, 3)}8Q~{draw(r, URL64, 34)}",
    "azure-sas": lambda r: f"sv=2023-11-03&ss=b&srt=sco&sp=rwdlac&se=20{r.randrange(26, 31)}-01-01T00:00:00Z&sig={b64(r, 32).replace('+', '%2B').replace('/', '%2F').replace('=', '%3D')}",
    "artifactory": lambda r: "AKCp8" + draw(r, ALNUM, 68),
    "1password": lambda r: "ops_eyJ" + draw(r, URL64, r.randrange(200, 260)),
    "xai": lambda r: "xai-" + draw(r, ALNUM, 80),
    "teams-hook": lambda r: f"https://acme.webhook.office.com/webhookb2/{uuid(r)}@{uuid(r)}/IncomingWebhook/{draw(r, HEX, 32)}/{uuid(r)}",
    "easypost": lambda r: "EZAK" + draw(r, ALNUM, 54),
    "buildkite": lambda r: "bkua_" + draw(r, HEX, 40),
}
FORMATS = {"look": LOOK, "final": FINAL}

# The words of formats.py are not used, so that a password is as new as a token.
PASSWORD_WORDS = {
    "look": "walnut cricket lantern puffin maple teapot zebra hammer island violet biscuit rabbit sailor copperfield otter basil".split(),
    "final": "juniper walrus compass anchor meteor granite lobster pepper saffron beacon mustang oyster canyon tulip badger quartz".split(),
}
SIGNS = "!#$%*+-_=?@^~.,"


def password(r, half):
    words = PASSWORD_WORDS[half]
    kind = r.random()
    if kind < 0.25:
        return r.choice(words).capitalize() + r.choice(["", "-", "_"]) + str(r.randrange(1970, 2027)) + r.choice("!!?#.*")
    if kind < 0.4:
        return "".join(w.capitalize() for w in r.sample(words, 2)) + str(r.randrange(10, 999))
    if kind < 0.5:
        return "-".join(r.sample(words, r.randrange(3, 5))) + r.choice(["", "-7", "42"])
    if kind < 0.6:
        return "".join(r.sample(words, 2)).replace("a", "4").replace("e", "3").replace("i", "!") + str(r.randrange(1, 99))
    if kind < 0.8:
        return draw(r, ALNUM, r.randrange(10, 25)) + draw(r, DIGITS, 1)
    return draw(r, ALNUM, r.randrange(5, 9)) + "".join(draw(r, SIGNS, 1) + draw(r, ALNUM, r.randrange(2, 6)) for _ in range(r.randrange(1, 4)))
