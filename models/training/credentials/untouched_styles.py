"""How languages, tools and people write a name beside its value, other than in training and in the halves `look` and `final`: for the one measurement of a shipped pack (untouched.md)."""

# language: (file, comment, [styles], [where code takes a secret from]); {k} the key as it is written there, {K} in capitals, {c} in camel case, {v} the value.
LANGUAGES = {
    "python": ("conf.py", "#", ['{K}: Final = "{v}"', '    {k}: str = field(default="{v}")', '    monkeypatch.setenv("{K}", "{v}")', '    {k}=b"{v}",', "        \"{k}\": r'{v}',", '@click.option("--{k}", default="{v}", show_default=False)'],
               ['config("{K}", cast=str)', 'Secret.load("{k}").get()', 'ssm.get_parameter(Name="/shop/{k}", WithDecryption=True)', "request.headers.get('X-{k}')", 'Path("/run/creds/{k}").read_text()']),
    "js": ("setup.js", "//", ["  {c}: process.env.{K} || '{v}',", "exports.{c} = '{v}'", 'window.__{K}__ = "{v}";', "    .set('X-{k}', '{v}')", "  localStorage.setItem('{k}', '{v}');"],
           ["Deno.env.get('{K}')", "import.meta.env.VITE_{K}", "(await ssm.send(new GetParameterCommand({{ Name: '{k}' }}))).Parameter.Value", "ctx.secrets.{c}", "await keytar.getPassword('shop', '{k}')"]),
    "ts": ("env.ts", "//", ["  static {c}: string = '{v}';", "export const env = {{ {K}: '{v}' }} satisfies Env;", "    {{ provide: {K}, useValue: '{v}' }},", "  readonly #{c} = \"{v}\" as string;"],
           ["Bun.env.{K}!", "this.config.getOrThrow<string>('{k}')", "z.string().min(20)", "new pulumi.Config().requireSecret('{k}')", "Redacted<string>"]),
    "json": ("appsettings.json", None, ['  "{c}" : "{v}"', '    {{"key": "{k}", "secure": false, "value": "{v}"}},', '"env": {{"{K}":"{v}"}}', '      "{k}": [ "{v}" ],'],
             ['"@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/{k})"', '"%{K}%"', '"{{{{resolve:ssm-secure:{k}:1}}}}"', '"env:{K}"', '{{ "Ref": "{k}" }}']),
    "shell": ("run.sh", "#", ["  --{k} '{v}' \\", ': "${{{K}:={v}}}"', "declare -r {K}={v}", 'echo "{K}={v}" >> "$GITHUB_ENV"', "aws configure set {k} {v} --profile shop", "kubectl create secret generic app --from-literal {k}={v}"],
              ['"$(aws ssm get-parameter --name {k} --query Parameter.Value)"', "$(<\"$CREDENTIALS_DIRECTORY/{k}\")", '"$(gopass -o shop/{k})"', '"$(bw get password {k})"', '"${{{K}?}}"']),
    "yaml": ("vars.yml", "#", ['  - {{name: {K}, value: "{v}"}}', "{k}: &{k} {v}", '  {k}: "{v}"  # to vault', "    - --{k}={v}", "  {k}: !!binary {v}"],
             ["!env {K}", "{{{{ lookup('env', '{K}') }}}}", "!secret {k}", "${{file(./secrets.yml):{k}}}", "ref+awsssm:///shop/{k}"]),
    "csharp": ("Options.cs", "//", ['    public const string {c} = "{v}";', '            ["{k}"] = "{v}",', '        services.Configure<Options>(o => o.{c} = "{v}");', '    [InlineData("{v}")] // {k}'],
               ['Environment.GetEnvironmentVariable("{K}")', 'builder.Configuration["{k}"]', "options.Value.{c}", 'await vault.GetSecretAsync("{k}")']),
    "ruby": ("config.rb", "#", ["  config.{k} = '{v}'", '{K} = "{v}".freeze', "ENV['{K}'] ||= '{v}'", '  stub_const("{K}", "{v}")'], ["ENV.fetch('{K}')", "Rails.application.credentials.{k}!", "SecureRandom.hex(32)", "params.require(:{k})"]),
    "rust": ("main.rs", "//", ['pub static {K}: &str = "{v}";', '        .with_{k}("{v}".to_owned())', '    {k}: "{v}".into(),', '    unsafe {{ std::env::set_var("{K}", "{v}") }};'], ['env!("{K}")', 'std::env::var("{K}").expect("set {K}")', "SecretString::default()", "cli.{k}.expose_secret()"]),
    "kotlin": ("App.kt", "//", ['    private const val {K} = "{v}"', 'buildConfigField("String", "{K}", "\\"{v}\\"")', '        {c} = "{v}".toCharArray(),'], ['System.getenv("{K}") ?: error("no {k}")', "BuildConfig.{K}", "keystore.{c}"]),
    "swift": ("Config.swift", "//", ['    static let {c} = "{v}"', '        request.setValue("{v}", forHTTPHeaderField: "X-{k}")', 'defaults.set("{v}", forKey: "{k}")'], ['ProcessInfo.processInfo.environment["{K}"]', 'Keychain.shared["{k}"]', "Bundle.main.{c}"]),
    "elixir": ("prod.exs", "#", ['config :shop, {k}: "{v}"', '  {k}: System.get_env("{K}") || "{v}",'], ['System.fetch_env!("{K}")', "Application.get_env(:shop, :{k})"]),
    "lua": ("init.lua", "--", ['local {k} = "{v}"', "  {k} = '{v}';", 'ngx.var.{k} = [[{v}]]'], ['os.getenv("{K}")', "vault.read('{k}')"]),
    "r": ("load.R", "#", ['Sys.setenv({K} = "{v}")', "{k} <- '{v}'"], ['Sys.getenv("{K}")', 'keyring::key_get("{k}")']),
    "powershell": ("deploy.ps1", "#", ['Set-Item Env:{K} "{v}"', '    -{c} "{v}" `', "${c} = ConvertTo-SecureString '{v}' -AsPlainText -Force", '[Environment]::SetEnvironmentVariable("{K}", "{v}", "Machine")'], ["(Get-Secret {k} -AsPlainText)", "$env:{K}", "(Read-Host '{k}' -AsSecureString)"]),
    "groovy": ("build.gradle", "//", ['    ext.{c} = "{v}"', "    environment '{K}', '{v}'", "  withEnv(['{K}={v}']) {{"], ["credentials('{k}')", "providers.gradleProperty('{k}').get()", "findProperty('{k}')"]),
    "ini": ("app.ini", ";", ["{k} = {v}  ; set by hand", "{K} = `{v}`", "{k}   : {v}"], ["%(env_{k})s", "__FILE_/run/secrets/{k}", "vault://{k}"]),
    "helm": ("values-prod.yaml", "#", ["      {c}: {v} # overridden in prod", '  auth: {{ enabled: true, {c}: "{v}" }}', "  adminConfig.{k}: '{v}'"], ["{{{{ randAlphaNum 32 }}}}", "ref+vault://shop/{k}", "existingSecret/{k}"]),
    "compose": ("compose.yaml", "#", ["      {K}: {v}", '      - "{K}={v}"', '    command: ["--{k}", "{v}"]'], ["/run/secrets/{k}", "${{{K}:?set it}}", "${{{K}}}"]),
    "workflow": ("release.yml", "#", ["          {K}: {v}", "        run: ./deploy --{k} {v} --yes", "        with: {{ {k}: '{v}' }}"], ["${{{{ secrets.{K} }}}}", "${{{{ steps.vault.outputs.{k} }}}}", "$({K})"]),
    "ansible": ("inventory.ini", "#", ["db1 ansible_host=10.8.0.4 {k}={v}", "    - {{ role: app, {k}: \"{v}\" }}", "{k}={v} # group_vars"], ["\"{{{{ vault_{k} }}}}\"", "{{{{ lookup('hashi_vault', '{k}') }}}}"]),
    "nix": ("service.nix", "#", ['    {c} = "{v}";', '  services.app.environment.{K} = "{v}";', "    environment.{K} = ''{v}'';"], ["config.sops.secrets.{k}.path", "builtins.getEnv \"{K}\"", "/run/agenix/{k}"]),
    "nomad": ("job.hcl", "#", ['        {K} = "{v}"', '      {k} = "{v}" // nomad', 'meta {{ {k} = "{v}" }}'], ['"{{{{ with secret \\"kv/{k}\\" }}}}"', "env.{K}"]),
    "terraform": ("main.tf", "#", ['  set_sensitive {{ name = "{k}", value = "{v}" }}', '    {k} = coalesce(var.override, "{v}")', '{k}="{v}"  # tfvars'], ["data.vault_kv_secret_v2.app.data[\"{k}\"]", "var.{k}_from_ci", "ephemeral.random_password.{k}.result"]),
    "toml": ("pyproject.toml", "#", ['auth = {{ user = "ci", {k} = "{v}" }}', "{k} = '''{v}'''", '"{k}" = "{v}"'], ["${{{K}}}", "op://shop/{k}"]),
    "sql": ("seed.sql", "--", ["ALTER ROLE shop SET shop.{k} = '{v}';", "INSERT INTO settings (name, value) VALUES ('{k}', '{v}');", "UPDATE settings SET value = '{v}' WHERE name = '{k}';"], ["current_setting('shop.{k}')", ":'{k}'", "crypt(:{k}, gen_salt('bf'))"]),
    "make": ("Makefile", "#", ["{K} ?= {v}", "\t{K}={v} $(GO) test ./...", "export {K} := {v}"], ["$(shell pass {k})", "$({K})"]),
    "systemd": ("app.service", "#", ["Environment={K}={v}", 'Environment="{K}={v}" "LANG=C"', "ExecStart=/usr/bin/app --{k} {v}"], ["%d/{k}", "$CREDENTIALS_DIRECTORY/{k}"]),
    "nginx": ("site.conf", "#", ['    proxy_set_header X-{k} "{v}";', "    set ${k} '{v}';"], ["$http_x_{k}", "$cookie_{k}"]),
    "cron": ("crontab", "#", ["15 3 * * * {K}={v} /opt/backup.sh", "@daily /usr/bin/sync --{k}={v} >/dev/null"], ["$(cat /root/.{k})", "${K}"]),
    "markdown": ("README.md", None, ["    export {K}={v}", "| `{K}` | `{v}` | production |", "1. Set `{k}` to `{v}` and restart.", "On the staging box the {k} is {v}, ask before you change it."], ["<your {k}>", "$(vault {k})", "${{{K}}}"]),
    "log": ("app.log", None, ["2026-05-04T11:02:07Z DEBUG config loaded {k}={v}", '{{"level":"debug","msg":"options","{c}":"{v}"}}', "WARN  invalid {k}: {v}"], ["[filtered]", "<{k}>", "(hidden)"]),
    "notebook": ("train.ipynb", None, ['    "{K} = \\"{v}\\"\\n",', "    \"os.environ['{K}'] = '{v}'\\n\","], ["userdata.get('{k}')", "getpass('{k}')"]),
    "html": ("index.html", None, ['  <input type="hidden" name="{k}" value="{v}">', '  <body data-{k}="{v}">'], ["{{{{ {k} }}}}", "<%= {k} %>", "@Model.{k}"]),
    "jsx": ("page.tsx", "//", ['    <Provider {c}="{v}">', "  const {{ {c} = '{v}' }} = props;", "  useEffect(() => init({{ {c}: `{v}` }}), []);"], ["{{props.{c}}}", "session.{c}", "useSecret('{k}')"]),
}
# In these a lookup stands without the quotes that a value has.
CODE = {"python", "js", "ts", "json", "csharp", "ruby", "rust", "kotlin", "swift", "elixir", "lua", "r", "powershell", "groovy", "nix", "nomad", "terraform", "jsx"}

KEYS = (
    "sftp_password radius_shared_secret mqttPassword vapidPrivateKey backupPassphrase truststorePwd bot_token ingest_api_key shopApiSecret rcon_password wifi_psk "
    "totpSeed cookie_signing_secret replicationPassword kms_passphrase personal_access_token warehouse_credential crawlerAuthToken pepper_secret relayApiKey"
).split()
# What is recognised by itself stands under such names too.
NEUTRAL = "value arg input default item header text param x fallback".split()
HARMLESS = "source_revision blobSha doc_digest treeOid manifest_sha etag_value buildFingerprint schema_hash contentMd5 pack_checksum".split()
IDENTIFIERS = "order_id deviceUuid workspaceId parent_span playlist_id invoiceRef runId installation_uuid".split()
PLACEHOLDERS = [
    "set-me", "<paste the key from the console>", "CHANGEZ-MOI", "hier-eintragen", "tbd", "__SET_IN_CI__", "aaaaaaaaaaaaaaaa", "1234567890", "your-32-character-key", "no-key-yet", "-----", "?????", "replace.with.your.own", "s3cr3t-goes-here",
    "EXAMPLE_ONLY_DO_NOT_USE", "[hidden]", "(from vault)", "mot-de-passe", "contraseña", "MY_TOKEN_HERE", "deadbeefdeadbeefdeadbeefdeadbeef", "00000000-0000-0000-0000-000000000000", "test-test-test", "unused", "lorem-ipsum", "xxxx-xxxx-xxxx", "abcdefghijklmnopqrstuvwxyz",
]
PLAIN_VALUES = [
    ("token_endpoint", "https://id.acme.test/oauth2/v1/token"), ("password_min_length", "14"), ("secretName", "shop-db-tls"), ("apiKeyHeader", "X-Shop-Key"), ("key_algorithm", "rsa-sha2-512"), ("passwordHashRounds", "210000"), ("token_issuer", "https://id.acme.test/realms/shop"),
    ("credentialsFile", "/var/lib/shop/credentials.json"), ("auth_mode", "scram-sha-256"), ("secretRotationSchedule", "cron(0 4 1 * ? *)"), ("tokenBucketSize", "8192"), ("key_vault_uri", "https://shop.vault.azure.net/"), ("pwd_history_depth", "24"), ("access_key_id_param", "/shop/s3/key-id"),
]
SETTINGS = [("listen_port", "8443"), ("region", "ap-southeast-2"), ("queue_name", "orders-dlq"), ("max_conns", "64"), ("locale", "pt-BR"), ("tls_min_version", "1.2"), ("owner", "platform-team"), ("image", "ghcr.io/acme/shop:2026.4"), ("memory", "512Mi"), ("schedule", "weekly")]
REMARKS = ["see the runbook", "defaults are fine here", "secrets live in the vault", "the token is injected at start", "tuned for the small instances", "passwords expire after a year", "generated, do not edit"]
