"""
Secrets of formats that neither training nor the halves `look` and `final` hold, after what their vendors document, and passwords of
other words. For the one measurement of a shipped pack (untouched.md). Nothing here is a credential: all is drawn from seeded generators.
"""

import base64

import formats
from formats import ALNUM, DIGITS, HEX, LOWER, UPPER, URL64, b64, draw
from heldout_formats import uuid

BASE32 = UPPER + "234567"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def packed(text):
    return base64.b64encode(text.encode()).decode()


FORMATS = {
    "adobe": lambda r: "p8e-" + draw(r, ALNUM, 32),
    "aiven": lambda r: "AVNS_" + draw(r, URL64, 19),
    "artifactory-reference": lambda r: packed(f"reftkn:01:{draw(r, DIGITS, 10)}:{draw(r, ALNUM, 27)}"),
    "asana": lambda r: f"2/12{draw(r, DIGITS, 14)}/12{draw(r, DIGITS, 14)}:{draw(r, HEX, 32)}",
    "azure-devops": lambda r: f"{draw(r, ALNUM, 52)}JQQJ99B{draw(r, UPPER, 1)}ACAAAAAAAAAAAAAAAZDO{draw(r, ALNUM, 4)}",
    "bedrock": lambda r: "ABSK" + packed(f"BedrockAPIKey-{draw(r, LOWER + DIGITS, 4)}-at-{draw(r, DIGITS, 12)}:{draw(r, ALNUM, 44)}"),
    "bitbucket": lambda r: f"ATBB{draw(r, ALNUM, 24)}{draw(r, HEX, 8).upper()}",
    "brevo": lambda r: f"xkeysib-{draw(r, HEX, 64)}-{draw(r, ALNUM, 16)}",
    "circleci": lambda r: f"CCIPAT_{draw(r, BASE58, 22)}_{draw(r, HEX, 40)}",
    "clickhouse": lambda r: "4b1d" + draw(r, ALNUM, 38),
    "cloudflare-origin": lambda r: f"v1.0-{draw(r, HEX, 24)}-{draw(r, HEX, 146)}",
    "contentful": lambda r: "CFPAT-" + draw(r, URL64, 43),
    "duffel": lambda r: "duffel_live_" + draw(r, URL64, 43),
    "harness": lambda r: f"pat.{draw(r, URL64, 22)}.{draw(r, HEX, 24)}.{draw(r, ALNUM, 20)}",
    "klaviyo": lambda r: "pk_" + draw(r, HEX, 34),
    "kubeadm": lambda r: f"{draw(r, LOWER + DIGITS, 6)}.{draw(r, LOWER + DIGITS, 16)}",
    "langfuse": lambda r: "sk-lf-" + uuid(r),
    "langsmith": lambda r: f"lsv2_pt_{draw(r, HEX, 32)}_{draw(r, HEX, 10)}",
    "launchdarkly": lambda r: r.choice(["sdk-", "api-"]) + uuid(r),
    "maxmind": lambda r: f"{draw(r, ALNUM, 6)}_{draw(r, ALNUM, 29)}_mmk",
    "nvidia": lambda r: "nvapi-" + draw(r, URL64, 64),
    "octopus": lambda r: "API-" + draw(r, UPPER + DIGITS, 26),
    "okta": lambda r: "00" + draw(r, URL64, 40),
    "openshift": lambda r: "sha256~" + draw(r, URL64, 43),
    "perplexity": lambda r: "pplx-" + draw(r, ALNUM, 48),
    "posthog": lambda r: "phx_" + draw(r, ALNUM, 43),
    "prefect": lambda r: "pnu_" + draw(r, LOWER + DIGITS, 36),
    "resend": lambda r: f"re_{draw(r, ALNUM, 8)}_{draw(r, ALNUM, 24)}",
    "shippo": lambda r: "shippo_live_" + draw(r, HEX, 40),
    "sonar": lambda r: r.choice(["squ_", "sqp_", "sqa_"]) + draw(r, HEX, 40),
    "typeform": lambda r: f"tfp_{draw(r, URL64, 43)}_{draw(r, ALNUM, 15)}",
    "yandex": lambda r: "AQVN" + draw(r, URL64, 36),
}
# These say nothing by themselves: they are put under names that tell what they are, never under others.
NEEDS_NAME = {"asana", "clickhouse", "kubeadm", "launchdarkly", "okta"}
UNMARKED = {
    **{kind: make for kind, make in formats.UNMARKED.items() if kind not in ("password", "azure-account")},
    "base32": lambda r: draw(r, BASE32, r.choice([16, 32, 52])),
    "wireguard": lambda r: b64(r, 32),
}

# None of these words makes a password in training or in the halves.
PASSWORD_WORDS = (
    "glacier mango tractor velcro orchid bagel pirate turbine cactus noodle hedgehog kayak pretzel lagoon magnet parsnip waffle gazelle trumpet igloo "
    "schmetterling fenster apfelbaum bonjour papillon fromage ventana naranja girasole montagna"
).split()
SIGNS = "!#$%*+-_=?^~.,&"


def password(r):
    """As people choose them (a word and a year, words run together, phrases, letters replaced) and as generators do."""
    kind = r.random()
    if kind < 0.2:
        return r.choice(PASSWORD_WORDS).capitalize() + r.choice(["", "_", ".", "-"]) + str(r.randrange(1960, 2030)) + r.choice(["", "!", "$", "!!", "#"])
    if kind < 0.35:
        first, second = r.sample(PASSWORD_WORDS, 2)
        return first + r.choice(["", "-", "&"]) + second.capitalize() + str(r.randrange(1, 9999))
    if kind < 0.47:
        return r.choice("-_.").join(r.sample(PASSWORD_WORDS, r.randrange(3, 6)))
    if kind < 0.6:
        return r.choice(PASSWORD_WORDS).capitalize().translate(str.maketrans("aeiost", "@31057")) + r.choice(SIGNS) + draw(r, DIGITS, r.randrange(1, 5))
    if kind < 0.8:
        return draw(r, ALNUM, r.randrange(12, 33))
    return draw(r, LOWER + DIGITS, 1) + draw(r, ALNUM + SIGNS, r.randrange(11, 26)) + draw(r, ALNUM, 1)
