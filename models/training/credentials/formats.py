"""Made-up secrets in the shape of real ones. Nothing here is a credential; every value is drawn from a seeded generator."""

import base64
import json
import string

UPPER, LOWER, DIGITS = string.ascii_uppercase, string.ascii_lowercase, string.digits
ALNUM = UPPER + LOWER + DIGITS
BASE64 = ALNUM + "+/"
URL64 = ALNUM + "-_"
HEX = "0123456789abcdef"
WORDS = (
    "summer winter autumn spring dragon monkey shadow master falcon purple orange silver copper tiger panda rocket "
    "coffee harbor garden castle bridge wizard hunter planet comet galaxy thunder velvet marble cobalt ember raven "
    "admin welcome letmein football london berlin boston river meadow pixel delta sierra tango kilo victor"
).split()


def draw(rng, alphabet, size):
    return "".join(rng.choice(alphabet) for _ in range(size))


def b64(rng, size):
    return base64.b64encode(rng.randbytes(size)).decode()


def url64(value):
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def jwt(rng):
    head = {"alg": rng.choice(["HS256", "RS256", "ES256", "HS512"]), "typ": "JWT"}
    if rng.random() < 0.3:
        head["kid"] = draw(rng, HEX, 12)
    body = {"sub": draw(rng, DIGITS, 10), "name": rng.choice(WORDS), "iat": rng.randrange(15 * 10**8, 18 * 10**8)}
    packed = [url64(json.dumps(part, separators=(",", ":")).encode()) for part in (head, body)]
    return ".".join([*packed, url64(rng.randbytes(rng.choice([32, 64])))])


def password(rng):
    """What people choose: words with digits and signs, or a generator's output."""
    kind = rng.random()
    word = rng.choice(WORDS)
    if kind < 0.35:
        word = word.capitalize() if rng.random() < 0.6 else word
        return word + draw(rng, DIGITS, rng.randrange(1, 5)) + draw(rng, "!@#$%&*?", rng.randrange(1, 3))
    if kind < 0.55:
        table = str.maketrans("aeiost", "43105+") if rng.random() < 0.5 else str.maketrans("aeo", "@30")
        return (word + rng.choice(WORDS)).translate(table) + draw(rng, DIGITS, rng.randrange(1, 4))
    if kind < 0.7:
        return rng.choice("-_.").join(rng.choice(WORDS) for _ in range(rng.randrange(3, 5))) + draw(rng, DIGITS, 2)
    alphabet = ALNUM + ("!@#%^*()-_=+" if rng.random() < 0.6 else "")
    value = draw(rng, alphabet, rng.randrange(10, 28))
    return value if any(c in DIGITS for c in value) else value + draw(rng, DIGITS, 2)


def pem_header(rng):
    return f"-----BEGIN {rng.choice(['RSA ', 'EC ', 'OPENSSH ', 'DSA ', 'ENCRYPTED ', ''])}PRIVATE KEY-----"


def pem_first_line(rng):
    start = rng.choice(["MIIEpAIBAAKCAQEA", "MIIEowIBAAKCAQEA", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "MIIJKAIBAAKCAgEA",
                        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB", "MHcCAQEEI", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg"])
    return start + draw(rng, BASE64, 64 - len(start))


def pem_inline(rng):
    return pem_header(rng) + "\\n" + pem_first_line(rng) + "\\n" + draw(rng, BASE64, 64) + rng.choice(["", "\\n"])


def vendor(rng):
    """No vendor's format in particular: a short prefix, a separator, many random characters."""
    prefix = draw(rng, LOWER if rng.random() < 0.7 else UPPER, rng.randrange(2, 6))
    if rng.random() < 0.3:
        prefix += rng.choice("_-.") + draw(rng, LOWER, rng.randrange(2, 5))
    alphabet = rng.choice([ALNUM, ALNUM, URL64, HEX, HEX, UPPER + DIGITS])
    return prefix + rng.choice("___--.:") + draw(rng, alphabet, rng.randrange(24, 65))


# Values that are recognisable by themselves: they are secrets wherever they stand.
MARKED = {
    "aws-access-key": lambda r: r.choice(["AKIA", "AKIA", "ASIA"]) + draw(r, UPPER + "234567", 16),
    "github": lambda r: r.choice(["ghp_", "gho_", "ghs_", "ghu_", "ghr_"]) + draw(r, ALNUM, 36),
    "github-fine": lambda r: "github_pat_" + draw(r, ALNUM, 22) + "_" + draw(r, ALNUM, 59),
    "gitlab": lambda r: "glpat-" + draw(r, URL64, 20),
    "slack-bot": lambda r: f"xox{r.choice('bpar')}-{draw(r, DIGITS, r.randrange(10, 13))}-{draw(r, DIGITS, 12)}-{draw(r, ALNUM, 24)}",
    "slack-hook": lambda r: f"https://hooks.slack.com/services/T{draw(r, UPPER + DIGITS, 8)}/B{draw(r, UPPER + DIGITS, 8)}/{draw(r, ALNUM, 24)}",
    "stripe": lambda r: r.choice(["sk_live_", "rk_live_"]) + draw(r, ALNUM, r.choice([24, 99])),
    "stripe-hook": lambda r: "whsec_" + draw(r, ALNUM, 32),
    "google-api": lambda r: "AIza" + draw(r, URL64, 35),
    "google-oauth": lambda r: "GOCSPX-" + draw(r, URL64, 28),
    "google-access": lambda r: "ya29." + draw(r, URL64, r.randrange(80, 130)),
    "openai": lambda r: r.choice(["sk-", "sk-"]) + draw(r, ALNUM, 20) + "T3BlbkFJ" + draw(r, ALNUM, 20),
    "openai-project": lambda r: r.choice(["sk-proj-", "sk-svcacct-"]) + draw(r, URL64, r.randrange(48, 120)),
    "anthropic": lambda r: f"sk-ant-{r.choice(['api03', 'admin01'])}-" + draw(r, URL64, 93) + "AA",
    "npm": lambda r: "npm_" + draw(r, ALNUM, 36),
    "pypi": lambda r: "pypi-AgEIcHlwaS5vcmc" + draw(r, URL64, r.randrange(100, 160)),
    "sendgrid": lambda r: f"SG.{draw(r, URL64, 22)}.{draw(r, URL64, 43)}",
    "vendor": vendor,
    "jwt": jwt,
    "private-key": pem_inline,
}

# Formats that never occur in training or validation: do they generalise?
UNSEEN = {
    "digitalocean": lambda r: f"do{r.choice('opr')}_v1_" + draw(r, HEX, 64),
    "huggingface": lambda r: "hf_" + draw(r, ALNUM, 34),
    "shopify": lambda r: r.choice(["shpat_", "shpss_"]) + draw(r, HEX, 32),
    "databricks": lambda r: "dapi" + draw(r, HEX, 32),
    "telegram": lambda r: draw(r, DIGITS, 10) + ":AA" + draw(r, URL64, 33),
    "square": lambda r: "sq0atp-" + draw(r, URL64, 22),
    "linear": lambda r: "lin_api_" + draw(r, ALNUM, 40),
    "vault": lambda r: "hvs." + draw(r, URL64, 90),
    "docker-hub": lambda r: "dckr_pat_" + draw(r, URL64, 27),
    "new-relic": lambda r: "NRAK-" + draw(r, UPPER + DIGITS, 27),
    "doppler": lambda r: "dp.pt." + draw(r, ALNUM, 43),
    "postman": lambda r: f"PMAK-{draw(r, HEX, 24)}-{draw(r, HEX, 34)}",
    "grafana": lambda r: "glsa_" + draw(r, ALNUM, 32) + "_" + draw(r, HEX, 8),
    "twilio": lambda r: "SK" + draw(r, HEX, 32),
    "mailgun": lambda r: "key-" + draw(r, HEX, 32),
    "fly": lambda r: "fo1_" + draw(r, URL64, 43),
}

# Values that only their context makes a secret: the same characters are a hash or an id elsewhere.
UNMARKED = {
    "hex": lambda r: draw(r, HEX, r.choice([32, 40, 48, 64, 128])),
    "base64": lambda r: b64(r, r.choice([16, 24, 32, 48, 64])),
    "token": lambda r: draw(r, r.choice([ALNUM, URL64]), r.randrange(20, 65)),
    "aws-secret": lambda r: draw(r, BASE64, 40),
    "azure-account": lambda r: b64(r, 64),
    "uuid-secret": lambda r: "-".join(draw(r, HEX, n) for n in (8, 4, 4, 4, 12)),
    "password": password,
}
