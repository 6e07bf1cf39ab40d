"""How frameworks, pipelines and clients write a name beside its value, other than in training and in the other held-out parts: for the one measurement of the next version (fresh.md)."""

# kind of file: (file, comment, [styles], [where it takes a secret from]); {k} the key as it is written there, {K} in capitals, {c} in camel case, {v} the value.
LANGUAGES = {
    "django": ("settings.py", "#", ['{K} = "{v}"', "        '{K}': '{v}',", '{K} = env("{K}", default="{v}")', "    {k}: str = '{v}'", 'os.environ.setdefault("{K}", "{v}")'], ['env("{K}")', 'os.environ["{K}"]', 'get_secret("{k}")', "Path('/run/secrets/{k}').read_text()"]),
    "pytest": ("test_api.py", "#", ['    client = Client(base_url=URL, {k}="{v}")', '    assert load()["{k}"] == "{v}"', '@patch.dict(os.environ, {{"{K}": "{v}"}})', '    kwargs["{k}"] = "{v}"'], ['settings.{k}', 'faker.password()', 'request.getfixturevalue("{k}")']),
    "next": ("next.config.mjs", "//", ["    {K}: '{v}',", 'const {c} = process.env.{K} ?? "{v}";', "  env: {{ {K}: '{v}' }},", "export const {K} = '{v}';"], ["process.env.{K}", "env.{K}", "await getSecret('{k}')", "process.env.{K} as string"]),
    "nest": ("app.module.ts", "//", ["      {c}: '{v}',", '    useFactory: () => ({{ {c}: "{v}" }}),', "  private {c} = '{v}';"], ["this.config.get<string>('{K}')", "configService.get('{k}')", "environment.{c}"]),
    "vue": ("Login.vue", "//", ["      {c}: '{v}',", 'const {c} = ref("{v}")', '  <ApiProvider :{k}="\'{v}\'">'], ["import.meta.env.VITE_{K}", "form.{c}", "store.state.{c}"]),
    "go": ("config.go", "//", ['\t\t{c}: "{v}",', '\tos.Setenv("{K}", "{v}")', 'var {c} = flag.String("{k}", "{v}", "")', '\t{c} = "{v}"', '\tt.Setenv("{K}", "{v}")'], ['os.Getenv("{K}")', 'viper.GetString("{k}")', "cfg.{c}", '*{c}']),
    "spring": ("application.yml", "#", ["      {k}: {v}", '    {k}: "{v}"', "  {k}: '{v}'"], ["${{{K}}}", "${{{K}:}}", "${{vault.{k}}}"]),
    "java": ("Client.java", "//", ['        props.put("{k}", "{v}");', '    String {c} = "{v}";', '        .{c}("{v}")', '    public static final String {K} = "{v}";'], ['System.getenv("{K}")', "config.getString(\"{k}\")", "request.get{k}()"]),
    "laravel": ("services.php", "//", ["        '{k}' => '{v}',", "    'key' => env('{K}', '{v}'),", "define( '{K}', '{v}' );", "$config['{k}'] = \"{v}\";"], ["env('{K}')", "config('services.{k}')", "getenv('{K}')", "$_ENV['{K}']"]),
    "dotenv": (".env.production", "#", ["{K}={v}", '{K}="{v}"', "export {K}='{v}'", "# {K}={v}"], ["${{{K}}}", "", "$(op read op://app/{k})"]),
    "compose": ("docker-compose.yml", "#", ["      - {K}={v}", '      {K}: "{v}"', "      {K}: {v}"], ["${{{K}}}", "/run/secrets/{k}", "${{{K}:-}}"]),
    "dockerfile": ("Dockerfile", "#", ["ENV {K} {v}", "ARG {K}={v}", "RUN echo \"{k}={v}\" >> /etc/app.conf"], ["$" + "{{{K}}}", "$(cat /run/secrets/{k})"]),
    "kubernetes": ("deployment.yaml", "#", ["              value: {v} # {k}", "        - {{ name: {K}, value: {v} }}", "  {k}: {v}", '  {k}: "{v}"', "            - --{k}={v}"], ["$({K})", "{{{{ .Values.{k} }}}}", "vault:secret/data/app#{k}"]),
    "helm": ("values.yaml", "#", ["  {c}: {v}", '    {c}: "{v}"', "  {k}: {v}"], ['""', "{{{{ .Release.Name }}}}-{k}", "<path:kv/data/app#{k}>"]),
    "github": ("ci.yml", "#", ["      {K}: {v}", "          {k}: {v}", "      - run: echo {v} | ./login --{k}-stdin"], ["${{{{ secrets.{K} }}}}", "${{{{ inputs.{k} }}}}", "${{{{ github.token }}}}"]),
    "gitlab": (".gitlab-ci.yml", "#", ['  {K}: "{v}"', "    - export {K}={v}", "    - deploy --{k} {v}"], ["$CI_JOB_TOKEN", "$" + "{K}", "${{{K}}}"]),
    "jenkins": ("Jenkinsfile", "//", ["        {K} = '{v}'", "    sh \"deploy --{k}={v}\"", "  def {c} = '{v}'"], ["credentials('{k}')", "params.{K}", "env.{K}"]),
    "azure-pipelines": ("azure-pipelines.yml", "#", ["  - name: {c}\tvalue: {v}", "    {K}: {v}", "      script: ./push.sh -{k} {v}"], ["$({c})", "${{{{ parameters.{c} }}}}", "$[variables.{c}]"]),
    "terraform": ("variables.tf", "#", ['  {k} = "{v}"', '{k} = "{v}"', '    default     = "{v}" # {k}', '      {K} = "{v}"'], ["var.{k}", "data.aws_secretsmanager_secret_version.{k}.secret_string", "random_password.{k}.result", "local.secrets[\"{k}\"]"]),
    "cloudformation": ("template.yaml", "#", ["      {k}: {v}", "        {K}: '{v}'", "    Default: {v} # {k}"], ["!Ref {k}", "'{{{{resolve:secretsmanager:{k}}}}}'", "!Sub '${{{k}}}'"]),
    "bicep": ("main.bicep", "//", ["  {c}: '{v}'", "param {c} string = '{v}'", "var {c} = '{v}'"], ["keyVault.getSecret('{k}')", "listKeys(storage.id, '2023-01-01').keys[0].value", "{c}Param"]),
    "ansible": ("group_vars/all.yml", "#", ["{k}: {v}", '{k}: "{v}"', "      {k}: '{v}'"], ['"{{{{ vault_{k} }}}}"', '"{{{{ lookup(\'env\', \'{K}\') }}}}"']),
    "shell": ("deploy.sh", "#", ["export {K}={v}", '{K}="{v}"', "./deploy.sh --{k} {v}", "  -e {K}={v} \\", "curl -s \"https://api.shop.example/v2/orders?{k}={v}\""], ['"${{{K}}}"', "$1", '"$(aws secretsmanager get-secret-value --secret-id {k})"', '"$(vault kv get -field={k} kv/app)"']),
    "batch": ("run.bat", "REM", ["set {K}={v}", 'setx {K} "{v}" /M', "call deploy.cmd /{k}:{v}"], ["%{K}%", "%1", "!{K}!"]),
    "fish": ("config.fish", "#", ["set -gx {K} {v}", "set -x {K} '{v}'"], ["(pass show {k})", "${K}"]),
    "dart": ("config.dart", "//", ["  static const {c} = '{v}';", 'const String {c} = "{v}";', "    {c}: '{v}',"], ["String.fromEnvironment('{K}')", "dotenv.env['{K}']", "widget.{c}"]),
    "cpp": ("config.hpp", "//", ['#define {K} "{v}"', 'const char* {c} = "{v}";', 'static constexpr auto k{c} = "{v}";', 'char {k}[] = "{v}";'], ['getenv("{K}")', "CONFIG_{K}", "args->{k}"]),
    "scala": ("application.conf", "#", ['  {k} = "{v}"', "{k} = {v}", 'val {c} = "{v}"'], ["${{?{K}}}", 'sys.env("{K}")', 'conf.getString("{k}")']),
    "clojure": ("core.clj", ";;", ['   :{k} "{v}"', '(def {k} "{v}")'], ['(System/getenv "{K}")', "(env :{k})"]),
    "perl": ("app.pl", "#", ["my ${k} = '{v}';", '    {k} => "{v}",'], ["$ENV{{{K}}}", "$cfg->{{{k}}}"]),
    "haskell": ("Config.hs", "--", ['{c} = "{v}"', '  , {c} = "{v}"'], ['getEnv "{K}"', "{c} cfg"]),
    "maven": ("settings.xml", None, ["      <{k}>{v}</{k}>", '  <property name="{k}" value="{v}" />', "    <env.{K}>{v}</env.{K}>", '    <add key="{c}" value="{v}"/>'], ["${{env.{K}}}", "${{{k}}}", "#{{{k}}}#"]),
    "properties": ("gradle.properties", "#", ["{k}={v}", "{c} = {v}", "systemProp.{k}={v}", "app.datasource.{k}={v}"], ["${{{K}}}", "@{k}@"]),
    "rc": (".npmrc", "#", ["//npm.shop.example/:_{c}={v}", "{k}={v}", "registry-{k} = {v}"], ["${{{K}}}"]),
    "json": ("config.json", None, ['  "{k}": "{v}",', '    "{c}": "{v}"', '  "{K}": "{v}",', '{{"{c}":"{v}","enabled":true}}'], ['"${{{K}}}"', '""', "null", '"arn:aws:ssm:eu-west-1:000000000000:parameter/{k}"']),
    "postman": ("api.postman_environment.json", None, ['    {{ "key": "{k}", "value": "{v}", "enabled": true }},', '{{"key":"{k}","value":"{v}","type":"string"}}'], ['"{{{{{k}}}}}"', '"{{{{$guid}}}}"']),
    "http": ("requests.http", "#", ["X-{k}: {v}", "@{k} = {v}", "GET https://api.shop.example/v1/items?{k}={v}"], ["{{{{{k}}}}}", "{{{{$dotenv {K}}}}}"]),
    "puppet": ("init.pp", "#", ["  ${k} = '{v}',", "    {k} => '{v}',"], ["lookup('{k}')", "$facts['{k}']", "Sensitive(${k})"]),
    "markdown": ("SETUP.md", None, ["{K}={v}", "- {k}: {v}", "The {k} is `{v}`.", "$ export {K}=\"{v}\""], ["<{k}>", "your {k}", "see the vault"]),
}
# In these a lookup stands without the quotes that a value has.
CODE = {"django", "pytest", "next", "nest", "vue", "go", "java", "laravel", "jenkins", "terraform", "bicep", "dart", "cpp", "scala", "clojure", "perl", "haskell", "json", "postman", "puppet", "ansible"}

# Mostly the names that are everywhere, in the company of those of particular services.
KEYS = (
    "password db_password api_key secret_key access_token client_secret auth_token jwt_secret private_token smtp_password admin_password redis_password webhook_secret encryption_key "
    "stripe_secret_key sendgrid_api_key aws_secret_access_key github_token slack_token mail_password rds_master_password elasticsearch_password kafka_sasl_password keystore_password gitlab_token "
    "app_secret session_secret grafana_admin_password minio_secret_key ssh_passphrase oauth_client_secret tunnel_token ingest_token signing_secret jdbc_password nexus_password"
).split()
# What is recognised by itself stands under such names too.
NEUTRAL = "value data key config setting content id name result string option payload".split()
HARMLESS = "commit_sha image_digest checksum content_hash git_revision sha256 layer_digest asset_hash lock_hash build_hash source_hash config_checksum etag".split()
IDENTIFIERS = "tenant_id client_id project_id request_id user_id session_uuid subscription_id zone_id distribution_id account_id measurement_id correlation_id".split()
PLACEHOLDERS = [
    "changeme", "your-secret-key", "<your-api-key>", "xxx", "XXXXXXXXXXXX", "replace-me", "TODO", "example", "your_password", "<redacted>", "***", "placeholder", "insert_token_here", "...", "not-set", "none", "<client secret>", "REPLACE_WITH_REAL_VALUE", "fill-in", "your-token-goes-here",
    "sk-xxxxxxxxxxxxxxxx", "ghp_your_token_here", "{{your-key}}", "dummy", "undefined", "sample-secret-for-docs", "my-secret-token", "ADD_YOUR_KEY", "[your key]", "<TOKEN>", "tu-clave-aqui", "votre-mot-de-passe", "YOUR-CLIENT-SECRET", "secret-goes-here", "**********", "test", "fake-key-for-testing", "n/a",
]
PLAIN_VALUES = [
    ("token_url", "https://login.shop.example/oauth/token"), ("password_reset_url", "/account/password/reset"), ("secret_name", "shop/prod/db"), ("access_token_ttl", "3600"), ("jwt_algorithm", "RS256"), ("password_policy", "strong"), ("tokenType", "Bearer"), ("api_key_header", "x-api-key"),
    ("key_file", "/etc/ssl/private/shop.key"), ("client_secret_env", "SHOP_CLIENT_SECRET"), ("auth_provider", "keycloak"), ("passwordFieldId", "login-password-input"), ("secret_store", "aws-parameter-store"), ("token_refresh_interval", "15m"), ("max_tokens", "4096"), ("tokenizer", "cl100k_base"), ("key_prefix", "shop:session:"),
    ("api_key_name", "ingest-production"), ("credentials_provider", "com.shop.auth.ChainedProvider"), ("secretKeyRef", "shop-db-credentials"), ("password_encoder", "bcrypt"), ("auth_url", "https://sso.shop.example/realms/main/protocol/openid-connect/auth"), ("primary_key", "order_id"), ("hash_key", "customerId"), ("ssh_key_name", "deploy-2026"), ("cache_key", "orders:v2:list"),
]
SETTINGS = [("port", "8080"), ("region", "us-east-1"), ("log_level", "debug"), ("timeout", "30s"), ("replicas", "3"), ("node_version", "20"), ("timezone", "Europe/Paris"), ("base_url", "https://www.shop.example"), ("feature_flags", "new-checkout"), ("version", "2.14.1"), ("image", "nginx:1.27-alpine"), ("memory_limit", "1Gi"), ("environment", "production"), ("db_host", "orders.cluster-abc.local"), ("bucket", "shop-assets-prod"), ("title", "Spring collection")]
REMARKS = ["TODO(anna): remove after the migration", "set in the pipeline", "never commit the real password", "see docs/secrets.md", "fix: token refresh on logout", "the api key comes from the environment", "keep in sync with staging", "auto-generated", "required by the login page", "bump after release"]
