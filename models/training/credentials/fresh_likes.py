"""
Files of which real changes are full and that hold no secret: lock files, pinned images, state, generated code, keys that are public, names in code.
Other lines than training and the other held-out parts have. For the one measurement of the next version (fresh.md). Every line is harmless by what it says itself.
"""

from untouched_likes import Fill

# kind: (file, lines); the marks in braces are those of untouched_likes.py: {h40} is 40 hexadecimal digits, {w} a word, {v} a version, {id} a UUID.
FILES = {
    "npm-lock": ("package-lock.json", [
        '      "integrity": "sha512-{b86}==",', '      "resolved": "https://registry.npmjs.org/{w}/-/{w}-{v}.tgz",', "    resolution: {{integrity: sha512-{b86}==}}", "  resolution: \"{w}@npm:{v}\"", '    "{w}@{v}": {{"integrity": "sha512-{b86}=="}},', '      "npm:{w}@{v}": "sha512-{b86}==",', '    "node_modules/{w}-{w}/node_modules/{w}": {{',
        '    "https://deno.land/std@0.{d3}.0/{w}/{w}.ts": "{h64}",', "  integrity sha1-{b27}=", '  resolved "https://registry.yarnpkg.com/{w}/-/{w}-{v}.tgz#{h40}"', '      "funding": "https://github.com/sponsors/{w}"',
    ]),
    "python-lock": ("poetry.lock", [
        '    {{file = "{w}-{v}-cp312-cp312-manylinux_2_17_x86_64.whl", hash = "sha256:{h64}"}},', 'content-hash = "{h64}"', '    "sha256:{h64}",', "    --hash=sha256:{h64}", '                "sha256:{h64}"', '    "hash": {{"sha256": "{h64}"}},', 'sdist = {{ url = "https://files.pythonhosted.org/packages/{h2}/{h2}/{h60}/{w}-{v}.tar.gz", hash = "sha256:{h64}", size = {d5} }}',
    ]),
    "lock-file": ("Cargo.lock", [
        'checksum = "{h64}"', "      \"h1:{b43}=\",", "      \"zh:{h64}\",", "  {w} ({v}) sha256={h64}", '      "shasum": "{h40}",', '    "content-hash": "{h32}",', "  sha256 \"{h64}\"", "    sha256 cellar: :any_skip_relocation, arm64_sequoia: \"{h64}\"", '    integrity = "sha256-{b43}=",', "digest: sha256:{h64}", '      "revision" : "{h40}",', "SPEC CHECKSUMS: {w}: {h40}", "{w}:{w}:{v} (c) sha256 {h64}",
        '   <sha512 value="{h128}" origin="verified"/>', "    rev: {h40}  # frozen: v{v}", '"bzlTransitiveDigest": "{b43}=",', '    "integrity": "sha256-{b43}=",', "    source: {{url: \"https://pub.dev\", sha256: \"{h64}\"}}", "{h64}  {w}_{v}_linux_amd64.tar.gz",
    ]),
    "pinned": ("ci.yaml", [
        "FROM {w}:{v}-slim@sha256:{h64}", "      - uses: {w}/setup-{w}@{h40} # v{v}", "        image: {w}/{w}@sha256:{h64}", "  ref: {h40}", "    digest: sha256:{h64}", "  commit: {h40}", "  - image: registry.example/{w}:{h40}", "      newTag: {h7}", "  targetRevision: {h40}", "git checkout {h40}", "ARG {W}_SHA256={h64}".replace("{W}", "ZLIB"), "echo \"{h64}  {w}.tar.gz\" | sha256sum -c -", "    tag: main-{h7}-{d10}", "container: ghcr.io/{w}/{w}@sha256:{h64}",
        "oid sha256:{h64}", "md5: {h32}", "- md5: {h32}.dir", "  hash: md5", "index {h7}..{h10} 100644", "Subproject commit {h40}", "revision = '{h12}'", "down_revision = '{h12}'", "ActiveRecord::Schema[7.2].define(version: 2026_0{d1}_1{d1}_0{d5}) do",
    ]),
    "assets": ("manifest.json", [
        '  "{w}.js": "/assets/{w}-{a8}.js",', '<script type="module" src="/assets/index-{u8}.js"></script>', '<link rel="stylesheet" href="/css/{w}.{h20}.css">', '    "file": "assets/{w}-{u8}.css",', 'background: url("data:image/svg+xml;base64,PHN2ZyB4bWxucz0i{b200}");', '<img alt="{w}" src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{b300}">', "//# sourceMappingURL={w}.{h8}.js.map", '        "S3Key": "{h64}.zip"', '   "{h64}": {{"source": {{"path": "asset.{h64}", "packaging": "zip"}}}},',
        "src: url(data:font/woff2;charset=utf-8;base64,d09GMgABAAAAA{b300}) format('woff2');", '  "image/png": "iVBORw0KGgoAAAANSUhEUgAA{b300}",', '<path d="M{d2}.{d3} {d2}c-{d1}.{d2} 0-{d1}.{d3} {d1}.{d2}-{d1}.{d2} {d1}.{d1}z"/>', '      "blurDataURL": "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQ{b200}"', '.{w}_{w}__{a5} {{ color: #{h6} }}', 'lottie: {{"v":"5.7.{d1}","nm":"{w}","refId":"image_{d1}"}}',
    ]),
    "state": ("terraform.tfstate", [
        '            "id": "sg-0{h17}",', '            "arn": "arn:aws:iam::{d12}:role/{w}",', '  "lineage": "{id}",', '            "etag": "{h32}",', '            "source_code_hash": "{b43}=",', '            "owner_id": "{d12}",', '          "private": "bnVsbA=="', "aws_instance.{w}: Refreshing state... [id=i-0{h16}]", '            "unique_id": "AROA{B17}",', '   "hosted_zone_id": "Z{B13}",', '            "principal_id": "{id}",', "  uid: {id}", '  resourceVersion: "{d9}"', "  name: {w}-{y10}-{y5}", "pod-template-hash: {h10}",
        '            "certificate_arn": "arn:aws:acm:eu-west-1:{d12}:certificate/{id}",', '"version_id": "{a32}",', '            "kms_key_id": "arn:aws:kms:us-east-1:{d12}:key/{id}",', "    generation: {d2} observedGeneration: {d1}", '            "thumbprint_list": ["{h40}"],', "/subscriptions/{id}/resourceGroups/{w}/providers/Microsoft.Web/sites/{w}", '  "instanceId": "{id}",', "operationId: projects/{w}/operations/{id}",
    ]),
    "public": ("keys.json", [
        "    certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JS{b400}=", "    caBundle: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk{b400}==", "<ds:X509Certificate>MIID{b400}</ds:X509Certificate>", '  "x5c": ["MIIC{b400}"],', '      "rawBytes": "MIIC{b300}"', '    "keyid": "SHA256:{b43}", "sig": "MEUCIQD{b90}="', "  ssh_authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{b43} {w}@laptop]", '      "logId": {{"keyId": "{b43}="}},', "ssh_public_key = \"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{b340}= {w}\"",
        "github.com ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABB{b86}=", "-----BEGIN CERTIFICATE REQUEST-----", "-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----BEGIN PGP SIGNATURE-----", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{b43}", "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEA{b19}", "PublicKey = {b43}=", '    "n": "{u342}", "e": "AQAB", "kid": "{h40}"', "  \"publicKey\": \"{b43}=\",", "untrusted comment: signify public key", "Sparkle SUPublicEDKey <string>{b43}=</string>", "s1._domainkey TXT v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA{b200}IDAQAB",
        "signed-by: gpg --recv-keys {H40}", "Signature Algorithm: ecdsa-with-SHA256 SHA256 Fingerprint={H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}:{H2}", "google-site-verification={u43}", "  verify_key: ed25519:{b43}=", '<meta name="google-site-verification" content="{u43}">', "pgp_fingerprint: {H4} {H4} {H4} {H4} {H4} {H4} {H4} {H4} {H4} {H4}", '   "vapidPublicKey": "B{u86}",', "nodekey:{h64} mkey:{h64}", "trusted_public_key = \"{w}-cache:{b43}=\"",
    ]),
    "names": ("login.tsx", [
        "const [password, setPassword] = useState('');", "    if (!token) throw new UnauthorizedError('{w} token missing');", '  password: z.string().min({d1}).max({d2}),', "export interface {w}Credentials {{ apiKey: string; secretKey?: string }}", "  def authenticate(self, username: str, password: str | None = None) -> {w}:", '<TextField type="password" id="{w}-password" label={{t("{w}.password")}} />', '  "password_placeholder": "Enter your {w} password",', "  ALTER TABLE {w} ADD COLUMN api_key_hash varchar({d2}) NOT NULL;", "    public function setPassword(string $password): self",
        "  token = await {w}Service.refreshToken(session.refreshToken);", "expect(screen.getByLabelText('{w} password')).toBeInTheDocument();", "      - name: {w}_token\tin: header\tdescription: API token of the {w}", "    access_token = self.oauth.fetch_token(self.token_url, client_secret=self.client_secret)", "func (s *{w}Server) CreateToken(ctx context.Context, req *pb.CreateTokenRequest) (*pb.Token, error) {{", "    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt())", "  secretKeyRef:\tname: {w}-secrets\tkey: {w}_password", "logger.info(\"token for %s expires in %d s\", {w}, ttl)", ".token.keyword, .token.{w} {{ color: #{h6} }}",
        "   {{ type: 'password', name: '{w}Password', message: 'Password for {w}:' }},", "    private final PasswordEncoder {w}PasswordEncoder;", "variable \"{w}_password\" {{ type = string, sensitive = true }}", "  t.string :{w}_token, null: false, limit: {d2}", "msgstr \"Le mot de passe {w} a été modifié\"", "[{w}] fix: do not log the auth token in {w} ({d3})", "| `{w}_api_key` | API key of {w}, from the console | required |", "let {w}_key = derive_key(&password, &salt, {d4})?;", "kubectl get secret {w}-credentials -o jsonpath='{{.data.password}}'", "@Column({{ name: 'password_hash' }}) passwordHash{d1}: string;", "passwordless: true # {w}{d2}", "tokens_used: {d4}, tokens_limit: {d5}",
    ]),
    "vectors": ("vectors.rsp", [
        "Digest = {h64}", "MD = {h128}", "CT = {h32}", "Msg = {h96}", 'expect(sha256("{w}")).toBe("{h64}");', "    assert digest(b'{w}') == '{h40}'", '  "ciphertext": "{h64}",', "Hash({w}) = {H64}", "    want: \"{h64}\", // sha256 of {w}", "# crc32 0x{h8}, md5 {h32}", 'assertEquals("{h32}", md5("{w}"));', "S = {h96}", "PT = {h64}", "    bytes.fromhex('{h64}'),  # expected digest", '    "etag": "\\"{h32}\\"",',
    ]),
    "log": ("ci.log", [
        "2026-05-1{d1}T09:2{d1}:11.{d3}Z [{w}] INFO trace_id={h32} span_id={h16} GET /{w} 200", "#1{d1} exporting manifest sha256:{h64} done", "Deployed {w} at https://{w}-{y9}-{w}.vercel.app [{d1}s]", "Run id {d11} job {d11} attempt {d1}", "{{\"level\":\"info\",\"requestId\":\"{id}\",\"ms\":{d3}}}", "RequestId: {id} Duration: {d3}.{d2} ms Billed Duration: {d3} ms", "Merge commit '{h40}' into {w}", "Cache restored from key: {w}-linux-{h64}", "Step 4/9 : COPY {w} . ---> {h12}", "Uploading {w}.zip ({d5} bytes) etag {h32}", "session {id} opened for {w} by uid={d4}", "ray id: {h16}", "event_id={h32} project={d6}", "correlation-id: {id}",
        "Created deployment {h24}", "message-id: <{y20}.{d6}@mail.{w}.example>", "auth.log: Accepted publickey for {w} from 10.0.{d2}.{d2} ssh2: ED25519 SHA256:{b43}",
    ]),
    "data": ("fixtures.json", [
        '  {{ "id": "{id}", "name": "{w} {w}" }},', '  {{ "_id": {{ "$oid": "{h24}" }}, "{w}": {d3} }},', "INSERT INTO orders (id, sku) VALUES ('{id}', '{U3}-{d5}');", "{d5},{w},{id},2026-01-1{d1}", '    "sku": "{U4}-{d6}-{U2}",', "  youtube: https://www.youtube.com/watch?v={u11}", '  "google_analytics": "G-{B10}",', '    "docId": "1{u43}",  // spreadsheet of {w}', "https://docs.google.com/document/d/1{u43}/edit", "gtm: GTM-{B7}", "  \"stripe_price\": \"price_1{a23}\",", '  "customer": "cus_{a14}",', "isbn: 978{d10}", "ethereum: 0x{h40}", "IBAN: DE{d20}", 'figma: https://www.figma.com/file/{a22}/{w}', "place_id: ChIJ{u23}", '"ulid": "01{c24}"', "nanoid={u21} slug={w}-{w}",
    ]),
}


def make(r):
    """(file name, [(line, kind)]) of one such file."""
    kind = r.choice(sorted(FILES))
    name, templates = FILES[kind]
    return name, [(r.choice(templates).format_map(Fill(r)), kind) for _ in range(r.randrange(6, 26))]
